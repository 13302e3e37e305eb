// Activity: when things happen: by type over time, by hour of the week, by day of the year.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { Calendar, summaryOf } from "../charts/calendar.js";
import { Heatmap } from "../charts/heatmap.js";
import { slotsOf } from "../charts/names.js";
import { Series } from "../charts/series.js";
import { Card } from "../components/card.js";
import { GrainPicker } from "../components/segments.js";
import { useCompared } from "../compared.js";
import { shiftDays, today } from "../dates.js";
import * as format from "../format.js";
import { question, useView, zoom } from "../view.js";
import { isHourOfWeek } from "./words.js";

const STEPS = { hour: "hourly", day: "daily", week: "weekly" };
const NAMED = 5;
const YEAR_WEEKS = 53;

export default function Activity() {
  const view = useView();
  return html`<div class="cards">
    <${ByType} />
    <${Week} />
    ${isHourOfWeek(view.words.cell) && html`<${Hour} key=${view.words.cell} cell=${view.words.cell} />`}
    <${Year} />
  </div>`;
}

function ByType() {
  const view = useView();
  const grain = view.grain === "month" ? "week" : view.grain;
  const total = useCompared("analytics/timeline", { group_by: grain });
  const words = question(view, { aggregation_type: STEPS[grain] });
  const types = useAnswer("analytics/aggregations", words);
  const ready = total.answer.data && types.data && !types.stale && !total.answer.stale;
  const stacked = useMemo(() => (ready ? stackTypes(total.answer.data, types.data) : null), [total.answer.data, types.data, ready]);
  const previous = useMemo(() => total.past?.timeline.map(({ count }) => count), [total.past]);
  const both = {
    ...total.answer,
    data: stacked ?? null,
    error: total.answer.error ?? types.error,
    retry: () => (total.answer.retry(), types.retry()),
  };
  return html`<${Card} name="by-type" title="Events by type" wide="3" answer=${both} height=${330}
    note=${({ count, errors }) => `${format.plural(count, "event")}, ${format.plural(errors, "error")}`}
    isEmpty=${({ count }) => !count} source=${["analytics/aggregations", words]}
    tools=${html`<${GrainPicker} grains=${view.grains.filter((one) => one !== "month")} grain=${grain} />`}
    table=${({ points, series, window }) => typeTable(points, series, window, grain, view)}
  >${({ points, series, window, count }) => html`<${Series}
    points=${points} grain=${grain} window=${window} series=${series} compared previous=${previous} height=${300}
    label=${`${format.count(count)} events by ${grain} and type: ${series.map(({ name }) => format.named(name)).join(", ")}`}
    onDrag=${(first, last) => view.set(zoom(points, first, last, grain, window.end))}
    onPick=${(index) => grain !== "hour" && view.set(zoom(points, index, index, grain, window.end))} />`}<//>`;
}

// Periods that the window cuts begin where it does, so each belongs to the last point before it.
function stackTypes({ timeline, window }, { aggregations }) {
  const points = timeline.map(({ timestamp }) => timestamp);
  const starts = points.map((point) => Date.parse(point));
  const totals = new Map();
  for (const { event_type: type, count } of aggregations) totals.set(type, (totals.get(type) ?? 0) + count);
  const ranked = [...totals].sort((a, b) => b[1] - a[1]).map(([type]) => type);
  const named = ranked.slice(0, ranked.length > NAMED ? NAMED : undefined);
  const slots = slotsOf("type", named);
  const series = named.map((name) => ({ name, slot: slots.get(name), values: points.map(() => 0) }));
  if (ranked.length > named.length) {
    series.push({ name: "other types", slot: "rest", values: points.map(() => 0) });
  }
  let at = 0;
  for (const { event_type: type, period_start: start, count } of aggregations) {
    const when = Date.parse(start);
    while (at + 1 < starts.length && starts[at + 1] <= when) at += 1;
    const place = named.indexOf(type);
    series[place < 0 ? series.length - 1 : place].values[at] += count;
  }
  const count = timeline.reduce((sum, one) => sum + one.count, 0);
  const errors = timeline.reduce((sum, one) => sum + one.error_count, 0);
  return { points, series, window, count, errors };
}

function typeTable(points, series, window, grain, view) {
  return {
    rows: points.map((point, index) => ({ key: point, index, point })),
    columns: [
      { key: "point", title: "When", show: (point) => format.bucketName(point, grain) },
      ...series.map(({ name, values }) => ({ key: name, title: name, align: "end", of: ({ index }) => values[index], show: format.count })),
    ],
    action: ({ index }) => view.set(zoom(points, index, index, grain, window.end)),
    actionWord: () => "Show only this time",
  };
}

function Week() {
  const view = useView();
  const words = question(view);
  const heat = useAnswer("analytics/activity/heatmap", words);
  const pick = (cell) => view.set({ cell: view.words.cell === cell ? null : cell });
  return html`<${Card} name="heatmap" title="Hours of the week" wide="3" answer=${heat} height=${270}
    note=${peaks} isEmpty=${(data) => !data.total_messages} empty="No messages in this range."
    source=${["analytics/activity/heatmap", words]} table=${(data) => heatTable(data, pick)}
  >${(data) => html`<${Heatmap}
    cells=${data.cells} height=${240} picked=${view.words.cell} label=${`Messages by hour of the week. ${peaks(data)}`}
    rows=${(cell) => [
      { name: "mean cost", value: format.money(cell.avg_cost) },
      { name: "mean response", value: format.duration(cell.avg_response_time) },
    ]}
    onPick=${({ day_of_week: day, hour }) => pick(`${day}-${hour}`)} />`}<//>`;
}

// The busiest day and the busiest hour are of all hours and of all days: where they meet need not be
// the busiest cell, which is named by itself.
export function peaks({ peak_day: day, peak_hour: hour, total_messages: total, cells }) {
  if (!total) return "No messages";
  const most = cells.reduce((best, cell) => (cell.count > best.count ? cell : best));
  const fullest = `${format.DAYS[most.day_of_week].slice(0, 3)} ${format.hourName(most.hour)} (${format.count(most.count)})`;
  return `Busiest day: ${format.DAYS[day]} · busiest hour: ${format.hourName(hour)} · fullest cell: ${fullest}`;
}

export function heatTable(data, pick) {
  return {
    rows: data.cells.map((cell) => ({ ...cell, key: `${cell.day_of_week}-${cell.hour}` })),
    columns: [
      { key: "hour_of_week", title: "Hour", of: (row) => row.day_of_week * 24 + row.hour, show: (_, row) => `${format.DAYS[row.day_of_week]} ${format.hourName(row.hour)}` },
      { key: "count", title: "Messages", align: "end", show: format.count },
      { key: "avg_cost", title: "Mean cost", align: "end", show: format.money },
      { key: "avg_response_time", title: "Mean response", align: "end", show: format.duration },
    ],
    action: ({ key }) => pick(key),
    actionWord: () => "Show each time this hour came",
  };
}

// One hour of the week, each time that it came.
function Hour({ cell }) {
  const view = useView();
  const [day, hour] = cell.split("-").map(Number);
  const words = question(view, { group_by: "hour", event_type: "message.sent" });
  const answer = useAnswer("analytics/timeline", words);
  const of = ({ timeline }) => timeline.filter(({ timestamp }) => format.weekday(timestamp) === format.DAYS[day] && Number(timestamp.slice(11, 13)) === hour);
  const title = `${format.DAYS[day]}s, ${format.hourName(hour)}–${format.hourName(hour + 1)}`;
  return html`<${Card} name="hour" title=${title} wide="3" answer=${answer} height="auto" picture=${false}
    note=${(data) => `${format.plural(of(data).reduce((sum, one) => sum + one.count, 0), "message")} in all`}
    source=${["analytics/timeline", words]}
    tools=${html`<button type="button" class="button" onClick=${() => view.set({ cell: null })}>Close</button>`}
  >${(data) => html`<${Occurrences} rows=${of(data).reverse()} />`}<//>`;
}

function Occurrences({ rows }) {
  const view = useView();
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return html`<ol class="shares columns">${rows.map(({ timestamp, count }) => html`<li key=${timestamp}>
    <button type="button" title="Show only this hour" onClick=${() =>
      view.set({ range: null, from: timestamp, to: new Date(Date.parse(timestamp) + 3_600_000).toISOString(), cell: null })}>
      <span class="name">${format.bucketName(timestamp, "day")}</span><span class="value">${format.count(count)}</span>
      <span class="bar" style=${{ "--share": `${(count / most) * 100}%` }}></span>
    </button></li>`)}</ol>`;
}

function Year() {
  const view = useView();
  const now = today(view.zone);
  const weekday = (new Date(`${now}T00:00:00Z`).getUTCDay() + 6) % 7;
  const start = shiftDays(now, -weekday - (YEAR_WEEKS - 1) * 7);
  const words = question(view, { time_range: null, start_date: start, end_date: null, group_by: "day" });
  const answer = useAnswer("analytics/timeline", words);
  const days = useMemo(() => answer.data?.timeline.map(({ timestamp, count }) => ({ date: timestamp.slice(0, 10), count })) ?? [], [answer.data]);
  return html`<${Card} name="calendar" title="Days of the year" wide="3" answer=${answer} height=${166}
    note=${() => summaryOf(days) ?? "No events"} source=${["analytics/timeline", words]}
    table=${() => ({
      rows: days.map((day) => ({ ...day, key: day.date })).reverse(),
      columns: [
        { key: "date", title: "Day", show: (date) => format.bucketName(date, "day") },
        { key: "count", title: "Events", align: "end", show: format.count },
      ],
      action: ({ date }) => view.set({ range: null, from: date, to: date }),
      actionWord: () => "Show only this day",
    })}
  >${() => html`<${Calendar} days=${days} label=${`Events on each day of the last year. ${summaryOf(days) ?? "None."}`}
    onPick=${(date) => view.set({ range: null, from: date, to: date })} />`}<//>`;
}
