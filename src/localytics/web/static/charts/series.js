// Series: figures over time as stacked bars, areas or lines, beside the period before.
import { html, useMemo, useState } from "../html.js";
import * as format from "../format.js";
import { beside, useView } from "../view.js";
import { Chart } from "./chart.js";
import { Legend } from "./legend.js";
import { tip, tooltip } from "./tip.js";

const DAY = 86_400_000;
const LENGTH = { hour: DAY / 24, day: DAY, week: 7 * DAY, month: 28 * DAY };

// `points`: the start of each bucket of `grain`; `window`: of the answer they are from.
// `series`: [{name, values, slot, kind, dash}], stacked unless their `kind`, or that of all, is "line";
// `whole`: they are counts, also where lines through them are not; `previous`: values of the period
// before, bucket by bucket, which may come later: `compared` says that they are asked for; `limit`: {name, value}, a line across.
export function Series({
  points, grain, window, series, compared, previous: past, limit, kind = "bar", height = 240, label,
  show = format.count, tick = format.tick, onDrag, onPick, keys = true, whole = show === format.count,
}) {
  const [only, setOnly] = useState(null);
  const view = useView();
  const previous = useMemo(
    () => (past && grain === "hour" ? beside(view, window, points, past.length).map((place) => past[place] ?? null) : past),
    [past, points, grain],
  );
  const shown = series.some(({ name }) => name === only) ? series.filter(({ name }) => name === only) : series;
  const cut = useMemo(() => cutBuckets(points, grain, window), [points, grain, window]);
  const option = useMemo(
    () => (colours) => draw(colours, { points, grain, shown, previous: only ? null : previous, limit, kind, show, tick, cut, whole }),
    [points, series, only, previous, limit, kind, grain],
  );
  return html`
    <${Chart}
      option=${option} height=${height} label=${label}
      onDrag=${onDrag && ((first, last) => onDrag(clamp(first, points), clamp(last, points)))}
      onPick=${onPick && ((event) => event.componentType === "series" && onPick(event.dataIndex, event.seriesName))}
    />
    ${keys && html`<${Legend}
      series=${series} only=${only} onOnly=${setOnly}
      previous=${only ? null : previous ? "known" : compared && view.compare && view.range !== "all" && "awaited"} partial=${cut.size > 0 && (kind === "bar" ? "hatched" : "shaded")}
    />`}`;
}

// The buckets that the window cuts: the last is not finished, the first began before.
export function cutBuckets(points, grain, window) {
  const cut = new Set();
  if (!points.length || !window) return cut;
  const last = points.length - 1;
  if (Date.parse(points[0]) < Date.parse(window.start)) cut.add(0);
  if (Date.parse(points[last]) + LENGTH[grain] > Date.parse(window.end) + 1000) cut.add(last);
  return cut;
}

const clamp = (index, points) => Math.min(points.length - 1, index);

function draw(colours, { points, grain, shown, previous, limit, kind, show, tick, cut, whole }) {
  const colourOf = ({ slot }) => (slot === "rest" ? colours.rest : colours.series[(slot ?? 1) - 1]);
  const many = points.length > 70;
  const kindOf = (one) => one.kind ?? kind;
  const stacked = shown.filter((one) => kindOf(one) !== "line");
  const top = stacked.at(-1);
  const drawn = shown.map((one, place) => ({
    name: one.name,
    type: kindOf(one) === "bar" ? "bar" : "line",
    stack: kindOf(one) === "line" ? undefined : "all",
    data: one.values.map((value, index) => bar(value, cut.has(index) && kindOf(one) === "bar", colourOf(one), colours)),
    color: colourOf(one),
    symbol: "none",
    barMaxWidth: 36,
    barCategoryGap: many ? "12%" : "26%",
    lineStyle: { width: 2, type: one.dash ? [6, 4] : "solid" },
    areaStyle: kindOf(one) === "area" ? { opacity: 0.85 } : undefined,
    emphasis: { disabled: true },
    itemStyle: {
      borderColor: colours.surface,
      borderWidth: kindOf(one) === "bar" && stacked.length > 1 && !many ? 0.5 : 0,
      borderRadius: one === top && kindOf(one) === "bar" && stacked.length === 1 && !many ? [3, 3, 0, 0] : 0,
    },
    cursor: "pointer",
    markLine: place === 0 && limit ? markLine(limit, colours, show) : undefined,
    markArea: place === 0 && kind !== "bar" && cut.size ? markCut(cut, points, colours) : undefined,
  }));
  if (previous) {
    drawn.push({
      name: "previous period",
      type: "line",
      data: previous.slice(0, points.length),
      symbol: "none",
      silent: true,
      z: 5,
      color: colours.muted,
      lineStyle: { width: 1.5, type: [4, 3], color: colours.muted },
      emphasis: { disabled: true },
    });
  }
  return {
    grid: { left: 0, right: 6, top: 14, bottom: 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: points,
      boundaryGap: kind === "bar",
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: {
        color: colours.muted, fontSize: 11, hideOverlap: true, margin: 10, lineHeight: 14,
        interval: grain === "hour" ? (_, point) => isMarked(point, points.length) : "auto",
        alignMinLabel: kind === "bar" ? undefined : "left",
        alignMaxLabel: kind === "bar" ? undefined : "right",
        formatter: (point) => format.bucketLabel(point, grain),
      },
    },
    yAxis: {
      type: "value",
      splitNumber: 4,
      min: whole ? 0 : undefined,
      minInterval: whole ? 1 : undefined,
      max: limit ? (range) => (range.max > limit.value ? null : rounded(limit.value * 1.05)) : undefined,
      axisLabel: { color: colours.muted, fontSize: 11, formatter: tick },
      splitLine: { lineStyle: { color: colours.line } },
    },
    tooltip: tooltip((items) => {
      const index = items[0].dataIndex;
      const rows = shown.map((one) => ({ name: one.name, value: show(one.values[index]), colour: colourOf(one) }));
      if (stacked.length > 1) {
        const sum = stacked.reduce((total, one) => total + (one.values[index] ?? 0), 0);
        rows.unshift({ name: "all", value: show(sum) });
      }
      const filled = rows.filter(({ value }, place) => place === 0 || value !== show(0));
      if (previous && index < previous.length) {
        filled.push({ name: "previous period", value: show(previous[index]), colour: colours.muted });
      }
      return tip(format.bucketName(points[index], grain), filled, cut.has(index) ? cutNote(index) : null);
    }),
    series: drawn,
  };
}

const cutNote = (index) => (index === 0 ? "Begins before the range" : "Not finished yet");

function bar(value, unfinished, colour, colours) {
  if (!unfinished) return value;
  return {
    value,
    itemStyle: {
      opacity: 0.55,
      decal: { symbol: "rect", color: colours.surface, dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
    },
  };
}

// Of many hours only midnights are named, of few every third.
const isMarked = (point, many) => Number(point.slice(11, 13)) % (many > 50 ? 24 : 3) === 0;

// Lines and areas can't be hatched by bucket: the way to or from one that is cut is shaded.
function markCut(cut, points, colours) {
  const last = points.length - 1;
  const stretch = (at) => [{ xAxis: at === 0 ? 0 : last - 1 }, { xAxis: at === 0 ? 1 : last }];
  return { silent: true, itemStyle: { color: colours.muted, opacity: 0.12 }, data: [...cut].map(stretch) };
}

// The next half of a power of ten: where an axis may end.
function rounded(value) {
  const step = 10 ** Math.floor(Math.log10(value)) / 2;
  return Math.ceil(value / step) * step;
}

function markLine({ name, value }, colours, show) {
  return {
    silent: true,
    symbol: "none",
    animation: false,
    data: [{ yAxis: value }],
    lineStyle: { color: colours.bad, width: 1.5, type: "solid" },
    label: { formatter: `${name} ${show(value)}`, position: "insideEndTop", color: colours.bad, fontSize: 11 },
  };
}
