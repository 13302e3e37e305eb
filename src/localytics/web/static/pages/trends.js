// Trends: one figure day by day, where it is heading, and what that means in words.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { Series, cutBuckets } from "../charts/series.js";
import { Card } from "../components/card.js";
import { Said } from "../components/said.js";
import { Segments } from "../components/segments.js";
import * as format from "../format.js";
import { question, useView, zoom } from "../view.js";

// `exact` is for tables; `whole` of counts; `worse` where more of it is bad news.
const COUNT = { whole: true, show: format.rough, exact: format.rough, tick: format.tick };
const METRICS = {
  messages: { ...COUNT, title: "Messages" },
  costs: { title: "Costs", show: format.money, exact: format.exactMoney, tick: format.moneyTick, worse: true },
  sessions: { ...COUNT, title: "Sessions" },
  tokens: { ...COUNT, title: "Tokens", show: format.compact },
  response_time: { title: "Response time", show: format.duration, exact: format.duration, tick: format.duration, worse: true },
  errors: { ...COUNT, title: "Errors", worse: true },
};
const WAYS = { up: "Rising", down: "Falling", flat: "Level" };
const FEWEST = 5; // days that have data: fewer have no direction
const AVERAGED = "mean of 7 days";
const FIT = "line of best fit";

export default function Trends() {
  const view = useView();
  const metric = Object.hasOwn(METRICS, view.words.metric) ? view.words.metric : "messages";
  const words = question(view, { metric });
  const answer = useAnswer("analytics/trends", words);
  return html`
    <${Segments} label="Figure" value=${metric} options=${Object.entries(METRICS).map(([one, { title }]) => [one, title])}
      onPick=${(one) => view.set({ metric: one === "messages" ? null : one })} />
    <${Figures} answer=${answer} />
    <div class="cards">
      <${Course} answer=${answer} words=${words} />
      <${Words} answer=${answer} />
    </div>`;
}

const withData = ({ data_points: points }) => points.filter(({ value }) => value);
const known = (data) => withData(data).length > 0;
// Whether the first half of the whole days had nothing: no percentage says how far that is.
function begun(data) {
  const cut = cutOf(data);
  const whole = data.data_points.filter((_, day) => !cut.has(day));
  return !whole.slice(0, Math.floor(whole.length / 2)).some(({ value }) => value);
}
const toneOf = (way, { worse }) => (worse && way !== "flat" ? (way === "up" ? "bad" : "good") : "");

function Figures({ answer }) {
  const said = (name, title, of, more) => html`<${Said} key=${name} name=${name} title=${title} answer=${answer} of=${of} ...${more} />`;
  return html`<div class="stats four" role="group" aria-label="Where it is heading">
    ${said("direction", "Direction", (data) => {
      const metric = METRICS[data.metric];
      if (data.slope == null || withData(data).length < FEWEST) return { figure: format.NONE, note: "Too few days to tell" };
      return { figure: WAYS[data.direction], icon: data.direction, tone: toneOf(data.direction, metric), note: `${perDay(data.slope, metric)} a day` };
    }, { hint: "Of the line of best fit through the whole days" })}
    ${said("change", "Second half", (data) => {
      const value = data.change_percentage;
      if (value == null || !known(data)) return { figure: format.NONE, note: "Not known" };
      if (begun(data) && value > 0) return { figure: "new", note: "nothing in the first half" };
      return { figure: format.moved(value), tone: toneOf(value > 0 ? "up" : value < 0 ? "down" : "flat", METRICS[data.metric]), note: "against the first half" };
    })}
    ${said("peak", "Peak", ({ peak, metric }) => (peak
      ? { figure: METRICS[metric].show(peak.value), note: format.bucketName(peak.timestamp, "day") }
      : { figure: format.NONE, note: "None in this range" }))}
    ${said("average", "Last 7 days", (data) => {
      const { timestamp, value } = data.moving_average.at(unfinished(data) ? -2 : -1) ?? {};
      if (value == null) return { figure: format.NONE, note: "Not known" };
      return { figure: METRICS[data.metric].show(value), note: `the mean, until ${format.dayOf(timestamp)}` };
    })}
  </div>
  <p class="notice quiet slim">${answer.data ? html`<span>${cutOf(answer.data).size ? "Days that are not whole are in neither the direction nor the halves." : "All of these days are whole."}</span>` : "\u00a0"}</p>`;
}

// +12.3, −$0.02: the change of a day.
const perDay = (slope, { whole, show }) =>
  `${slope < 0 ? "−" : "+"}${whole ? Number(Math.abs(slope).toPrecision(3)).toLocaleString("en") : show(Math.abs(slope))}`;

// Whether the last day has only begun.
const unfinished = (data) => cutOf(data).has(data.data_points.length - 1);

const cutOf = ({ data_points: some, window }) => cutBuckets(some.map(({ timestamp }) => timestamp), "day", window);

// The least-squares line of a known slope: it goes through the mean of the known days, but those that
// are cut.
function fitted(values, slope, cut) {
  const days = values.flatMap((value, day) => (value == null || cut.has(day) ? [] : [[day, value]]));
  if (slope == null || days.length < 2) return null;
  const mean = (place) => days.reduce((sum, day) => sum + day[place], 0) / days.length;
  const [day, value] = [mean(0), mean(1)];
  return values.map((_, at) => value + slope * (at - day));
}

function Course({ answer, words }) {
  const view = useView();
  const { data } = answer;
  const metric = METRICS[data?.metric ?? "messages"];
  const { points, series } = useMemo(() => (data ? lines(data, metric) : { points: [], series: [] }), [data]);
  const few = data && withData(data).length < FEWEST;
  const show = (first, last) => view.set(zoom(points, first, last, "day", data.window.end));
  return html`<${Card} name="trend" title=${`${METRICS[words.metric].title} by day`} wide="3" answer=${answer} height=${340}
    note=${({ data_points: some }) => format.plural(some.length, "day")}
    isEmpty=${(data) => !known(data)} source=${["analytics/trends", words]}
    table=${({ data_points: some, moving_average: means }) => ({
      rows: some.map(({ timestamp, value }, index) => ({ key: timestamp, timestamp, value, index, mean: means[index].value })),
      columns: [
        { key: "timestamp", title: "When", show: (point) => format.bucketName(point, "day") },
        { key: "value", title: metric.title, align: "end", show: metric.exact },
        { key: "mean", title: "Mean of 7 days", align: "end", show: metric.exact },
      ],
      action: ({ index }) => show(index, index),
      actionWord: () => "Show only this day",
    })}
  >${({ window, direction }) => html`<${Series}
    points=${points} grain="day" window=${window} series=${series} height=${310} whole=${metric.whole} show=${metric.show} tick=${metric.tick}
    label=${`${metric.title} by day with ${AVERAGED}${few ? "" : ` and ${FIT}: ${WAYS[direction].toLowerCase()}`}`}
    onDrag=${show} onPick=${(index) => show(index, index)} />`}<//>`;
}

function lines(data, { title }) {
  const { data_points: some, moving_average: means, slope } = data;
  const points = some.map(({ timestamp }) => timestamp);
  const values = some.map(({ value }) => value);
  const open = unfinished(data); // a mean that ends with a day that has only begun would seem to fall
  const averaged = means.map(({ value }, index) => (open && index === points.length - 1 ? null : value));
  const fit = withData(data).length < FEWEST ? null : fitted(values, slope, cutOf(data));
  return {
    points,
    series: [
      { name: title.toLowerCase(), slot: "rest", values },
      { name: AVERAGED, slot: 1, values: averaged, kind: "line" },
      ...(fit ? [{ name: FIT, slot: 2, values: fit, kind: "line", dash: true }] : []),
    ],
  };
}

function Words({ answer }) {
  return html`<${Card} name="insights" title="In words" wide="3" answer=${answer} height=${170} picture=${false}
    note="Each sentence is true of these days" isEmpty=${({ insights }) => !insights.length} empty="Nothing to say about these days."
  >${({ insights }) => html`<ul class="insights">${insights.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`}<//>`;
}
