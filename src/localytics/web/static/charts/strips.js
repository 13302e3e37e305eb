// Strips: rows of parts side by side, each as wide as what it stands for. Plain HTML.
import { html } from "../html.js";
import { named } from "../format.js";

// `rows`: [{id, name, value, title, parts: [{name, share, slot, title}]}], shares in percent, slot the
// number of a colour, "rest", or "none" where nothing is known; `id` null where there is nothing to click. `keys`: [{name, slot}]; `ends`: what
// the left and the right edge stand for.
export function Strips({ rows, keys, ends, onPick, word }) {
  const line = (row) => html`
    <span class="name">${named(row.name)}</span><span class="value" title=${row.title}>${named(row.value)}</span>
    <span class="strip">${row.parts.map(({ name, share, slot, title }, place) => html`<i key=${place} class=${`part-of series-${slot}`}
      title=${title ?? name} style=${{ "--share": `${share}%` }}></i>`)}</span>`;
  return html`<div class="strips">
    <ol>${rows.map((row) => html`<li key=${row.id ?? row.name}>${onPick && row.id != null
      ? html`<button type="button" title=${word?.(row)} onClick=${() => onPick(row)}>${line(row)}</button>`
      : html`<div>${line(row)}</div>`}</li>`)}</ol>
    ${ends && html`<p class="ends"><span>${ends[0]}</span><span>${ends[1]}</span></p>`}
    <div class="legend">${keys.map(({ name, slot }) => html`<span key=${name} class="key" title=${name}><i class=${`swatch series-${slot}`}></i><span>${name}</span></span>`)}</div>
  </div>`;
}
