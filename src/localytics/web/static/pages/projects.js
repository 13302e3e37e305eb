// Projects: all of them ranked, and those that are picked side by side on one scale.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { slotsOf } from "../charts/names.js";
import { Series } from "../charts/series.js";
import { Card } from "../components/card.js";
import { Segments } from "../components/segments.js";
import { Table } from "../components/table.js";
import * as format from "../format.js";
import { question, useView, zoom } from "../view.js";

const [FEWEST, MOST] = [2, 10];
const AT_FIRST = 3; // the busiest are picked while nobody has picked any
const COLOURS = 5; // of lines; the next five are broken ones of the same
const FIGURES = {
  messages: { title: "Messages", show: format.count, tick: format.tick },
  tokens: { title: "Tokens", show: format.count, tick: format.tick },
  cost: { title: "Cost", show: format.money, tick: format.moneyTick },
};

export default function Projects() {
  const view = useView();
  const words = question(view);
  const projects = useAnswer("analytics/projects", words);
  const picked = picks(view, projects.data);
  return html`<div class="cards">
    <${Ranked} projects=${projects} words=${words} picked=${picked ?? []} />
    <${Compared} picked=${picked} />
  </div>`;
}

// The projects that the URL picks, else the busiest; null while those are not known.
function picks(view, data) {
  if (view.words.pick) return view.words.pick.split(",").filter(Boolean).map(decoded);
  return data ? data.projects.slice(0, AT_FIRST).map(({ project_id: id }) => id) : null;
}

// An id may hold a comma; "," alone is nothing picked, which is not the same as not having chosen.
const written = (picked) => picked.map(encodeURIComponent).join(",") || ",";

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function Ranked({ projects, words, picked }) {
  const view = useView();
  const turn = ({ project_id: id }) => view.set({ pick: written(picked.includes(id) ? picked.filter((one) => one !== id) : [...picked, id]) });
  return html`<${Card} name="projects" title="Projects" wide="3" answer=${projects} height=${206} picture=${false}
    note=${(data) => `${format.plural(data.total_projects, "project")}, ${picked.length} compared below`}
    isEmpty=${(data) => !data.projects.length} empty="No project has messages in this range." source=${["analytics/projects", words]}
  >${(data) => html`<${Table} name="projects" caption="Projects"
    rows=${data.projects.map((row) => ({ ...row, key: row.project_id }))}
    columns=${[
      { key: "project_name", title: "Project", of: ({ project_id: id }) => nameOf(id), show: (name, { project_id: id }) => html`<span title=${format.named(id)}>${format.named(name)}</span>` },
      { key: "messages", title: "Messages", align: "end", show: format.count },
      { key: "sessions", title: "Sessions", align: "end", show: format.count },
      { key: "tokens", title: "Tokens", align: "end", show: format.compact },
      { key: "cost", title: "Cost", align: "end", of: costOfTokens, show: format.money },
      { key: "last_activity", title: "Last message", align: "end", show: format.moment },
    ]}
    pick=${{
      title: "Compare",
      has: ({ project_id: id }) => picked.includes(id),
      can: ({ project_id: id }) => picked.includes(id) || picked.length < MOST,
      word: ({ project_id: id }) => `Compare ${format.named(nameOf(id))}`,
      turn,
    }}
    action=${({ project_id }) => view.set({ project_id })} actionWord=${({ project_id: id }) => `Filter by ${format.named(id)}`} />`}<//>`;
}

function Compared({ picked }) {
  const view = useView();
  const chosen = (picked ?? []).slice(0, MOST);
  const alone = Boolean(view.filters.project_id);
  const enough = !alone && chosen.length >= FEWEST;
  const words = question(view, { project_ids: chosen });
  const asked = useAnswer(enough ? "analytics/projects/comparison" : null, words);
  // What there is to say instead is an answer, too.
  const answer = enough || !picked ? asked : { ...asked, data: { projects: [] } };
  const empty = alone
    ? "The filter leaves one project. Remove it to compare."
    : `Tick between ${FEWEST} and ${MOST} projects to compare them.`;
  const source = enough ? ["analytics/projects/comparison", words] : null;
  return html`
    <${Daily} answer=${answer} source=${source} empty=${empty} />
    <${SideBySide} many=${Math.max(AT_FIRST, chosen.length)} answer=${answer} source=${source} empty=${empty} />`;
}

function looksOf(projects) {
  const ids = projects.map(({ project_id: id }) => id);
  const slots = slotsOf("project", ids);
  return ids.map((id, place) => (place < COLOURS ? { slot: slots.get(id), dash: false } : { slot: slots.get(ids[place - COLOURS]), dash: true }));
}

// Where no token and no cost was told of, the cost is not known: it is not $0.
export const costOfTokens = ({ cost, tokens }) => (cost === 0 && tokens === 0 ? null : cost);

// What a project is called, whatever else is shown: the end of a path, or else all of its id.
export function nameOf(id) {
  return /^([\\/~]|[A-Za-z]:[\\/])/.test(id) ? (id.split(/[\\/]+/).filter(Boolean).at(-1) ?? id) : id;
}

// Of those that stand side by side, two that would be called the same go by their whole ids.
function namesOf(projects) {
  const short = projects.map(({ project_id: id }) => nameOf(id));
  return projects.map(({ project_id: id }, place) => (short.indexOf(short[place]) === short.lastIndexOf(short[place]) ? short[place] : id));
}

function Daily({ answer, source, empty }) {
  const view = useView();
  const by = Object.hasOwn(FIGURES, view.words.figure) ? view.words.figure : "messages";
  const { title, show, tick } = FIGURES[by];
  const { data } = answer;
  const points = useMemo(() => data?.projects[0]?.daily_series.map(({ timestamp }) => timestamp) ?? [], [data]);
  const series = useMemo(() => {
    const names = namesOf(data?.projects ?? []);
    const looks = looksOf(data?.projects ?? []);
    return (data?.projects ?? []).map((one, place) => ({ name: names[place], ...looks[place], values: one.daily_series.map((day) => day[by]) }));
  }, [data, by]);
  const zoomTo = (first, last) => view.set(zoom(points, first, last, "day", data.window.end));
  return html`<${Card} name="comparison" title="Day by day" wide="3" answer=${answer} height=${320}
    note=${() => `${title} of each day, on one scale`} isEmpty=${(data) => !data.projects.length} empty=${empty} source=${source}
    tools=${html`<${Segments} label="Compare by" value=${by} options=${Object.entries(FIGURES).map(([one, { title }]) => [one, title])}
      onPick=${(figure) => view.set({ figure: figure === "messages" ? null : figure })} />`}
    table=${() => ({
      rows: points.map((point, index) => ({ key: point, point, index })),
      columns: [
        { key: "point", title: "When", show: (point) => format.bucketName(point, "day") },
        ...series.map(({ name, values }) => ({ key: name, title: name, align: "end", of: ({ index }) => values[index], show: by === "cost" ? format.exactMoney : show })),
      ],
      action: ({ index }) => zoomTo(index, index),
      actionWord: () => "Show only this day",
    })}
  >${({ window }) => html`<${Series} kind="line"
    points=${points} grain="day" window=${window} series=${series} height=${290} show=${show} tick=${tick}
    label=${`${title} by day of ${series.map(({ name }) => format.named(name)).join(", ")}`} onDrag=${zoomTo} />`}<//>`;
}

function SideBySide({ many, answer, source, empty }) {
  const view = useView();
  // A figure, its share of those that are compared, and whether it leads: alone, not at a tie.
  const column = (key, title, show, { projects, leaders }, share) => {
    const first = projects.find(({ project_id: id }) => id === leaders[key]);
    const leader = first && projects.filter((one) => one[key] === first[key]).length === 1 ? first.project_id : null;
    return {
      key, title, align: "end",
      show: (value, row) => html`${leader === row.project_id && html`<span class="leads">leads</span>${" "}`}${show(value)}${
        share && html`${" "}<span class="of">${row.share[key] == null ? "" : format.percent(row.share[key])}</span>`}`,
    };
  };
  return html`<${Card} name="leaders" title="Side by side" wide="3" answer=${answer} height=${44 + many * 32} picture=${false}
    note=${html`<span class="whole">Who leads has most, or answers fastest and fails least</span>`} isEmpty=${(data) => !data.projects.length} empty=${empty} source=${source}
  >${(data) => {
    const { projects } = data;
    const names = namesOf(projects);
    const looks = looksOf(projects);
    return html`<${Table} name="leaders" caption="Side by side"
      rows=${projects.map((row, place) => ({ ...row, ...looks[place], cost: costOfTokens(row), key: row.project_id, name: names[place] }))}
      columns=${[
        { key: "name", title: "Project", show: (name, { slot, dash, project_id: id }) => html`<i class=${`swatch series-${slot}`} data-dash=${dash ? "" : undefined}></i><span title=${format.named(id)}>${format.named(name)}</span>` },
        column("messages", "Messages", format.count, data, true),
        column("sessions", "Sessions", format.count, data, true),
        column("tokens", "Tokens", format.compact, data, true),
        column("cost", "Cost", format.money, data, true),
        column("avg_response_time_ms", "Mean response", format.duration, data),
        column("p95_response_time_ms", "p95 response", format.duration, data),
        column("error_rate", "Error rate", format.percent, data),
      ]}
      action=${({ project_id }) => view.set({ project_id })} actionWord=${({ name }) => `Filter by ${format.named(name)}`} />`;
  }}<//>`;
}
