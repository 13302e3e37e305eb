// Overview: the range in one look. Each card opens the page that says more.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { coloured } from "../charts/names.js";
import { cutBuckets, Series } from "../charts/series.js";
import { Heatmap } from "../charts/heatmap.js";
import { Shares } from "../charts/shares.js";
import { Card } from "../components/card.js";
import { LiveStrip } from "../components/live.js";
import { Stat } from "../components/stat.js";
import { useCompared } from "../compared.js";
import * as format from "../format.js";
import { RANGE_NAMES, question, useView, zoom } from "../view.js";
import { heatTable, peaks } from "./activity.js";
import { costParts, costTable, inAll, known } from "./costs.js";
import { costOfTokens, nameOf } from "./projects.js";

const STEPS = { hour: "hourly", day: "daily", week: "weekly", month: "weekly" };
export const errorsOf = ({ summary }) => Object.values(summary).reduce((sum, type) => sum + type.error_count, 0);

export default function Overview() {
  const view = useView();
  const { grain } = view;
  const hourly = grain === "hour";
  const timeline = useCompared("analytics/timeline", { group_by: grain }); // first: it is the first chart
  const totals = useCompared("analytics/summary");
  const costWords = question(view, { group_by: grain });
  const costs = useAnswer("analytics/costs", costWords);
  const usage = useAnswer("analytics/usage", question(view), true); // sparklines may come later
  const tokens = useAnswer(hourly ? "analytics/tokens" : null, question(view, { group_by: grain }), true);
  const pace = useAnswer("analytics/aggregations", question(view, {
    aggregation_type: STEPS[grain], event_type: view.filters.event_type ?? "message.sent",
  }), true);
  const heatWords = question(view);
  const heat = useAnswer("analytics/activity/heatmap", heatWords);
  const projects = useAnswer("analytics/projects", question(view));

  const shape = useShapes({ timeline: timeline.answer, costs, usage, tokens, pace, hourly });
  const stat = (name, title, of, show, more) => html`<${Stat}
    key=${name} name=${name} title=${title} answer=${totals.answer} past=${totals.past} of=${of} show=${show}
    values=${shape[name]} compared=${view.compare} ...${more} />`;

  return html`
    <${LiveStrip} />
    <div class="stats" role="group" aria-label="Totals">
      ${stat("messages", "Messages", (data) => data.total_messages, format.compact, { exact: format.count, href: view.link("activity") })}
      ${stat("sessions", "Sessions", (data) => data.total_sessions, format.compact, { exact: format.count, href: view.link("people") })}
      ${stat("users", "Users", (data) => data.total_users, format.compact, { exact: format.count, href: view.link("people") })}
      ${stat("tokens", "Tokens", (data) => data.total_tokens, format.compact, { exact: format.count, href: view.link("models") })}
      ${stat("cost", "Cost", costs.data && known(costs.data) == null ? () => null : costOf, format.compactMoney, { exact: format.exactMoney, good: "down", href: view.link("costs") })}
      ${stat("errors", "Errors", errorsOf, format.compact, { exact: format.count, good: "down", href: view.link("operations") })}
      ${stat("response", "Response time", (data) => data.avg_response_time_ms, format.duration, { good: "down", href: view.link("models"), hint: "The mean over messages that say how long they took" })}
    </div>
    <div class="cards">
      <${Card} name="timeline" title="Events over time" wide="2" more=${view.link("activity")} answer=${timeline.answer} height=${256}
        note=${(data) => `${format.plural(sum(data.timeline, "count"), "event")}, ${RANGE_NAMES[timeline.answer.words.time_range] ?? "chosen dates"}, by ${timeline.answer.words.group_by}`}
        isEmpty=${(data) => !sum(data.timeline, "count")}
        source=${["analytics/timeline", costWords]}
        table=${(data, words) => timelineTable(data, words.group_by, view)}
      >${(data, words) => html`<${EventSeries} data=${data} words=${words} past=${timeline.past} height=${228} />`}<//>
      <${Card} name="cost-by-model" title="Cost by model" more=${view.link("costs")} answer=${costs} height=${256}
        note=${inAll}
        isEmpty=${(data) => !Object.keys(data.cost_by_model).length} empty="Nothing was billed in this range." picture=${false}
        source=${["analytics/models/usage", question(view)]}
        table=${(data) => costTable("Model", data.cost_by_model, (model) => view.set({ model }))}
      >${(data) => html`<${Shares} parts=${coloured("model", costParts(data.cost_by_model))} show=${format.money} limit=${6} onPick=${({ id }) => view.set({ model: id })} />`}<//>
      <${Card} name="heatmap" title="Hours of the week" wide="2" more=${view.link("activity")} answer=${heat} height=${256}
        note=${peaks} isEmpty=${(data) => !data.total_messages} empty="No messages in this range."
        source=${["analytics/activity/heatmap", heatWords]}
        table=${(data) => heatTable(data, (cell) => view.open("activity", { cell }))}
      >${(data) => html`<${Heatmap} cells=${data.cells} height=${226} label=${`Messages by hour of the week. ${peaks(data)}`}
        onPick=${({ day_of_week: day, hour }) => view.open("activity", { cell: `${day}-${hour}` })} />`}<//>
      <${Card} name="top-projects" title="Top projects" more=${view.link("projects")} answer=${projects} height=${256}
        note=${(data) => `${format.plural(data.total_projects, "project")}, of messages with a project`} picture=${false}
        isEmpty=${(data) => !data.projects.length} empty="No project has messages in this range."
        source=${["analytics/projects", question(view)]}
        table=${(data) => projectTable(data, view)}
      >${(data) => html`<${Shares} limit=${6} show=${format.count} onPick=${({ id }) => view.set({ project_id: id })}
        parts=${coloured("project", data.projects.map((one) => ({ id: one.project_id, name: nameOf(one.project_id), value: one.messages, title: `${format.named(one.project_id)}: ${format.count(one.messages)} messages, cost ${format.money(costOfTokens(one))}` })))} />`}<//>
    </div>`;
}

// A store that was told of no billed message has no cost, not one of $0.
const costOf = (data) => costOfTokens({ cost: data.total_cost, tokens: data.total_tokens });

export const sum = (rows, name) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);

function EventSeries({ data, words, past, height }) {
  const view = useView();
  const points = useMemo(() => data.timeline.map(({ timestamp }) => timestamp), [data]);
  const series = useMemo(() => [
    { name: "without error", slot: 1, values: data.timeline.map((one) => one.count - one.error_count) },
    { name: "errors", slot: 2, values: data.timeline.map((one) => one.error_count) },
  ], [data]);
  const previous = useMemo(() => past?.timeline.map(({ count }) => count), [past]);
  const show = (first, last) => view.set(zoom(points, first, last, words.group_by, data.window.end));
  return html`<${Series}
    points=${points} grain=${words.group_by} window=${data.window} series=${series} compared previous=${previous} height=${height}
    label=${`Events by ${words.group_by}: ${format.count(sum(data.timeline, "count"))}, of which ${format.count(sum(data.timeline, "error_count"))} failed`}
    onDrag=${show} onPick=${words.group_by === "hour" ? null : (index) => show(index, index)} />`;
}

export function timelineTable(data, grain, view) {
  const points = data.timeline.map(({ timestamp }) => timestamp);
  return {
    rows: data.timeline.map((row, index) => ({ ...row, index, key: row.timestamp })),
    columns: [
      { key: "timestamp", title: "When", show: (value) => format.bucketName(value, grain) },
      { key: "count", title: "Events", align: "end", show: format.count },
      { key: "error_count", title: "Errors", align: "end", show: format.count },
      { key: "unique_users", title: "Users", align: "end", show: format.count },
    ],
    action: ({ index }) => view.set(zoom(points, index, index, grain, data.window.end)),
    actionWord: () => "Show only this time",
  };
}

export function projectTable(data, view) {
  return {
    rows: data.projects.map((row) => ({ ...row, key: row.project_id })),
    columns: [
      { key: "project_name", title: "Project", of: ({ project_id: id }) => nameOf(id), show: (name, { project_id: id }) => html`<span title=${format.named(id)}>${format.named(name)}</span>` },
      { key: "messages", title: "Messages", align: "end", show: format.count },
      { key: "sessions", title: "Sessions", align: "end", show: format.count },
      { key: "tokens", title: "Tokens", align: "end", show: format.compact },
      { key: "cost", title: "Cost", align: "end", of: costOfTokens, show: format.exactMoney },
    ],
    action: ({ project_id }) => view.set({ project_id }),
    actionWord: ({ project_id }) => `Filter by ${format.named(project_id)}`,
  };
}

// The sparklines, by stat. A first bucket that the range cuts would read as a fall, so it is left out.
function useShapes({ timeline, costs, usage, tokens, pace, hourly }) {
  const cut = (rows, answer, grain) =>
    rows.length > 4 && cutBuckets(rows.map(({ timestamp }) => timestamp), grain, answer.data.window).has(0) ? rows.slice(1) : rows;
  return useMemo(() => {
    const events = timeline.data ? cut(timeline.data.timeline, timeline, timeline.words.group_by) : [];
    const billed = costs.data ? cut(costs.data.data_points, costs, costs.words.group_by) : [];
    const days = hourly || !usage.data ? [] : usage.data.daily_usage.slice(1);
    return {
      messages: billed.map((one) => one.message_count),
      sessions: days.map((one) => one.sessions),
      users: events.map((one) => one.unique_users),
      tokens: hourly && tokens.data ? cut(tokens.data.data_points, tokens, "hour").map((one) => one.total_tokens) : days.map((one) => one.tokens),
      cost: costs.data && known(costs.data) != null ? billed.map((one) => one.cost) : [],
      errors: events.map((one) => one.error_count),
      response: (pace.data?.aggregations ?? []).map((one) => one.avg_duration_ms),
    };
  }, [timeline.data, costs.data, usage.data, tokens.data, pace.data]);
}
