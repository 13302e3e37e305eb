// Models: what each model was used for, the tokens it read and wrote, and the agents that asked.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { Series } from "../charts/series.js";
import { Card } from "../components/card.js";
import { GrainPicker, Segments } from "../components/segments.js";
import { Stat } from "../components/stat.js";
import { Table } from "../components/table.js";
import { useCompared } from "../compared.js";
import * as format from "../format.js";
import { question, useView, zoom } from "../view.js";

const KINDS = [
  { name: "input", field: "input_tokens", slot: 1 },
  { name: "output", field: "output_tokens", slot: 2 },
  { name: "cache write", field: "cache_write_tokens", slot: 4 },
  { name: "cache read", field: "cache_read_tokens", slot: 3 },
];
const UNNAMED = "unknown"; // what answers that name no agent are counted under: no filter finds them
const RATE = "cache read ÷ (input + cache read + cache write)";

export default function Models() {
  const view = useView();
  const words = question(view, { group_by: view.grain });
  const { answer: tokens, past } = useCompared("analytics/tokens", { group_by: view.grain });
  const points = tokens.data?.data_points ?? [];
  const stat = (name, title, of, value, more) => html`<${Stat} key=${name} name=${name} title=${title} answer=${tokens} past=${past}
    of=${of} show=${format.compact} exact=${format.count} compared=${view.compare} values=${points.map(value)} ...${more} />`;
  return html`
    <div class="stats four" role="group" aria-label="Totals">
      ${stat("tokens", "Tokens", (data) => total(data.data_points, "total_tokens"), (point) => point.total_tokens)}
      ${stat("input", "Input tokens", (data) => data.total_input_tokens, (point) => point.input_tokens, { hint: "Without what came from the cache or went to it" })}
      ${stat("output", "Output tokens", (data) => data.total_output_tokens, (point) => point.output_tokens)}
      ${stat("hit-rate", "Cache-hit rate", (data) => hitRate(data.data_points), () => null, { show: format.percent, exact: null, good: "up", hint: RATE })}
    </div>
    <div class="cards">
      <${ModelTable} />
      <${OverTime} tokens=${tokens} past=${past} words=${words} />
      <${HitRate} tokens=${tokens} past=${past} words=${words} />
      <${Agents} />
    </div>`;
}

const total = (points, field) => points.reduce((sum, point) => sum + point[field], 0);

// Of the tokens that were read, the percentage that the cache had; null where none were read.
export function hitRate(points) {
  const [input, hit, write] = ["input_tokens", "cache_read_tokens", "cache_write_tokens"].map((field) => total(points, field));
  return input + hit + write ? (hit / (input + hit + write)) * 100 : null;
}

function ModelTable() {
  const view = useView();
  const words = question(view);
  const answer = useAnswer("analytics/models/usage", words);
  return html`<${Card} name="models" title="Models" wide="3" answer=${answer} height=${206} picture=${false}
    note=${(data) => `${format.plural(data.total_models, "model")}${data.most_used ? `, most used: ${format.named(data.most_used)}` : ""}`}
    isEmpty=${(data) => !data.models.length} empty="No message in this range names a model." source=${["analytics/models/usage", words]}
  >${(data) => html`<${Table} name="models" caption="Models"
    rows=${data.models.map((row) => ({ ...row, key: row.model }))}
    columns=${[
      { key: "model", title: "Model" },
      { key: "message_count", title: "Messages", align: "end", show: format.count },
      { key: "trend_percentage", title: "Trend", align: "end", of: (row) => (row.previous_message_count ? row.trend_percentage : null), show: (_, row) => trendOf(row, view) },
      { key: "total_cost", title: "Cost", align: "end", show: format.money },
      { key: "avg_cost_per_message", title: "Mean cost", align: "end", show: format.money },
      { key: "avg_response_time_ms", title: "Mean response", align: "end", show: format.duration },
      { key: "p95_response_time_ms", title: "p95 response", align: "end", show: format.duration },
      { key: "avg_tokens_input", title: "Mean input", align: "end", show: format.count },
      { key: "avg_tokens_output", title: "Mean output", align: "end", show: format.count },
    ]}
    action=${({ model }) => view.set({ model })} actionWord=${({ model }) => `Filter by ${format.named(model)}`} />`}<//>`;
}

// Against the time before, of the same length.
function trendOf({ message_count: now, previous_message_count: then, trend_percentage: trend }, view) {
  if (trend == null || view.range === "all") return format.NONE;
  return html`<span title=${`${format.count(now)}, was ${format.count(then)}`}>${then ? format.moved(trend) : "new"}</span>`;
}

function OverTime({ tokens, past, words }) {
  const view = useView();
  const kinds = view.words.cache === "without" ? KINDS.slice(0, 2) : KINDS;
  const grain = tokens.words?.group_by ?? view.grain;
  const { data } = tokens;
  const points = useMemo(() => data?.data_points.map(({ timestamp }) => timestamp) ?? [], [data]);
  const series = useMemo(() => kinds.map(({ name, field, slot }) => ({ name, slot, values: data?.data_points.map((point) => point[field]) ?? [] })), [data, kinds.length]);
  const previous = useMemo(() => past?.data_points.map((point) => kinds.reduce((sum, { field }) => sum + point[field], 0)), [past, kinds.length]);
  const show = (first, last) => view.set(zoom(points, first, last, grain, data.window.end));
  const all = (some) => kinds.reduce((sum, { field }) => sum + total(some, field), 0);
  return html`<${Card} name="tokens-over-time" title="Tokens over time" wide="3" answer=${tokens} height=${310}
    note=${({ data_points: some }) => `${format.compact(all(some))} ${kinds.length < KINDS.length ? "input and output tokens" : "tokens"} by ${grain}`}
    isEmpty=${({ data_points: some }) => !total(some, "total_tokens")} empty="No message in this range says how many tokens it took."
    source=${["analytics/tokens", words]}
    tools=${html`<${Segments} label="Which tokens" value=${kinds.length < KINDS.length ? "without" : "all"} options=${[["all", "All"], ["without", "Without cache"]]}
      onPick=${(cache) => view.set({ cache: cache === "all" ? null : cache })} /><${GrainPicker} />`}
    table=${({ data_points: some }) => ({
      rows: some.map((point, index) => ({ ...point, key: point.timestamp, index })),
      columns: [
        { key: "timestamp", title: "When", show: (point) => format.bucketName(point, grain) },
        ...KINDS.map(({ name, field }) => ({ key: field, title: name[0].toUpperCase() + name.slice(1), align: "end", show: format.count })),
        { key: "total_tokens", title: "All", align: "end", show: format.count },
      ],
      action: ({ index }) => show(index, index),
      actionWord: () => "Show only this time",
    })}
  >${({ data_points: some, window }) => html`<${Series}
    points=${points} grain=${grain} window=${window} series=${series} compared previous=${previous} height=${280} show=${format.count}
    label=${`Tokens by ${grain}: ${kinds.map(({ name, field }) => `${format.count(total(some, field))} ${name}`).join(", ")}`}
    onDrag=${show} onPick=${grain === "hour" ? null : (index) => show(index, index)} />`}<//>`;
}

function HitRate({ tokens, past, words }) {
  const view = useView();
  const grain = tokens.words?.group_by ?? view.grain;
  const { data } = tokens;
  const points = useMemo(() => data?.data_points.map(({ timestamp }) => timestamp) ?? [], [data]);
  const series = useMemo(() => [{ name: "cache-hit rate", slot: 3, values: data?.data_points.map((point) => hitRate([point])) ?? [] }], [data]);
  const previous = useMemo(() => past?.data_points.map((point) => hitRate([point])), [past]);
  return html`<${Card} name="hit-rate" title="Cache-hit rate" wide="half" answer=${tokens} height=${250}
    note=${html`<span class="whole">${RATE}</span>`} isEmpty=${({ data_points: some }) => hitRate(some) === null} empty="No message in this range says what it read."
    source=${["analytics/tokens", words]}
    table=${({ data_points: some }) => ({
      rows: some.map((point) => ({ ...point, key: point.timestamp })),
      columns: [
        { key: "timestamp", title: "When", show: (point) => format.bucketName(point, grain) },
        { key: "rate", title: "Cache-hit rate", align: "end", of: (point) => hitRate([point]), show: format.percent },
        { key: "cache_read_tokens", title: "Cache read", align: "end", show: format.count },
      ],
    })}
  >${({ data_points: some, window }) => html`<${Series} kind="line"
    points=${points} grain=${grain} window=${window} series=${series} compared previous=${previous} height=${220} show=${format.percent} tick=${(value) => `${value}%`}
    label=${`Cache-hit rate by ${grain}: ${format.percent(hitRate(some))} in all`}
    onDrag=${(first, last) => view.set(zoom(points, first, last, grain, window.end))} />`}<//>`;
}

function Agents() {
  const view = useView();
  const words = question(view);
  const answer = useAnswer("analytics/agents", words);
  return html`<${Card} name="agents" title="Agents" wide="half" answer=${answer} height=${250} picture=${false}
    note=${(data) => `${format.plural(data.total_calls, "answer")}, ${format.plural(data.agents.reduce((sum, one) => sum + one.error_count, 0), "error")}`}
    isEmpty=${(data) => !data.agents.length} empty="No assistant answered in this range." source=${["analytics/agents", words]}
  >${(data) => html`<${Table} name="agents" caption="Agents"
    rows=${data.agents.map((row) => ({ ...row, key: row.name }))}
    columns=${[
      { key: "name", title: "Agent", show: (name) => (name === UNNAMED ? html`<span class="unnamed" title="Answers that name no agent">not named</span>` : name) },
      { key: "usage_count", title: "Answers", align: "end", show: format.count },
      { key: "total_tokens", title: "Tokens", align: "end", show: format.compact },
      { key: "avg_response_time_ms", title: "Mean response", align: "end", show: format.duration },
      { key: "error_count", title: "Errors", align: "end", show: format.count },
      { key: "error_rate", title: "Error rate", align: "end", show: format.percent },
    ]}
    action=${({ name }) => view.set({ agent: name })} can=${({ name }) => name !== UNNAMED} actionWord=${({ name }) => `Filter by ${format.named(name)}`} />`}<//>`;
}
