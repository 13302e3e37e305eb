// Legend: the series of a chart; a click on one shows it alone, another click all of them again.
// The period before has its place before it is known: keys that move would move the chart.
import { html } from "../html.js";
import { named } from "../format.js";

// `series` are {name, slot, dash}: the number of its colour, from 1, or "rest"; whether it is a broken
// line. One series alone is named where something else is, too. `previous`: "known" or "awaited"; `partial`: how what is unfinished
// looks, "hatched" or "shaded".
export function Legend({ series, only, onOnly, previous, partial }) {
  const inside = ({ name, slot, dash }) => html`<i class=${`swatch series-${slot}`} data-dash=${dash ? "" : undefined}></i><span>${named(name)}</span>`;
  return html`<div class="legend">
    ${series.length > 1 &&
    series.map(
      (one) => html`<button
        key=${one.name} type="button" class="key" aria-pressed=${String(only === one.name)}
        data-faded=${only && only !== one.name ? "" : undefined}
        title=${only === one.name ? "Show all" : `Show ${named(one.name)} alone`}
        onClick=${() => onOnly(only === one.name ? null : one.name)}
      >${inside(one)}</button>`,
    )}
    ${series.length === 1 && (previous || partial) && html`<span class="key" title=${named(series[0].name)}>${inside(series[0])}</span>`}
    ${previous && html`<span class="key"><i class=${previous === "known" ? "dashed" : "awaited"}></i><span>previous period</span></span>`}
    ${partial && html`<span class="key"><i class=${partial}></i><span>unfinished</span></span>`}
  </div>`;
}
