// Heat key: what the steps of colour stand for.
import { html } from "../html.js";
import { compact } from "../format.js";

export function HeatKey({ most }) {
  return html`<div class="heat-key">
    <span>0</span>
    ${[0, 1, 2, 3, 4].map((step) => html`<i key=${step} class=${`swatch heat-${step}`}></i>`)}
    <span>${compact(most)}</span>
  </div>`;
}
