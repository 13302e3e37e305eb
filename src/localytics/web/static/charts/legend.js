// Legend: the series of a chart; a click on one shows it alone, another click all of them again.
import { html } from "../html.js";

// `series` are {name, slot, dash}: the number of its colour, from 1, or "rest"; whether it is a broken line.
export function Legend({ series, only, onOnly, previous, partial }) {
  return html`<div class="legend">
    ${series.length > 1 &&
    series.map(
      ({ name, slot, dash }) => html`<button
        key=${name} type="button" class="key" aria-pressed=${String(only === name)}
        data-faded=${only && only !== name ? "" : undefined}
        title=${only === name ? "Show all" : `Show ${name} alone`}
        onClick=${() => onOnly(only === name ? null : name)}
      ><i class=${`swatch series-${slot}`} data-dash=${dash ? "" : undefined}></i>${name}</button>`,
    )}
    ${previous && html`<span class="key"><i class="dashed"></i>${previous}</span>`}
    ${partial && html`<span class="key"><i class="hatched"></i>unfinished</span>`}
  </div>`;
}
