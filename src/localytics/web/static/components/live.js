// Live strip: the newest events, as they are stored. Hides its light while nobody tells it of them.
import { html, useEffect, useState } from "../html.js";
import { useAnswer } from "../api.js";
import { duration, instant, named } from "../format.js";
import { question, useView } from "../view.js";
import { useSocket } from "./socket.js";

const SHOWN = 5;

export function LiveStrip() {
  const view = useView();
  const words = question(view, { time_range: "24h", start_date: null, end_date: null, limit: SHOWN });
  const { data } = useAnswer("analytics/events", words, true);
  const [told, tell] = useState([]);
  const filters = JSON.stringify(view.filters);
  useEffect(() => tell([]), [filters]);
  const open = useSocket(view.filters, ({ events }) => tell((last) => [...events.toReversed(), ...last].slice(0, SHOWN)));
  const known = new Set(told.map(({ id }) => id));
  const events = [...told, ...(data?.events ?? []).filter(({ id }) => !known.has(id))].slice(0, SHOWN);
  return html`<section class="live" aria-label="Newest events">
    <h2>${open ? html`<i class="pulse"></i>` : null}<a href=${view.link("live")}>Newest</a></h2>
    ${data && !events.length && html`<span class="past">Nothing in the last 24 hours.</span>`}
    <ol>${events.map((event) => {
      const about = [event.user_id, event.model ?? event.endpoint, event.duration_ms != null && duration(event.duration_ms)].filter(Boolean).map(named).join(" · ");
      return html`<li key=${event.id}>
        <b title=${named(event.event_type)}>${named(event.event_type)}</b>
        ${about && html`<span>${about}</span>`}
        <time datetime=${event.timestamp}>${instant(event.timestamp, view.zone).slice(-8)}</time>
      </li>`;
    })}</ol>
  </section>`;
}
