// Forget: takes a person out of the store for good, once their id has been typed a second time.
import { html, useState } from "../html.js";
import { send, urlOf, useAnswer } from "../api.js";
import { instant, plural } from "../format.js";
import { useView } from "../view.js";
import { Card } from "./card.js";
import { Dialog } from "./dialog.js";
import { Outcome, useWork } from "./work.js";

const HERE = { data: {}, error: null };

export function Forget({ look }) {
  const [id, setId] = useState("");
  const [asked, ask] = useState(null);
  const begin = (event) => {
    event.preventDefault();
    if (id) ask(id);
  };
  return html`<${Card} name="forget" title="Forget a person" wide="half" height="auto" answer=${HERE} note="Every event and every trace of them">${() => html`
    <form class="line" onSubmit=${begin}>
      <label>User id <input value=${id} autocomplete="off" spellcheck="false" placeholder="exactly as it was sent" onInput=${(event) => setId(event.target.value)} /></label>
      <button type="submit" class="button" disabled=${!id}>Forget…</button>
    </form>
    <p class="aside">Events that name the person go, and so does what they added to every sum. You are shown how much that is, and asked again.</p>`}<//>
    ${asked !== null && html`<${Confirm} id=${asked} look=${look} onClose=${() => ask(null)} />`}`;
}

function Confirm({ id, look, onClose }) {
  const view = useView();
  const [typed, setTyped] = useState("");
  const work = useWork(look);
  const path = `analytics/user/${encodeURIComponent(id)}`;
  const { data, error } = useAnswer(work.done || work.busy ? null : path, { timezone: view.zone });
  const forget = (event) => {
    event.preventDefault();
    if (typed === id && data) work.run(() => send("DELETE", urlOf(path)));
  };
  const told = ({ events, archived_events: archived, renewed_days: days }) =>
    `${id} is forgotten: ${plural(events, "event")} removed${archived ? `, and ${plural(archived, "older one")} from the sums` : ""}; ${plural(days, "day")} added up anew.`;
  return html`<${Dialog} title="Forget a person" onClose=${onClose}>
    <form class="confirm" onSubmit=${forget}>
      ${work.done
        ? null
        : error
          ? html`<p role="alert"><b>${error.message}.</b> ${error.hint}</p>`
          : html`<p><b>${id}</b> ${data ? html`is named by <b>${plural(data.total_events, "event")}</b>, from ${instant(data.first_activity, view.zone)} to ${instant(data.last_activity, view.zone)}. This cannot be undone.` : "…"}</p>
            <label>Type the user id to confirm
              <input value=${typed} autocomplete="off" spellcheck="false" onInput=${(event) => setTyped(event.target.value)} /></label>
            <button type="submit" class="button danger" disabled=${typed !== id || !data || work.busy}>${work.busy ? "Forgetting…" : "Forget for good"}</button>`}
      <${Outcome} work=${work} told=${told} />
    </form>
  <//>`;
}
