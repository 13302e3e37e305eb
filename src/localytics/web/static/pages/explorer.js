// Explorer: events one by one, newest first: a question put together of filters, page by page, each
// event with all that it says, and downloads of the same question.
import { html, useEffect, useState } from "../html.js";
import { urlOf, useAnswer } from "../api.js";
import { Card } from "../components/card.js";
import { VALUES } from "../components/chips.js";
import { EventDialog, EventTable } from "../components/event.js";
import { ErrorBox } from "../components/errorbox.js";
import * as format from "../format.js";
import { FILTER_NAMES, RANGE_NAMES, question, useView } from "../view.js";
import { isTime } from "./words.js";

const PAGE = 100;
const USUAL = ["event_type", "user_id"]; // filters that are always shown
const DOWNLOADS = { NDJSON: "ndjson", CSV: "csv", Parquet: "parquet" };

export default function Explorer() {
  const view = useView();
  const { cursor, find = "" } = view.words;
  const words = question(view, { limit: PAGE, cursor });
  const events = useAnswer("analytics/events", words);
  const open = (event) => view.set({ event: event.id, at: event.timestamp });
  const shown = events.data?.events.filter((event) => holds(event, find)) ?? [];
  return html`<div class="cards first">
    <${Builder} />
    <${Card} name="events" title="Events" wide="3" answer=${events} height=${620} picture=${false}
      note=${(data) => told(data, shown, find, view, events.words)}
      isEmpty=${() => !shown.length} empty=${html`<span>${find && events.data?.events.length ? `No event of ${lookedThrough(events.data, view)} holds that text.` : "No events answer this question."}</span>`}
      tools=${html`<${Find} value=${find} /><span class="downloads">${Object.entries(DOWNLOADS).map(([name, kind]) => html`<a key=${kind} class="button"
        href=${urlOf("export/events", question(view, { format: kind }))} download title=${`All events of this question as ${name}${find ? ", whether they hold the text or not" : ""}`}>${name}</a>`)}</span>`}
    >${() => html`<${EventTable} events=${shown} caption="Events, newest first" onPick=${open} />`}<//>
    ${events.data && html`<nav class="pages across" aria-label="Pages of events">
      ${cursor && html`<button type="button" class="button" onClick=${() => view.set({ cursor: null })}>Newest</button>`}
      <button type="button" class="button" disabled=${!events.data.next_cursor || events.stale}
        onClick=${() => view.set({ cursor: events.data.next_cursor })}>Older</button>
    </nav>`}
  </div>
  ${view.words.event && isTime(view.words.at) && html`<${Opened} key=${view.words.event} events=${events} />`}`;
}

// What is looked through for a text is all that an event says.
const holds = (event, text) => !text || JSON.stringify(event).toLowerCase().includes(JSON.stringify(text).slice(1, -1).toLowerCase());

// The events that are here, which are all that a text is found in.
function lookedThrough({ events: all, next_cursor: more }, view) {
  if (view.words.cursor) return `these ${format.count(all.length)} older events`;
  return more ? `the newest ${format.count(all.length)} events of this question` : `the ${format.plural(all.length, "event")} of this question`;
}

function told(data, shown, find, view, words) {
  const all = data.events;
  if (!all.length) return `Nothing ${view.words.cursor ? "older" : "here"}`;
  const [newest, oldest] = [all[0].timestamp, all.at(-1).timestamp].map((at) => format.instant(at, view.zone));
  if (find) {
    const held = `${format.plural(shown.length, "event")} of ${lookedThrough(data, view)} ${shown.length === 1 ? "holds" : "hold"} the text`;
    return html`<span class="whole">${held}; downloads do not apply it</span>`;
  }
  return `${format.plural(all.length, "event")}, ${newest} back to ${oldest}, of ${RANGE_NAMES[words.time_range]?.replace(/^last/, "the last") ?? "the chosen dates"}`;
}

function Find({ value }) {
  const view = useView();
  const about = { type: "search", "aria-label": "Find text in the events of this page, which downloads do not apply", placeholder: "Find on this page" };
  return html`<div class="find" role="search"><${Text} about=${about} given=${value} onSet=${(find) => view.set({ find })} /></div>`;
}

// An input whose text counts once Enter is pressed or it is left; `given` is what counts now.
function Text({ about, given, onSet }) {
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  return html`<input ...${about} value=${text} autocomplete="off" onInput=${(event) => setText(event.target.value)}
    onChange=${(event) => onSet(event.target.value.trim() || null)} />`;
}

// Where there is little room only the usual filters and those that are on are shown, until all are asked for.
function Builder() {
  const view = useView();
  const [all, showAll] = useState(false);
  const on = Object.keys(view.chosen).length;
  return html`<section class="card builder" data-wide="3" data-card="filters" aria-labelledby="builder-title">
    <header><div class="titles"><h2 id="builder-title">Filters</h2><p class="note">Each must be met exactly</p></div>
      <div class="tools">
        <button type="button" class="button more-filters" aria-expanded=${String(all)} aria-controls="builder-fields" onClick=${() => showAll(!all)}>${all ? "Fewer filters" : "More filters"}</button>
        <button type="button" class="button" disabled=${!on} onClick=${view.clear}>Clear</button>
      </div></header>
    <div class="fields" id="builder-fields" data-all=${all ? "" : undefined}>
      ${Object.entries(FILTER_NAMES).filter(([name]) => name !== "is_error").map(([name, title]) => html`<${Field} key=${name} name=${name} title=${title} />`)}
      <${Outcome} />
    </div>
  </section>`;
}

function Field({ name, title }) {
  const view = useView();
  const [asked, ask] = useState(false); // the values that there are, once somebody looks
  const [path, read] = VALUES[name] ?? [];
  const { data } = useAnswer(asked ? path : null, question({ ...view, chosen: view.filters }, { [name]: null }));
  const id = `values-${name}`;
  return html`<div data-usual=${USUAL.includes(name) ? "" : undefined}><label data-on=${view.chosen[name] ? "" : undefined}>
    <span>${title[0].toUpperCase() + title.slice(1)}</span>
    <${Text} about=${{ list: path && id, placeholder: "any", maxlength: 200, onFocus: () => ask(true) }}
      given=${view.chosen[name] ?? ""} onSet=${(value) => view.set({ [name]: value })} />
    </label>${path && html`<datalist id=${id}>${data && read(data).map((one) => html`<option key=${one} value=${one} label=${format.named(one)} />`)}</datalist>`}</div>`;
}

function Outcome() {
  const view = useView();
  const { is_error: failed = "" } = view.narrowed;
  return html`<div><label data-on=${failed ? "" : undefined}>
    <span>Failed</span>
    <select aria-label="Failed" value=${failed} onChange=${(event) => view.set({ is_error: event.target.value || null })}>
      <option value="">any</option><option value="true">yes</option><option value="false">no</option>
    </select></label></div>`;
}

// The event that the URL names: of the page that is shown, or else asked for by its time.
function Opened({ events }) {
  const view = useView();
  const { event: id, at } = view.words;
  const here = events.data?.events.find((one) => one.id === id);
  const alone = useAnswer(here ? null : "analytics/events", { start_date: at, end_date: new Date(Date.parse(at) + 1).toISOString(), limit: 1000 });
  const event = here ?? alone.data?.events.find((one) => one.id === id);
  const close = () => view.set({ event: null, at: null });
  if (event) return html`<${EventDialog} event=${event} onClose=${close} />`;
  if (alone.error) return html`<${ErrorBox} error=${alone.error} retry=${alone.retry} />`;
  return alone.data && html`<p class="notice" role="alert"><span>The event that the link names is not there any more.</span>
    <button type="button" class="button" onClick=${close}>Close</button></p>`;
}
