// Segments: one of a few, side by side.
import { html } from "../html.js";
import { useView } from "../view.js";

// `options`: [[value, text], …]
export const Segments = ({ label, value, options, onPick }) => html`<div class="segments small" role="group" aria-label=${label}>
  ${options.map(([one, text]) => html`<button key=${one} type="button" aria-pressed=${String(one === value)} onClick=${() => onPick(one)}>${text}</button>`)}
</div>`;

// How long a bucket is; kept in the URL as `by`.
export function GrainPicker({ grains, grain }) {
  const view = useView();
  const offered = grains ?? view.grains;
  if (offered.length < 2) return null;
  return html`<${Segments} label="Length of a bucket" value=${grain ?? view.grain}
    options=${offered.map((one) => [one, one[0].toUpperCase() + one.slice(1)])} onPick=${(by) => view.set({ by })} />`;
}
