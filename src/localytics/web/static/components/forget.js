// Forget: takes a person out of the store for good, once their id has been typed a second time.
import { html, useState } from "../html.js";
import { send, urlOf, useAnswer } from "../api.js";
import { instant, named, plural } from "../format.js";
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
  const unseen = error?.code === "not_found"; // others' events may name them all the same
  const sure = typed === id && (data || unseen);
  const forget = (event) => {
    event.preventDefault();
    if (sure) work.run(() => send("DELETE", urlOf(path)));
  };
  return html`<${Dialog} title="Forget a person" onClose=${onClose}>
    <form class="confirm" onSubmit=${forget}>
      ${work.done
        ? null
        : error && !unseen
          ? html`<p role="alert"><b>${error.message}.</b> ${error.hint}</p>`
          : html`${unseen
              ? html`<p role="alert"><b>${error.message}.</b> Events of others may still say that <b>${named(id)}</b> changed or began something: forgetting takes the name out of them. This cannot be undone.</p>`
              : html`<p><b>${named(id)}</b> ${data ? html`is named by <b>${plural(data.total_events, "event")}</b>, from ${instant(data.first_activity, view.zone)} to ${instant(data.last_activity, view.zone)}. This cannot be undone.` : "…"}</p>`}
            <label>Type the user id to confirm
              <input value=${typed} autocomplete="off" spellcheck="false" onInput=${(event) => setTyped(event.target.value)} /></label>
            <button type="submit" class="button danger" disabled=${!sure || work.busy}>${work.busy ? "Forgetting…" : "Forget for good"}</button>`}
      <${Outcome} work=${work} told=${(done) => gone(id, done)} />
    </form>
  <//>`;
}

// What the answer of the service says was done, a sentence for each figure of it.
function gone(id, { events, archived_events: archived, kept_deletions: kept, unnamed_events: unnamed, renewed_days: days }) {
  return [
    `${named(id)} is forgotten: ${plural(events, "event")} removed${archived ? `, and ${plural(archived, "older one")} from the sums` : ""}; ${plural(days, "day")} added up anew.`,
    kept === 1 && "1 deletion of a message stays, by nobody: else that message would be back.",
    kept > 1 && `${plural(kept, "deletion")} of messages stay, by nobody: else those messages would be back.`,
    unnamed > 0 && `${plural(unnamed, "event")} of others no longer ${unnamed === 1 ? "names" : "name"} them as who changed or began something.`,
  ].filter(Boolean).map((sentence) => html`<span key=${sentence}>${sentence}</span>`);
}
