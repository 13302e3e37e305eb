// Colours: what the CSS variables resolve to now, for what is drawn on canvas.
const NAMES = [
  "ink", "muted", "line", "surface", "accent", "bad",
  "series-1", "series-2", "series-3", "series-4", "series-5", "series-rest",
  "heat-0", "heat-1", "heat-2", "heat-3", "heat-4",
];
let known = null;

addEventListener("localytics:theme", () => {
  known = null;
});

// {ink, muted, …, series: [five], rest, heat: [five]}, each as rgb().
export function colours() {
  if (known) return known;
  const probe = document.createElement("i");
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const found = {};
  for (const name of NAMES) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  found.font = getComputedStyle(document.body).fontFamily;
  found.series = [1, 2, 3, 4, 5].map((number) => found[`series-${number}`]);
  found.rest = found["series-rest"];
  found.heat = [0, 1, 2, 3, 4].map((step) => found[`heat-${step}`]);
  known = found;
  return known;
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
