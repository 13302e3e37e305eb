// Live strip: the newest events, looked up again whenever the service has stored more.
import { html, useEffect, useRef } from "../html.js";
import { useAnswer } from "../api.js";
import { duration, instant } from "../format.js";
import { question, useView } from "../view.js";

const SHOWN = 5;

export function LiveStrip({ status }) {
  const view = useView();
  const words = question(view, { time_range: "24h", start_date: null, end_date: null, limit: SHOWN });
  const { data, retry } = useAnswer("analytics/events", words);
  const seq = status?.last_seq;
  const seen = useRef(seq);
  useEffect(() => {
    if (seen.current !== undefined && seq !== undefined && seen.current !== seq) retry();
    seen.current = seq;
  }, [seq]);
  return html`<section class="live" aria-label="Newest events">
    <h2><i class="pulse"></i>Newest</h2>
    ${data && !data.events.length && html`<span class="past">Nothing in the last 24 hours.</span>`}
    <ol>${(data?.events ?? Array(SHOWN).fill(null)).map((event, place) => html`<li key=${event?.id ?? place}>
      ${event && html`<b>${event.event_type}</b>
        <span>${[event.user_id, event.model ?? event.endpoint, event.duration_ms != null && duration(event.duration_ms)].filter(Boolean).join(" · ")}</span>
        <time datetime=${event.timestamp}>${instant(event.timestamp, view.zone).slice(-8)}</time>`}
    </li>`)}</ol>
  </section>`;
}
