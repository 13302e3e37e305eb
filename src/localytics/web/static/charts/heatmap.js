// Heatmap: the 168 hours of the week.
import { html, useMemo } from "../html.js";
import { DAYS, count, hourName } from "../format.js";
import { Chart } from "./chart.js";
import { HeatKey } from "./heatkey.js";
import { tip, tooltip } from "./tip.js";

// `cells`: [{day_of_week, hour, count, …}]; `picked`: "day-hour"; `rows(cell)` adds to the tip.
export function Heatmap({ cells, height = 232, label, picked, onPick, rows = () => [] }) {
  const most = Math.max(0, ...cells.map((cell) => cell.count));
  const option = useMemo(
    () => (colours, width) => draw(colours, width, { cells, most, picked, rows, still: !onPick }),
    [cells, picked],
  );
  return html`
    <${Chart} option=${option} height=${height} label=${label}
      onPick=${onPick && (({ dataIndex }) => onPick(cells[dataIndex]))} />
    <${HeatKey} most=${most} />`;
}

function draw(colours, width, { cells, most, picked, rows, still }) {
  const narrow = width < 560;
  return {
    grid: { left: 0, right: 2, top: 2, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: {
      type: "category",
      data: [...Array(24).keys()],
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: {
        color: colours.muted, fontSize: 11, margin: 8,
        interval: (hour) => hour % (narrow ? 6 : 3) === 0,
        formatter: (hour) => hourName(hour),
      },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: DAYS,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { color: colours.muted, fontSize: 11, margin: 10, formatter: (day) => day.slice(0, 3) },
    },
    visualMap: { show: false, min: 0, max: Math.max(1, most), inRange: { color: colours.heat } },
    tooltip: tooltip(({ dataIndex }) => {
      const cell = cells[dataIndex];
      const title = `${DAYS[cell.day_of_week]} ${hourName(cell.hour)}–${hourName(cell.hour + 1)}`;
      return tip(title, [{ name: "messages", value: count(cell.count) }, ...rows(cell)]);
    }, "item"),
    series: [
      {
        type: "heatmap",
        cursor: still ? "default" : "pointer",
        data: cells.map((cell) => ({
          value: [cell.hour, cell.day_of_week, cell.count],
          itemStyle:
            picked === `${cell.day_of_week}-${cell.hour}`
              ? { borderColor: colours.ink, borderWidth: 2 }
              : { borderColor: colours.surface, borderWidth: narrow ? 1 : 2 },
        })),
        itemStyle: { borderRadius: narrow ? 2 : 4 },
        emphasis: { itemStyle: { borderColor: colours.ink, borderWidth: 1 } },
      },
    ],
  };
}
