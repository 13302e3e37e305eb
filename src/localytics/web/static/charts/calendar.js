// Calendar: a year of days, a column a week.
import { html, useMemo } from "../html.js";
import { bucketName, compact, count } from "../format.js";
import { Chart } from "./chart.js";
import { HeatKey } from "./heatkey.js";
import { tip, tooltip } from "./tip.js";

const CELL = 15;

// `days`: [{date, count}] in order, the first a Monday.
export function Calendar({ days, label, onPick, unit = "events" }) {
  const most = Math.max(0, ...days.map((day) => day.count));
  const option = useMemo(() => (colours, width) => draw(colours, width, { days, most, unit }), [days]);
  return html`
    <${Chart} option=${option} height=${7 * CELL + 28} label=${label}
      onPick=${({ value }) => onPick?.(value[0])} />
    <${HeatKey} most=${most} />`;
}

function draw(colours, width, { days, most, unit }) {
  const left = 32;
  const weeks = Math.max(1, Math.min(Math.ceil(days.length / 7), Math.floor((width - left) / (CELL - 1))));
  const shown = days.slice((Math.ceil(days.length / 7) - weeks) * 7);
  const cell = Math.min(22, (width - left - 2) / weeks);
  return {
    calendar: {
      left,
      top: 22,
      cellSize: [cell, CELL],
      range: [shown[0].date, shown.at(-1).date],
      itemStyle: { color: "transparent", borderWidth: 0 },
      splitLine: { show: false },
      dayLabel: { firstDay: 1, nameMap: ["", "Mon", "", "Wed", "", "Fri", ""], color: colours.muted, fontSize: 11, margin: 8 },
      monthLabel: { color: colours.muted, fontSize: 11, margin: 8, nameMap: "EN" },
      yearLabel: { show: false },
    },
    visualMap: { show: false, min: 0, max: Math.max(1, most), inRange: { color: colours.heat } },
    tooltip: tooltip(({ value }) => tip(bucketName(value[0], "day"), [{ name: unit, value: count(value[1]) }]), "item"),
    series: [
      {
        type: "heatmap",
        coordinateSystem: "calendar",
        cursor: "pointer",
        data: shown.map(({ date, count: value }) => [date, value]),
        itemStyle: { borderColor: colours.surface, borderWidth: 1.5, borderRadius: 3 },
        emphasis: { itemStyle: { borderColor: colours.ink, borderWidth: 1 } },
      },
    ],
  };
}

export const summaryOf = (days) => {
  const best = days.reduce((top, day) => (day.count > top.count ? day : top), days[0]);
  return best && best.count ? `Most on ${bucketName(best.date, "day")}: ${compact(best.count)}` : null;
};
