// Chips: the filters that are on, each removable, and a panel to add one.
import { html, useEffect, useRef, useState } from "../html.js";
import { useAnswer } from "../api.js";
import { named } from "../format.js";
import { FILTERS, FILTER_NAMES, question, useView } from "../view.js";
import { Icon } from "./icon.js";
import { Menu } from "./menu.js";

// Where the values of a filter can be read: path, and the names in its answer.
export const VALUES = {
  project_id: ["analytics/projects", (data) => data.projects.map((one) => one.project_id)],
  model: ["analytics/models", (data) => data.models.map((one) => one.model_id)],
  agent: ["analytics/agents", (data) => data.agents.map((one) => one.name).filter((name) => name !== "unknown")],
  event_type: ["analytics/summary", (data) => Object.keys(data.summary)],
};

const OFFERED = Object.keys(FILTERS);

export function Chips() {
  const view = useView();
  return html`<div class="chips">
    ${Object.entries(view.chosen).map(
      ([name, value]) => html`<span class="chip" key=${name}>
        <span class="chip-name">${FILTER_NAMES[name]}</span><span class="chip-value">${named(value)}</span>
        <button type="button" aria-label=${`Remove the filter ${FILTER_NAMES[name]} ${named(value)}`} onClick=${() => view.set({ [name]: null })}>
          <${Icon} name="close" /></button>
      </span>`,
    )}
    <${Menu} icon="filter" label="Add a filter" text="Filter" align="start">
      ${(close) => html`<${AddFilter} close=${close} />`}
    <//>
  </div>`;
}

function AddFilter({ close }) {
  const view = useView();
  const [name, setName] = useState(OFFERED.find((one) => !view.filters[one]) ?? OFFERED[0]);
  const [value, setValue] = useState("");
  const first = useRef(null);
  useEffect(() => first.current.focus(), []);
  const [path, read] = VALUES[name] ?? [];
  const known = useAnswer(path, question({ ...view, chosen: view.filters }, { [name]: null }));
  const values = known.data && path ? safely(read, known.data) : [];
  const add = (event) => {
    event.preventDefault();
    if (!value.trim()) return;
    view.set({ [name]: value.trim() });
    close();
  };
  return html`<form class="add-filter" onSubmit=${add}>
    <label>Field
      <select ref=${first} value=${name} onChange=${(event) => (setName(event.target.value), setValue(""))}>
        ${OFFERED.map((one) => html`<option key=${one} value=${one}>${FILTERS[one]}</option>`)}
      </select>
    </label>
    <label>is
      <input list="filter-values" value=${value} autocomplete="off" placeholder="exact value"
        onInput=${(event) => setValue(event.target.value)} />
    </label>
    <datalist id="filter-values">${values.map((one) => html`<option key=${one} value=${one} label=${named(one)} />`)}</datalist>
    <button type="submit" class="button primary">Add</button>
  </form>`;
}

// While another field is chosen, the answer may still be that of the last one.
function safely(read, data) {
  try {
    return read(data);
  } catch {
    return [];
  }
}
