// Said: one figure and what it means, as wide as a stat.
import { html } from "../html.js";
import { ErrorBox } from "./errorbox.js";
import { Icon } from "./icon.js";

// `of(data)`: {figure, note, icon, tone}.
export function Said({ name, title, answer, of, hint }) {
  const { data, error, retry, stale } = answer;
  if (error) return html`<div class="stat" data-stat=${name}><h2>${title}</h2><${ErrorBox} error=${error} retry=${retry} /></div>`;
  const { figure, note, icon, tone } = data ? of(data) : {};
  return html`<div class="stat said" data-stat=${name} title=${hint} aria-busy=${String(!data)} data-stale=${stale ? "" : undefined}>
    <h2>${title}</h2>
    <p class="figure" data-tone=${tone}>${data ? html`${(icon === "up" || icon === "down") && html`<${Icon} name=${icon} />`}${figure}` : html`<span class="skeleton"></span>`}</p>
    <p class="change">${note ?? "\u00a0"}</p>
  </div>`;
}
