// Help: the shortcuts, and the switch that turns them off.
import { html } from "../html.js";
import { usePreference } from "../preferences.js";
import { pages } from "../pages/index.js";
import { Dialog } from "./dialog.js";

export function Help({ onClose }) {
  const [keys, setKeys] = usePreference("shortcuts", "on");
  const list = [
    [`1 – ${Math.min(9, pages.length)}`, "Open a page"],
    ["R", "Next range"],
    ["C", "Compare with the period before, or not"],
    ["F", "Add a filter"],
    ["Esc", "Clear all filters"],
    ["L", "Copy a link to what is shown"],
    ["T", "Theme: automatic, light, dark"],
    ["?", "This help"],
  ];
  return html`<${Dialog} title="Shortcuts" onClose=${onClose}>
    <dl class="shortcuts">${list.map(([key, what]) => html`<div key=${key}><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
    <label class="switch">
      <input type="checkbox" role="switch" checked=${keys === "on"} onChange=${(event) => setKeys(event.target.checked ? null : "off")} />
      <span>Use shortcuts</span>
    </label>
    <p class="aside">Drag over a chart to zoom in; Back zooms out. Click a bar, a row or a cell to filter.
      The same questions can be asked over HTTP: <a href="/docs">the API</a>.</p>
  <//>`;
}
