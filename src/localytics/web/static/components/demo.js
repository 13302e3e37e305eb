// Demo: says in the header that what is shown is made up, and takes it away.
import { html, useState } from "../html.js";
import { refresh, send } from "../api.js";
import { plural } from "../format.js";
import { Menu } from "./menu.js";

export function DemoMenu({ status, look }) {
  const [state, set] = useState({});
  if (!status?.demo_events) return null;
  const remove = async () => {
    set({ busy: true });
    try {
      await send("DELETE", "/api/v1/demo");
      set({});
      await look();
      refresh();
    } catch (error) {
      set({ error: error.message });
    }
  };
  return html`<div class="demo"><${Menu} text="Demo data" label="Demo data: what it is, and how to remove it">${() => html`
    <div class="told">
      <p>${plural(status.demo_events, "event")} with the source <code>demo</code> never happened.</p>
      ${state.error && html`<p role="alert">${state.error}</p>`}
      <button type="button" class="button" disabled=${state.busy} onClick=${remove}>${state.busy ? "Removing…" : "Remove demo data"}</button>
    </div>`}<//></div>`;
}
