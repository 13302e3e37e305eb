// Live: events as they are stored, how many there are, and a pause that keeps what comes meanwhile.
import { html, useEffect, useRef, useState } from "../html.js";
import { useAnswer } from "../api.js";
import { Card } from "../components/card.js";
import { Chips } from "../components/chips.js";
import { EventDialog, EventTable } from "../components/event.js";
import { useSocket } from "../components/socket.js";
import * as format from "../format.js";
import { question, useView } from "../view.js";

const SHOWN = 100;
const SECONDS = 60;
const DRAW_MS = 250; // events may come many times a second; eyes do not

export default function Live() {
  const view = useView();
  return html`<${Stream} key=${JSON.stringify(view.filters)} />`;
}

function Stream() {
  const view = useView();
  const before = useAnswer("analytics/events", { ...view.filters, time_range: "24h", limit: SHOWN });
  const feed = useFeed(view.filters);
  const [paused, setPaused] = useState(null); // the events that stood there when it was paused
  const [opened, setOpened] = useState(null);
  const known = new Set(feed.events.map(({ id }) => id));
  const newest = [...feed.events, ...(before.data?.events ?? []).filter(({ id }) => !known.has(id))].slice(0, SHOWN);
  const events = paused?.events ?? newest;
  const missed = paused ? feed.total - paused.total : 0;
  const turn = () => setPaused(paused ? null : { events: newest, total: feed.total });
  return html`
    <div class="toolbar">
      <p class="socket" role="status"><i class="pulse" data-off=${feed.open ? undefined : ""}></i>${feed.open ? "Listening" : "Connecting…"}</p>
      <${Chips} />
      <button type="button" class="button" aria-pressed=${String(Boolean(paused))} onClick=${turn}>${paused ? "Resume" : "Pause"}</button>
    </div>
    <div class="stats plain four" role="group" aria-label="Rate">
      <${Figure} name="per-second" title="Events per second" value=${rate(feed.seconds, 10)} note="mean of 10 seconds" />
      <${Figure} name="per-minute" title="Events in a minute" value=${format.count(feed.seconds.reduce((sum, one) => sum + one, 0))} note="the last 60 seconds" />
      <${Figure} name="since" title="Since opening" value=${format.count(feed.total)} note=${feed.errors ? `${format.count(feed.errors)} of them errors` : "no errors among them"} />
      <${Figure} name="dropped" title="Not shown here" value=${format.count(feed.dropped)} note=${feed.dropped ? "all are stored" : "none left out"} />
    </div>
    <${Minute} seconds=${feed.seconds} />
    <div class="cards">
      <${Card} name="newest" title="Newest events" wide="3" answer=${before} height=${560} picture=${false}
        note=${() => (paused ? `Paused, ${format.plural(missed, "event")} since` : `The newest ${SHOWN}, as they are stored`)}
        isEmpty=${() => !events.length} empty="Nothing in the last 24 hours. What is stored from now on shows here."
      >${() => html`<${EventTable} events=${events} caption="Newest events" onPick=${setOpened} />`}<//>
    </div>
    ${opened && html`<${EventDialog} event=${opened} onClose=${() => setOpened(null)} />`}`;
}

const rate = (seconds, last) => (seconds.slice(-last).reduce((sum, one) => sum + one, 0) / last).toLocaleString("en", { maximumFractionDigits: 1 });

const Figure = ({ name, title, value, note }) => html`<div class="stat" data-stat=${name}>
  <h2>${title}</h2><p class="figure">${value}</p><p class="change"><span>${note}</span></p></div>`;

// The last minute, a bar a second; the figures beside say the same in numbers.
function Minute({ seconds }) {
  const most = Math.max(4, ...seconds);
  return html`<div class="minute" aria-hidden="true">${seconds.map((count, place) => html`<i key=${place} data-none=${count ? undefined : ""} style=${{ "--share": `${(count / most) * 100}%` }}></i>`)}</div>`;
}

// What came since the page was opened: {open, events, total, errors, dropped, seconds: [60 counts]}.
function useFeed(filters) {
  const kept = useRef({ events: [], total: 0, errors: 0, dropped: 0, counts: new Map() });
  const [, draw] = useState(0);
  const timer = useRef(null);
  const redraw = () => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      draw((count) => count + 1);
    }, DRAW_MS);
  };
  const open = useSocket(filters, ({ events, dropped }) => {
    const now = kept.current;
    const second = Math.floor(Date.now() / 1000);
    now.events = [...events.toReversed(), ...now.events].slice(0, SHOWN);
    now.total += events.length + dropped;
    now.errors += events.filter((event) => event.is_error).length;
    now.dropped += dropped;
    now.counts.set(second, (now.counts.get(second) ?? 0) + events.length + dropped);
    redraw();
  });
  useEffect(() => {
    const tick = setInterval(redraw, 1000);
    return () => {
      clearInterval(tick);
      clearTimeout(timer.current);
    };
  }, []);
  const last = Math.floor(Date.now() / 1000);
  const { counts } = kept.current;
  for (const second of counts.keys()) if (second <= last - SECONDS) counts.delete(second);
  const seconds = Array.from({ length: SECONDS }, (_, back) => counts.get(last - SECONDS + 1 + back) ?? 0);
  return { ...kept.current, open, seconds };
}
