// Picture: a chart as a PNG that can be read alone: with its title, window, filters and keys.
import { moment, named } from "../format.js";
import { FILTERS } from "../view.js";

const EDGE = 20;
const LINE = 20;
const SHARP = 2; // pixels of the picture to one of the page

// The name of a file about a view: timeline-7d.png, costs-2026-10-01-to-2026-10-31.csv
export function fileOf(name, view, ending) {
  const short = (text) => text.slice(0, 16).replaceAll(":", "");
  const range = view.range === "custom" ? [view.from, view.to ?? "now"].map(short).join("-to-") : view.range;
  return `${name}-${range}.${ending}`;
}

// `chart`: of ECharts; `box`: the element with its keys; `window`: of the answer that is drawn.
export function save(chart, box, { name, title, window, view }) {
  const drawn = chart.renderToCanvas({ pixelRatio: SHARP });
  const [wide, high] = [chart.getWidth(), chart.getHeight()];
  const style = getComputedStyle(document.documentElement);
  const [ink, muted, surface] = ["--ink", "--muted", "--surface"].map((variable) => style.getPropertyValue(variable));
  const family = getComputedStyle(box).fontFamily;
  const picture = document.createElement("canvas");
  const pen = picture.getContext("2d");
  pen.font = `12px ${family}`;
  const keys = placed(keysOf(box), wide, (text) => pen.measureText(text).width);
  const filters = Object.entries(view.filters).map(([word, value]) => `${FILTERS[word]}: ${named(value)}`).join(", ");
  const lines = [window && `${moment(window.start)} to ${moment(window.end)}, times in ${view.zone}`, filters].filter(Boolean);
  const top = EDGE + 24 + lines.length * LINE + 8;
  picture.width = (wide + 2 * EDGE) * SHARP;
  picture.height = (top + high + 12 + ((keys.at(-1)?.line ?? -1) + 1) * LINE + EDGE) * SHARP;
  pen.scale(SHARP, SHARP);
  pen.fillStyle = surface;
  pen.fillRect(0, 0, picture.width, picture.height);
  pen.textBaseline = "middle";
  pen.fillStyle = ink;
  pen.font = `600 16px ${family}`;
  pen.fillText(title, EDGE, EDGE + 10, wide);
  pen.font = `12px ${family}`;
  pen.fillStyle = muted;
  lines.forEach((line, place) => pen.fillText(line, EDGE, EDGE + 34 + place * LINE, wide));
  pen.drawImage(drawn, EDGE, top, wide, high);
  for (const { text, colour, dashed, left, line } of keys) {
    const middle = top + high + 12 + line * LINE + LINE / 2;
    pen.fillStyle = colour;
    for (const part of dashed ? [0, 6] : []) pen.fillRect(EDGE + left + part, middle - 1, 4, 2);
    if (!dashed) pen.fillRect(EDGE + left, middle - 5, 10, 10);
    pen.fillStyle = muted;
    pen.fillText(text, EDGE + left + 16, middle);
  }
  const link = document.createElement("a");
  link.href = picture.toDataURL("image/png");
  link.download = fileOf(name, view, "png");
  link.click();
}

// {text, colour, dashed} of each key that is shown at full strength.
function keysOf(box) {
  return [...box.querySelectorAll(".key:not([data-faded])")].map((key) => {
    const swatch = key.querySelector("i");
    const style = getComputedStyle(swatch);
    const dashed = swatch.matches(".dashed, [data-dash]");
    const colour = swatch.matches(".dashed, .hatched") ? style.getPropertyValue("--muted") : style.backgroundColor;
    return { text: key.textContent.trim(), colour, dashed };
  });
}

// The keys from left to right in as many lines as they need.
function placed(keys, wide, widthOf) {
  let [left, line] = [0, 0];
  return keys.map((key) => {
    const length = 16 + widthOf(key.text) + 16;
    if (left && left + length > wide) [left, line] = [0, line + 1];
    const place = { ...key, left, line };
    left += length;
    return place;
  });
}
