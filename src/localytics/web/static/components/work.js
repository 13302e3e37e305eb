// Work: something that is asked of the service by a button: once at a time, and how it ended.
import { html, useState } from "../html.js";
import { refresh } from "../api.js";

// {busy, error, done, run}: `run(ask)` awaits `ask()`; what it gives is `done`.
export function useWork(look) {
  const [state, set] = useState({});
  const run = async (ask) => {
    set({ busy: true });
    try {
      const done = await ask();
      await look();
      refresh();
      set({ done });
    } catch (error) {
      set({ error });
    }
  };
  return { busy: false, error: null, done: null, ...state, run };
}

// How it ended, in a place that is kept for it; `told(done)` is a sentence.
export const Outcome = ({ work, told }) => html`<p class="outcome" role="status" data-bad=${work.error ? "" : undefined}>
  ${work.error ? `${work.error.message}. ${work.error.hint ?? ""}` : work.done ? told(work.done) : ""}
</p>`;
