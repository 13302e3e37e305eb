// Costs: what was paid for, over time, by model and by project, against a budget.
import { html, useMemo, useState } from "../html.js";
import { useAnswer } from "../api.js";
import { coloured, slotsOf } from "../charts/names.js";
import { Series } from "../charts/series.js";
import { Shares } from "../charts/shares.js";
import { Card } from "../components/card.js";
import { GrainPicker, Segments } from "../components/segments.js";
import { Stat } from "../components/stat.js";
import { useCompared } from "../compared.js";
import { today } from "../dates.js";
import * as format from "../format.js";
import { usePreference } from "../preferences.js";
import { question, useView, zoom } from "../view.js";

const NAMED = 5;
// How many of a bucket there are in a mean month of 30.44 days.
const PER_MONTH = { hour: 730.5, day: 30.44, week: 4.348, month: 1 };

export default function Costs() {
  const view = useView();
  const words = question(view, { group_by: view.grain });
  const { answer: costs, past } = useCompared("analytics/costs", { group_by: view.grain });
  const [budget, setBudget] = usePreference("budget", "");
  const stat = (name, title, of, more) => html`<${Stat} key=${name} name=${name} title=${title} answer=${costs} past=${past}
    of=${of} compared=${view.compare} ...${more} />`;
  const points = costs.data?.data_points ?? [];
  return html`
    <${Unpriced} data=${costs.data} />
    <div class="stats four" role="group" aria-label="Totals">
      ${stat("total-cost", "Cost", (data) => known(data), { show: format.compactMoney, exact: format.exactMoney, good: "down", values: costs.data && known(costs.data) != null ? points.map(({ cost }) => cost) : [] })}
      ${stat("mean-cost", "Mean cost", (data) => data.average_cost_per_message, { show: format.compactMoney, exact: format.exactMoney, good: "down", hint: "Of a message that has a known price" })}
      ${stat("unpriced", "Unpriced messages", (data) => data.unpriced_messages, { show: format.count, good: "down" })}
      <${Budget} budget=${Number(budget) || null} onBudget=${setBudget} />
    </div>
    <div class="cards">
      <${OverTime} costs=${costs} past=${past} words=${words} budget=${Number(budget) || null} />
      <${Card} name="cost-by-model" title="By model" wide="half" answer=${costs} height=${230} picture=${false}
        note=${(data) => format.plural(Object.keys(data.cost_by_model).length, "model")}
        isEmpty=${(data) => !Object.keys(data.cost_by_model).length} empty="Nothing was billed in this range."
        source=${["analytics/models/usage", question(view)]}
        table=${(data) => costTable("Model", data.cost_by_model, (model) => view.set({ model }))}
      >${(data) => html`<${Shares} parts=${coloured("model", costParts(data.cost_by_model))} show=${format.money} limit=${5} onPick=${({ id }) => view.set({ model: id })} />`}<//>
      <${Card} name="cost-by-project" title="By project" wide="half" answer=${costs} height=${230} picture=${false}
        note=${(data) => format.plural(Object.keys(data.cost_by_project).length, "project")}
        isEmpty=${(data) => !Object.keys(data.cost_by_project).length} empty="Nothing was billed in this range."
        source=${["analytics/projects", question(view)]}
        table=${(data) => costTable("Project", data.cost_by_project, (project_id) => view.set({ project_id }))}
      >${(data) => html`<${Shares} parts=${coloured("project", costParts(data.cost_by_project))} show=${format.money} limit=${5} onPick=${({ id }) => view.set({ project_id: id })} />`}<//>
    </div>`;
}

// What was paid, where a cost was reported at all: else null, never 0.
export const known = ({ total_cost: cost, cost_by_model: models }) => (Object.values(models).some((one) => one != null) ? cost : null);

export const inAll = (data) => (known(data) == null ? "not reported" : `${format.money(known(data))} in all`);

// The parts of a cost, the dearest first, those of no known price last.
export function costParts(costs) {
  return Object.entries(costs)
    .sort(([, a], [, b]) => (b ?? -1) - (a ?? -1))
    .map(([name, value]) => ({ id: name === "unknown" ? null : name, name, value, title: format.exactMoney(value) }));
}

export function costTable(title, costs, pick) {
  const total = Object.values(costs).reduce((sum, cost) => sum + (cost ?? 0), 0);
  return {
    rows: costParts(costs).map((part) => ({ ...part, key: part.name })),
    columns: [
      { key: "name", title },
      { key: "value", title: "Cost", align: "end", show: format.exactMoney },
      { key: "part", title: "Share", align: "end", of: ({ value }) => (value == null || !total ? null : (value / total) * 100), show: format.percent },
    ],
    action: ({ id }) => pick(id),
    can: ({ id }) => id !== null,
    actionWord: ({ name }) => `Filter by ${format.named(name)}`,
  };
}

function Unpriced({ data }) {
  if (!data) return html`<p class="notice quiet">${" "}</p>`;
  if (!data.unpriced_messages) return html`<p class="notice quiet">Every billed message in this range has a known price.</p>`;
  const models = Object.entries(data.cost_by_model).filter(([, cost]) => cost === null).map(([name]) => name);
  return html`<p class="notice" role="note"><span><b>${format.plural(data.unpriced_messages, "message")} with no known price</b>${" "}
    ${data.unpriced_messages === 1 ? "is" : "are"} in no sum here${models.length > 0 && `: ${models.map(format.named).join(", ")}`}. Send <code>cost_usd</code> with them where you know it.</span></p>`;
}

function Budget({ budget, onBudget }) {
  const view = useView();
  const [text, setText] = useState(budget ?? "");
  const month = `${today(view.zone).slice(0, 8)}01`;
  const words = question(view, { time_range: null, start_date: month, end_date: null });
  const { data } = useAnswer(budget ? "analytics/costs" : null, words);
  const spent = data ? known(data) : null;
  const share = spent == null ? 0 : (spent / budget) * 100;
  return html`<div class="stat budget" data-stat="budget">
    <h2>Budget of a month</h2>
    <label class="money"><span aria-hidden="true">$</span>
      <input type="number" min="0" step="any" inputmode="decimal" placeholder="none" aria-label="Budget of a month in US dollars"
        value=${text} onInput=${(event) => setText(event.target.value)} onChange=${(event) => onBudget(Number(event.target.value) > 0 ? event.target.value : null)} />
    </label>
    <p class="change" data-tone=${share > 100 ? "bad" : ""}>${budget ? html`<span title=${format.exactMoney(spent)}>${format.compactMoney(spent)} this month</span>${data && html`<span class="past">${format.percent(share)}</span>`}` : html`<span class="past">Draws a line below</span>`}</p>
    ${budget && html`<div class="meter" data-over=${share > 100 ? "" : undefined} style=${{ "--share": `${Math.min(100, share)}%` }}></div>`}
  </div>`;
}

function OverTime({ costs, past, words, budget }) {
  const view = useView();
  const by = view.words.stack === "project" ? "project" : "model";
  const { grain } = view;
  const projects = useProjects(by === "project" ? costs.data : null, words);
  const ready = costs.data && (by === "model" || projects);
  const series = useMemo(() => (ready ? (by === "model" ? byModel(costs.data) : byProject(costs.data, projects)) : []), [costs.data, by, projects]);
  const points = useMemo(() => costs.data?.data_points.map(({ timestamp }) => timestamp) ?? [], [costs.data]);
  const previous = useMemo(() => past?.data_points.map(({ cost }) => cost), [past]);
  const shown = costs.words?.group_by ?? grain;
  const limit = useMemo(() => budget && { name: `budget by ${shown}`, value: budget / PER_MONTH[shown] }, [budget, shown]);
  const show = (first, last) => view.set(zoom(points, first, last, shown, costs.data.window.end));
  return html`<${Card} name="cost-over-time" title="Cost over time" wide="3" answer=${ready ? costs : { ...costs, data: null }} height=${320}
    note=${(data) => (known(data) == null ? "not reported" : `${format.money(known(data))} by ${shown} and ${by}`)}
    isEmpty=${(data) => !Object.keys(data.cost_by_model).length} empty="Nothing was billed in this range."
    source=${["analytics/costs", words]}
    tools=${html`<${Segments} label="Stack by" value=${by} options=${[["model", "Model"], ["project", "Project"]]}
      onPick=${(stack) => view.set({ stack: stack === "model" ? null : stack })} /><${GrainPicker} />`}
    table=${() => ({
      rows: points.map((point, index) => ({ key: point, point, index, cost: costs.data.data_points[index].cost })),
      columns: [
        { key: "point", title: "When", show: (point) => format.bucketName(point, shown) },
        { key: "cost", title: "Cost", align: "end", show: format.exactMoney },
        ...series.map(({ name, values }) => ({ key: name, title: name, align: "end", of: ({ index }) => values[index], show: format.exactMoney })),
      ],
      action: ({ index }) => show(index, index),
      actionWord: () => "Show only this time",
    })}
  >${(data) => html`<${Series}
    points=${points} grain=${shown} window=${data.window} series=${series} compared previous=${previous} limit=${limit} height=${290}
    show=${format.money} tick=${format.moneyTick}
    label=${`Cost by ${shown}, stacked by ${by}: ${inAll(data)}`}
    onDrag=${show} onPick=${shown === "hour" ? null : (index) => show(index, index)} />`}<//>`;
}

function byModel({ data_points: points, cost_by_model: costs }) {
  const ranked = costParts(costs).map(({ name }) => name);
  const named = ranked.length > NAMED ? ranked.slice(0, NAMED) : ranked;
  const slots = slotsOf("model", ranked);
  const series = named.map((name) => ({ name, slot: slots.get(name), values: points.map((point) => point.cost_by_model[name] ?? (name in point.cost_by_model ? null : 0)) }));
  if (ranked.length > named.length) {
    const rest = ranked.slice(NAMED);
    series.push({ name: "other models", slot: "rest", values: points.map((point) => rest.reduce((sum, name) => sum + (point.cost_by_model[name] ?? 0), 0)) });
  }
  return series;
}

// The costs of the dearest projects, each asked for by itself: null until all are here.
function useProjects(data, words) {
  const ranked = data ? costParts(data.cost_by_project).filter(({ id }) => id !== null).slice(0, NAMED) : [];
  const answers = [];
  for (let place = 0; place < NAMED; place += 1) {
    const id = ranked[place]?.id;
    answers.push(useAnswer(id ? "analytics/costs" : null, { ...words, project_id: id }));
  }
  const here = data && ranked.every((_, place) => answers[place].data && !answers[place].stale);
  const key = here ? ranked.map(({ id }, place) => `${id} ${answers[place].data.generated_at}`).join("\n") : null;
  return useMemo(() => (here ? ranked.map(({ id }, place) => ({ name: id, points: answers[place].data.data_points })) : null), [key, here]);
}

function byProject({ data_points: points }, projects) {
  const slots = slotsOf("project", projects.map(({ name }) => name));
  const series = projects.map(({ name, points: own }) => ({ name, slot: slots.get(name), values: points.map((_, index) => own[index]?.cost ?? null) }));
  const rest = points.map(({ cost }, index) => Number(((cost ?? 0) - series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)).toFixed(9)));
  if (rest.some((value) => value > 0)) series.push({ name: "other projects", slot: "rest", values: rest });
  return series;
}
