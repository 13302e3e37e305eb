// Settings: how the service is doing, how long it keeps what, and what this browser prefers.
import { html } from "../html.js";
import { send, useAnswer } from "../api.js";
import { Card } from "../components/card.js";
import { Facts, ROW } from "../components/facts.js";
import { Forget } from "../components/forget.js";
import { Icon } from "../components/icon.js";
import { Segments } from "../components/segments.js";
import { Table } from "../components/table.js";
import { Outcome, useWork } from "../components/work.js";
import { ownZone, zones } from "../dates.js";
import * as format from "../format.js";
import { usePreference } from "../preferences.js";
import { useView } from "../view.js";

const HERE = { data: {}, error: null }; // of cards that ask nothing
const THEMES = [["auto", "As the system"], ["light", "Light"], ["dark", "Dark"]];

export default function Settings({ status, look }) {
  const view = useView();
  const answer = { data: status, error: null };
  const at = (timestamp, never = "not yet") => (timestamp ? format.instant(timestamp, view.zone) : never);
  return html`<div class="cards">
    <${Browser} />
    <${Access} />
    <${Service} answer=${answer} at=${at} />
    <${Rollups} answer=${answer} at=${at} look=${look} />
    <${Retention} answer=${answer} at=${at} look=${look} />
    <${Prices} />
    <${Jobs} answer=${answer} at=${at} />
    <${Forget} look=${look} />
    <${Demo} answer=${answer} look=${look} />
    <${Check} look=${look} />
  </div>`;
}

function Browser() {
  const [theme, setTheme] = usePreference("theme", "auto");
  const [zone, setZone] = usePreference("zone", "");
  const [keys, setKeys] = usePreference("shortcuts", "on");
  return html`<${Card} name="browser" title="This browser" wide="half" height=${3 * 46} answer=${HERE} note="Kept here, for you alone">${() => html`<div class="set">
    <${Facts} rows=${[
      ["Theme", html`<${Segments} label="Theme" value=${theme} options=${THEMES} onPick=${(one) => setTheme(one === "auto" ? null : one)} />`],
      ["Time zone", html`<select aria-label="Usual time zone" value=${zone} onChange=${(event) => setZone(event.target.value)}>
        <option value="">${`The browser's: ${ownZone()}`}</option>
        ${zones().map((one) => html`<option key=${one} value=${one}>${one}</option>`)}
      </select>`, "Where a link does not name another"],
      ["Shortcuts", html`<label class="switch"><input type="checkbox" role="switch" checked=${keys === "on"}
        onChange=${(event) => setKeys(event.target.checked ? null : "off")} /><span>Use shortcuts</span></label>`, "Single keys; ? lists them"],
    ]} /></div>`}<//>`;
}

function Access() {
  return html`<${Card} name="access" title="Access and keys" wide="half" height="auto" answer=${HERE} note=${`At ${location.host}`}>${() => html`<div class="said-plainly">
    <p><b>This service listens on this machine only, and has no keys yet.</b></p>
    <p>Whoever can use this machine can send events, ask, and delete: programs and people alike. Nobody can from another machine,
      and pages of other web sites are refused.</p>
  </div>`}<//>`;
}

function Service({ answer, at }) {
  return html`<${Card} name="service" title="Service and storage" wide="half" height=${8 * ROW} answer=${answer}
    note=${(status) => `Localytics ${status.version}, schema ${status.schema_version}`}
  >${(status) => html`<${Facts} rows=${[
    ["Running since", at(status.started_at), `For ${format.duration(status.uptime_seconds * 1000)}`],
    ["Events stored", format.count(status.events)],
    ["The oldest", at(status.oldest, "none")],
    ["The newest", at(status.newest, "none")],
    ["File", `${format.bytes(status.file_bytes)} in ${status.data_dir_name}`],
    ["Write-ahead log", format.bytes(status.log_bytes), "Folded into the file when it has grown"],
    ["Waiting to be stored", format.bytes(status.queue_bytes)],
    ["Memory", format.bytes(status.memory_bytes)],
    status.recovered && ["Recovered", status.recovered],
  ]} />`}<//>`;
}

function Rollups({ answer, at, look }) {
  const work = useWork(look);
  const bad = (number) => (number ? html`<b class="bad">${format.count(number)}</b>` : "none");
  return html`<${Card} name="rollups" title="Rollups" wide="half" height=${7 * ROW + 46} answer=${answer}
    note=${({ rollup, last_seq: last }) => (rollup.lag_events ? `${format.plural(rollup.lag_events, "event")} of ${format.count(last)} to go; answers count them all the same` : "Up to date")}
  >${({ rollup, last_seq: last }) => html`<${Facts} rows=${[
    ["Rolled up to event", `${format.count(rollup.watermark)} of ${format.count(last)}`, "The watermark"],
    ["Not rolled up yet", format.plural(rollup.lag_events, "event")],
    ["Last run", at(rollup.last_run)],
    ["To be made anew", format.plural(rollup.stale_days, "day")],
    ["Last audit", at(rollup.last_audit), "A random day is counted again from its events"],
    ["Audited since the start", format.plural(rollup.audited_days, "day")],
    ["Rows found wrong", bad(rollup.drifted_rows), "Drift: rows that an audit found wrong, and made anew"],
  ]}><div class="acts">
    <button type="button" class="button" disabled=${work.busy} onClick=${() => work.run(() => send("POST", "/api/v1/analytics/aggregate"))}>${work.busy ? "Rolling up…" : "Roll up now"}</button>
    <${Outcome} work=${work} told=${({ rolled_up: events, took_ms: took }) => `${format.plural(events, "event")} rolled up in ${format.duration(took)}`} />
  </div><//>`}<//>`;
}

const kept = (days) => (days ? format.plural(days, "day") : "for ever");

function Retention({ answer, at, look }) {
  const plan = useAnswer("retention", {});
  const work = useWork(look);
  const due = plan.data?.events;
  return html`<${Card} name="retention" title="Retention" wide="half" height=${5 * ROW + 46} answer=${answer} note="What goes, and when. Set in config.toml"
  >${({ retention }) => html`<${Facts} rows=${[
    ["Events are kept", kept(retention.raw_days), "retention.raw_days"],
    ["What they add up to is kept", kept(retention.rollup_days), "retention.rollup_days"],
    ["Last run", at(retention.last_run)],
    ["Removed since the start", format.plural(retention.removed_events, "event")],
    ["Would go now", plan.error ? plan.error.message : due == null ? "…" : due ? `${format.plural(due, "event")}: ${plan.data.types.map(({ event_type: type }) => type).join(", ")}` : "none"],
  ]}><div class="acts">
    <button type="button" class="button" disabled=${work.busy || !due} onClick=${() => work.run(() => send("POST", "/api/v1/retention"))}>${work.busy ? "Removing…" : "Remove what is due"}</button>
    <${Outcome} work=${work} told=${({ events }) => `${format.plural(events, "event")} removed`} />
  </div><//>`}<//>`;
}

// Of all time: which of the billed messages have a price, and which do not.
function Prices() {
  const view = useView();
  const answer = useAnswer("analytics/costs", { time_range: "all", timezone: view.zone, group_by: "month" });
  const without = ({ cost_by_model: costs }) => Object.entries(costs).filter(([, cost]) => cost === null).map(([model]) => model);
  return html`<${Card} name="prices" title="Prices" wide="half" height=${4 * ROW + 50} answer=${answer} note="Of all time, in US dollars"
  >${(data) => html`<${Facts} rows=${[
    ["Cost of all that has a price", format.money(Object.keys(data.cost_by_model).length ? data.total_cost : null)],
    ["Messages with no known price", format.count(data.unpriced_messages)],
    ["Models with a price", format.count(Object.keys(data.cost_by_model).length - without(data).length)],
    ["Models without", without(data).join(", ") || "none"],
  ]}><p class="aside below">${data.unpriced_messages ? html`They are in no sum. Send <code>cost_usd</code> with them where you know it.` : "Every billed message has a price."}</p><//>`}<//>`;
}

// What a job is for, as far as its name does not say; of others the name stands alone.
const WORK = {
  follow_claude: "Import Claude Code's history", roll_up: "Roll up new events", merge: "Merge rollups",
  audit: "Count a random day again", prune: "Remove what is too old",
};

function Jobs({ answer, at }) {
  return html`<${Card} name="jobs" title="Jobs" wide="3" height=${176} answer=${answer} note="What runs beside the requests"
  >${({ jobs }) => html`<${Table} name="jobs" caption="Jobs"
    rows=${jobs.map((job) => ({ ...job, key: job.name }))}
    columns=${[
      { key: "name", title: "Job", show: (name) => html`<span title=${name}>${WORK[name] ?? name}</span>` },
      { key: "every_seconds", title: "Every", align: "end", show: (seconds) => format.duration(seconds * 1000) },
      { key: "runs", title: "Runs", align: "end", show: format.count },
      { key: "failures", title: "Failed", align: "end", show: (failures) => (failures ? html`<b class="bad">${format.count(failures)}</b>` : "none") },
      { key: "last_run", title: "Last run", align: "end", show: (last) => at(last) },
      { key: "last_took_ms", title: "It took", align: "end", show: (took, { last_run: begun }) => (took == null && begun ? "running" : format.duration(took)) },
      { key: "next_run", title: "Next run", align: "end", show: (next) => at(next, format.NONE) },
    ]} />`}<//>`;
}

function Check({ look }) {
  const work = useWork(look);
  return html`<${Card} name="check" title="Check everything" wide="3" height="auto" answer=${HERE} note="Rollups against events, file, disk, clock">${() => html`
    <div class="line">
      <button type="button" class="button" disabled=${work.busy} onClick=${() => work.run(() => send("POST", "/api/v1/doctor"))}>${work.busy ? "Checking…" : "Check now"}</button>
      <${Outcome} work=${work} told=${({ ok }) => (ok ? "All is well" : "Something is wrong")} />
    </div>
    ${work.done && html`<ol class="findings">${work.done.findings.map(({ check, ok, seen, hint }) => html`<li key=${check + seen} data-bad=${ok ? undefined : ""}>
      <${Icon} name=${ok ? "check" : "close"} /><span>${check}: ${seen}${hint ? `. ${hint}` : ""}</span></li>`)}</ol>`}`}<//>`;
}

function Demo({ answer, look }) {
  const work = useWork(look);
  const load = () => work.run(() => send("POST", "/api/v1/demo"));
  const remove = () => work.run(() => send("DELETE", "/api/v1/demo"));
  return html`<${Card} name="demo" title="Demo data" wide="half" height=${84} answer=${answer} note="Two months of a small team that never was"
  >${({ events, demo_events: made }) => html`<p class="aside">${
    made ? `${format.plural(made, "event")} with the source demo never happened.` : events ? "There is none. Only an empty store takes it, so that it never mixes with what happened." : "The store is empty: look around first."}</p>
    <div class="acts">
      ${made
        ? html`<button type="button" class="button" disabled=${work.busy} onClick=${remove}>${work.busy ? "Removing…" : "Remove demo data"}</button>`
        : html`<button type="button" class="button" disabled=${work.busy || events > 0} onClick=${load}>${work.busy ? "Making it…" : "Load demo data"}</button>`}
      <${Outcome} work=${work} told=${({ events: moved }) => `${format.plural(moved, "event")} ${made ? "made" : "removed"}`} />
    </div>`}<//>`;
}
