// Shares: parts of a whole as bars in a list; a click filters by the part.
import { html } from "../html.js";
import { named, percent } from "../format.js";

// `parts`: [{id, name, value, title, slot}], the largest first; `value` null where it is not known, `id`
// null where there is nothing to click.
export function Shares({ parts, show, onPick, word = "Filter by", limit = 8 }) {
  const total = parts.reduce((sum, part) => sum + (part.value ?? 0), 0);
  const most = Math.max(...parts.map((part) => part.value ?? 0), 0);
  const rest = parts.slice(limit);
  const restValue = rest.reduce((sum, part) => sum + (part.value ?? 0), 0);
  const line = (part) => html`
    <span class="name">${named(part.name)}</span>
    <span class="value" title=${part.title}>${show(part.value)}</span>
    <span class="part">${part.value == null || !total ? "" : percent((part.value / total) * 100)}</span>
    <span class="bar" style=${{ "--share": `${most ? ((part.value ?? 0) / most) * 100 : 0}%`, "--colour": `var(--series-${part.slot ?? 1})` }}></span>`;
  return html`<ol class="shares">
    ${parts.slice(0, limit).map(
      (part) => html`<li key=${part.id ?? part.name}>
        ${onPick && part.id != null
          ? html`<button type="button" title=${`${word} ${named(part.name)}`} onClick=${() => onPick(part)}>${line(part)}</button>`
          : html`<div>${line(part)}</div>`}
      </li>`,
    )}
    ${rest.length > 0 &&
    html`<li><div>${line({ name: `${rest.length} more`, value: restValue, slot: "rest" })}</div></li>`}
  </ol>`;
}
