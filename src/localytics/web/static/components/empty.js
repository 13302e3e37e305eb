// Empty: the first run. Shows how to send an event, waits for it, and offers demo data.
import { html, useState } from "../html.js";
import { send } from "../api.js";
import { CopyButton } from "./copy.js";
import { ErrorBox } from "./errorbox.js";

const snippets = (origin) => ({
  "Command line": `curl ${origin}/api/v1/events \\
  -H 'content-type: application/json' \\
  -d '{"event_type": "message.sent", "user_id": "ada"}'`,
  Python: `from localytics import Client

client = Client("${origin}", source="my-app")
client.track("order.paid", user_id="ada", value=12.5)
client.flush()`,
});

// `filling`: whether demo data is being made, and its setter: the page stays until that is done.
export function Empty({ filling, setFilling, look }) {
  const [kind, setKind] = useState("Command line");
  const [error, setError] = useState(null);
  const offered = snippets(location.origin);
  const fill = async () => {
    setFilling(true);
    setError(null);
    try {
      await send("POST", "/api/v1/demo");
      await look();
    } catch (failure) {
      setError(failure);
    }
    setFilling(false);
  };
  return html`<section class="empty">
    <h1>Nothing here yet</h1>
    <p>Send a first event. It stays on this machine, and this page comes to life when it is stored.</p>
    <div class="segments" role="group" aria-label="How to send it">
      ${Object.keys(offered).map((one) => html`<button key=${one} type="button" aria-pressed=${String(one === kind)} onClick=${() => setKind(one)}>${one}</button>`)}
    </div>
    <div class="snippet">
      <pre tabindex="0" aria-label=${`${kind}: send an event`}><code>${offered[kind]}</code></pre>
      <${CopyButton} text=${offered[kind]} label=${`Copy the ${kind} snippet`} icon="copy" plain />
    </div>
    <p class="waiting" role="status"><i class="pulse"></i>Waiting for the first event…</p>
    <div class="or">
      <p>Or look around first: two months of a small team that never was, all of it labelled <code>demo</code>${" "}
        and removable with one click.</p>
      <button type="button" class="button primary" disabled=${filling} onClick=${fill}>${filling ? "Making it…" : "Load demo data"}</button>
      ${error && html`<${ErrorBox} error=${error} retry=${fill} />`}
    </div>
    <p class="aside">Using Claude Code? <code>localytics import claude</code> brings its history. All there is to send: <a href="/docs">the API</a>.</p>
  </section>`;
}
