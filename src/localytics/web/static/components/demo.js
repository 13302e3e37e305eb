// Demo: says that what is shown is made up, and takes it away.
import { html, useState } from "../html.js";
import { refresh, send } from "../api.js";
import { plural } from "../format.js";

export function DemoNotice({ status, onRemoved }) {
  const [state, set] = useState({});
  if (!status?.demo_events) return null;
  const remove = async () => {
    set({ busy: true });
    try {
      await send("DELETE", "/api/v1/demo");
      set({});
      await onRemoved();
      refresh();
    } catch (error) {
      set({ error: error.message });
    }
  };
  return html`<p class="notice" role="note">
    <span><b>Demo data.</b> ${plural(status.demo_events, "event")} with the source <code>demo</code> never happened.
      ${state.error && html` <b>${state.error}</b>`}</span>
    <button type="button" class="button" disabled=${state.busy} onClick=${remove}>${state.busy ? "Removing…" : "Remove it"}</button>
  </p>`;
}
