// Sparkline: the shape of a figure over time, without axes. Plain SVG: seven of them cost nothing.
import { html } from "../html.js";

const WIDE = 100;
const HIGH = 30;

export function Sparkline({ values, unfinished = true }) {
  const known = values.filter((value) => value != null);
  if (known.length < 3) return html`<div class="sparkline"></div>`;
  const [low, high] = [Math.min(0, ...known), Math.max(...known)];
  const places = values.map((value, index) => [
    (index / (values.length - 1)) * WIDE,
    HIGH - 2 - (((value ?? 0) - low) / (high - low || 1)) * (HIGH - 4),
  ]);
  const path = (some) => some.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");
  const solid = unfinished ? places.slice(0, -1) : places;
  return html`<div class="sparkline" aria-hidden="true">
    <svg viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none">
      <path class="area" d=${`${path(places)}L${WIDE} ${HIGH}L0 ${HIGH}Z`} />
      <path class="edge" d=${path(solid)} />
      ${unfinished && html`<path class="edge open" d=${path(places.slice(-2))} />`}
    </svg>
  </div>`;
}
