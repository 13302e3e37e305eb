// Event: rows of events, and all that one of them says.
import { html } from "../html.js";
import { duration, instant, money, named } from "../format.js";
import { FILTER_NAMES, useView } from "../view.js";
import { CopyButton } from "./copy.js";
import { Dialog } from "./dialog.js";
import { Scroll } from "./scroll.js";

// What an event was about, in one line.
export const about = (event) =>
  [event.model, event.endpoint && [event.method, event.endpoint].filter(Boolean).map(named).join(" "), event.category, event.device_id, event.conversation_id, event.project_id]
    .filter(Boolean).slice(0, 2).map(named).join(" · ");

const outcome = (event) => named(event.error_message) ?? named(event.status) ?? event.status_code ?? (event.is_error ? "error" : "");

const COLUMNS = [
  ["Time", ({ timestamp }, zone) => instant(timestamp, zone).replace(/ \d{4},/, ",")],
  ["Type", ({ event_type: type }) => named(type)],
  ["Source", ({ source }) => named(source)],
  ["User", ({ user_id: user }) => named(user)],
  ["About", about],
  ["Outcome", outcome],
  ["Took", ({ duration_ms: took }) => took != null && duration(took), "end"],
  ["Cost", ({ cost_usd: cost }) => cost != null && money(cost), "end"],
];

// `events` in the order in which they stand; `onPick(event)` opens one.
export function EventTable({ events, caption, onPick }) {
  const { zone } = useView();
  return html`<${Scroll} kind="events" label=${`Table: ${caption}`}><table>
    <caption class="unseen">${caption}</caption>
    <thead><tr>${COLUMNS.map(([title, , align]) => html`<th key=${title} scope="col" class=${align}><span>${title}</span></th>`)}</tr></thead>
    <tbody>${events.map((event) => html`<tr key=${event.id} data-acts data-error=${event.is_error ? "" : undefined}
      onClick=${(click) => click.target.closest("button") || onPick(event)}>
      ${COLUMNS.map(([title, show, align], at) => html`<td key=${title} class=${align}>${at === 1
        ? html`<button type="button" class="row-button" title="Show all that it says" onClick=${() => onPick(event)}>${show(event, zone)}</button>`
        : show(event, zone)}</td>`)}
    </tr>`)}</tbody>
  </table><//>`;
}

// All fields of one event as JSON; what filters can be about leads to the events alike.
export function EventDialog({ event, onClose }) {
  const view = useView();
  const text = JSON.stringify(event, null, 2);
  const alike = Object.keys(FILTER_NAMES).filter((name) => event[name] && name !== "is_error");
  return html`<${Dialog} title=${named(event.event_type)} onClose=${onClose}>
    <p class="aside">${instant(event.timestamp, view.zone)} (${view.zone})</p>
    <div class="snippet event">
      <pre tabindex="0" aria-label="The event as JSON"><code>${text}</code></pre>
      <${CopyButton} text=${text} label="Copy the event" icon="copy" plain />
    </div>
    <div class="alike"><span class="aside">All events of this</span>
      ${alike.map((name) => html`<button key=${name} type="button" class="button" title=${named(event[name])}
        onClick=${() => view.open("explorer", { [name]: event[name], event: null, at: null, cursor: null })}>${FILTER_NAMES[name]}</button>`)}
    </div>
  <//>`;
}
