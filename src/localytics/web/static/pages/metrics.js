// Metrics: what apps recorded, one metric over time; which one is in the URL.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { Series } from "../charts/series.js";
import { Card } from "../components/card.js";
import { GrainPicker } from "../components/segments.js";
import * as format from "../format.js";
import { question, useView, zoom } from "../view.js";

// What is drawn of each type of metric: fields of its points, the first of them the chief one.
const DRAWN = {
  gauge: ["avg", "min", "max"],
  counter: ["sum"],
  histogram: ["p50", "p95", "p99"],
};

export function Metrics() {
  const view = useView();
  const words = question(view, { group_by: view.grain });
  const recent = useAnswer("analytics/events", question(view, { event_type: "metric.recorded", limit: 1000 }));
  const names = [...new Set(recent.data?.events.map(({ category }) => category).filter(Boolean) ?? [])].sort();
  const name = view.words.metric ?? names[0];
  const metric = useAnswer(name ? `analytics/metric/${encodeURIComponent(name)}` : null, { ...words, event_type: undefined });
  const answer = recent.data && !name ? { ...recent, data: { window: recent.data.window } } : metric;
  const kind = Object.keys(DRAWN).find((one) => answer.data?.[one]);
  const drawn = kind ? answer.data[kind].points : [];
  const points = useMemo(() => drawn.map(({ timestamp }) => timestamp), [answer.data]);
  const series = useMemo(() => (DRAWN[kind] ?? []).map((field, place) => ({ name: field, slot: place + 1, values: drawn.map((point) => point[field]) })), [answer.data]);
  const grain = answer.words?.group_by ?? view.grain;
  const show = (first, last) => view.set(zoom(points, first, last, grain, answer.data.window.end));
  return html`<${Card} name="metric" title="Recorded metrics" wide="3" answer=${answer} height=${260}
    note=${() => kind && `${format.named(name)}, a ${kind} by ${grain}, over the whole range`}
    isEmpty=${() => !kind} empty="No metric was recorded in this range."
    source=${name && [`analytics/metric/${encodeURIComponent(name)}`, words]}
    tools=${html`${names.length > 1 && html`<select class="picker" aria-label="Metric" value=${name} onChange=${(event) => view.set({ metric: event.target.value })}>
      ${names.map((one) => html`<option key=${one} value=${one}>${format.named(one)}</option>`)}</select>`}<${GrainPicker} />`}
    table=${() => ({
      rows: points.map((point, index) => ({ key: point, point, index })),
      columns: [
        { key: "point", title: "When", show: (point) => format.bucketName(point, grain) },
        ...series.map(({ name: field, values }) => ({ key: field, title: field, align: "end", of: ({ index }) => values[index], show: format.reading })),
      ],
      action: ({ index }) => show(index, index),
      actionWord: () => "Show only this time",
    })}
  >${(data) => html`<${Series} kind=${kind === "counter" ? "bar" : "line"} points=${points} grain=${grain} window=${data.window} series=${series}
    height=${230} show=${format.reading} label=${`${format.named(name)}: ${series.map((one) => one.name).join(", ")} by ${grain}`} onDrag=${show} />`}<//>`;
}
