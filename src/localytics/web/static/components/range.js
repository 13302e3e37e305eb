// Range: the window that every card is about, its time zone, and whether it is compared.
import { html, useEffect, useState } from "../html.js";
import { isDate, shiftDays, today, usualZone, zones } from "../dates.js";
import { offset } from "../format.js";
import { pages } from "../pages/index.js";
import { RANGES, RANGE_NAMES, useView } from "../view.js";
import { Menu } from "./menu.js";

const LATER_MS = 1_000;

export function RangePicker() {
  const view = useView();
  const choose = (range) => view.set({ range, from: null, to: null, cell: null });
  return html`<div class="range" role="group" aria-label="Range" data-custom=${view.range === "custom" ? "" : undefined}>
    <div class="segments">
      ${Object.keys(RANGES).map((range) => html`<button
        key=${range} type="button" aria-pressed=${String(view.range === range)} aria-label=${RANGE_NAMES[range]} title=${RANGE_NAMES[range]}
        onClick=${() => choose(range)}>${range === "all" ? "All" : range}</button>`)}
    </div>
    <${Menu} icon="calendar" label="Choose the dates" text=${view.range === "custom" ? named(view) : "Dates"} align="start">
      ${(close) => html`<${Dates} close=${close} />`}
    <//>
  </div>`;
}

// The four hundred zones are listed once the page stands still.
export function ZonePicker() {
  const view = useView();
  const [listed, list] = useState([]);
  useEffect(() => {
    const timer = setTimeout(() => list(zones()), LATER_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<label class="zone"><span class="unseen">Time zone</span>
    <select value=${view.zone} title="Time zone of every day and hour shown"
      onChange=${(event) => view.set({ tz: event.target.value === usualZone() ? null : event.target.value })}>
      ${(listed.includes(view.zone) ? listed : [view.zone, ...listed]).map((zone) => html`<option key=${zone} value=${zone}>
        ${zone === view.zone ? `${zone} (${distance(zone)})` : zone}</option>`)}
    </select>
  </label>`;
}

export function Compare() {
  const view = useView();
  const alone = pages.find(({ path }) => path === view.page)?.alone?.(view.words) ?? false;
  const title = alone
    ? "Nothing on this page is compared with the period before"
    : view.range === "all" ? "There is no period before all time" : "Compare with the period before, cut to the same elapsed time";
  return html`<label class="switch" title=${title}>
    <input type="checkbox" role="switch" checked=${view.compare && !alone} disabled=${alone || view.range === "all"}
      onChange=${(event) => view.set({ compare: event.target.checked ? null : "off" })} />
    <span>Compare</span>
  </label>`;
}

function Dates({ close }) {
  const view = useView();
  const now = today(view.zone);
  const [from, setFrom] = useState(isDate(view.from) ? view.from : (view.from?.slice(0, 10) ?? shiftDays(now, -6)));
  const [to, setTo] = useState(isDate(view.to) ? view.to : (view.to?.slice(0, 10) ?? now));
  const wrong = !from || !to || from > to;
  const show = (event) => {
    event.preventDefault();
    if (wrong) return;
    view.set({ range: null, from, to, cell: null });
    close();
  };
  const month = `${now.slice(0, 8)}01`;
  const last = shiftDays(month, -1);
  const quick = (first, final) => () => (view.set({ range: null, from: first, to: final, cell: null }), close());
  return html`<form class="dates" onSubmit=${show}>
    <label>From <input type="date" value=${from} max=${to} onInput=${(event) => setFrom(event.target.value)} /></label>
    <label>to, included <input type="date" value=${to} min=${from} onInput=${(event) => setTo(event.target.value)} /></label>
    <button type="submit" class="button primary" disabled=${wrong}>Show</button>
    <div class="quick">
      <button type="button" class="choice" onClick=${quick(now, now)}>Today</button>
      <button type="button" class="choice" onClick=${quick(shiftDays(now, -1), shiftDays(now, -1))}>Yesterday</button>
      <button type="button" class="choice" onClick=${quick(month, now)}>This month</button>
      <button type="button" class="choice" onClick=${quick(`${last.slice(0, 8)}01`, last)}>Last month</button>
    </div>
  </form>`;
}

function named({ from, to }) {
  const short = (text) => (isDate(text) ? text : text.slice(0, 16).replace("T", " "));
  if (!to) return `${short(from)} – now`;
  return from === to ? from : `${short(from)} – ${short(to)}`;
}

function distance(zone) {
  try {
    return offset(zone);
  } catch {
    return "unknown zone";
  }
}
