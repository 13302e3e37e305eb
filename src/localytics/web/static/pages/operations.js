// Operations: how fast an app answers, how its jobs end, what fails, in which state its devices are.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { slotsOf } from "../charts/names.js";
import { Series } from "../charts/series.js";
import { Strips } from "../charts/strips.js";
import { Card } from "../components/card.js";
import { Segments } from "../components/segments.js";
import { Stat } from "../components/stat.js";
import { Table } from "../components/table.js";
import { useComparedWithin } from "../compared.js";
import * as format from "../format.js";
import { useView, within } from "../view.js";
import { Metrics } from "./metrics.js";

const HOURS = 168; // how far the reports look back
const NAMED = 5;
const DEVICES = 8;
const ENDINGS = { success: 3, failed: 2, timeout: 4, cancelled: "rest", other: 5 };
const SEVERITIES = { critical: 5, error: 2, warning: 4, info: 1 };
// States of the same name look the same on every device and in every range; others take what is left.
const STATES = {
  __proto__: null,
  on: 3, online: 3, connected: 3, running: 3, active: 3, idle: 1, standby: 1, sleeping: 1, busy: 5, updating: 5, charging: 5,
  offline: 2, disconnected: 2, error: 2, failed: 2, fault: 2, warning: 4, degraded: 4, maintenance: 4, off: "rest", stopped: "rest",
};
const endpointOf = ({ endpoint, method }) => [method, endpoint ?? "no endpoint named"].filter((name) => name != null).map(format.named).join(" ");

export default function Operations() {
  const view = useView();
  const api = useComparedWithin("metrics/api-performance", HOURS);
  const jobs = useComparedWithin("metrics/job-outcomes", HOURS);
  const errors = useComparedWithin("metrics/error-trends", HOURS);
  const show = (event_type, more) => view.open("explorer", { ...api.part.as, event_type, ...more });
  const stat = (name, title, { answer, past }, of, figure, more) => html`<${Stat} key=${name} name=${name} title=${title}
    answer=${answer} past=${past} of=${of} show=${figure} compared=${view.compare} ...${more} />`;
  return html`
    <${Shown} window=${api.answer.data?.window} cut=${api.part.cut} />
    <div class="stats plain six" role="group" aria-label="Totals">
      ${stat("requests", "Requests", api, ({ total }) => total.request_count, format.compact, { exact: format.count })}
      ${stat("p95", "p95 response", api, ({ total }) => total.p95_response_time_ms, format.duration, { good: "down", hint: "95 of 100 requests were answered within it" })}
      ${stat("failed-requests", "Failed requests", api, ({ total }) => total.error_rate, format.percent, { good: "down" })}
      ${stat("jobs", "Jobs", jobs, (data) => data.total_jobs, format.compact, { exact: format.count })}
      ${stat("job-success", "Jobs that succeed", jobs, successRate, format.percent, { good: "up" })}
      ${stat("open-errors", "Unresolved errors", errors, (data) => data.unresolved_count, format.compact, { exact: format.count, good: "down" })}
    </div>
    <div class="cards">
      <${Api} answer=${api.answer} words=${api.part.words} show=${show} />
      <${Errors} answer=${errors.answer} words=${errors.part.words} show=${show} />
      <${Jobs} answer=${jobs.answer} words=${jobs.part.words} show=${show} />
      <${Devices} part=${jobs.part} />
      <${Messages} answer=${errors.answer} words=${errors.part.words} show=${show} />
      <${Metrics} />
    </div>`;
}

// What of the range is shown, where that is not all of it.
function Shown({ window, cut }) {
  if (!window || !cut) return html`<p class="notice quiet">${window ? "All figures are of the chosen range." : "\u00a0"}</p>`;
  return html`<p class="notice" role="note"><span><b>The last ${HOURS / 24} days of the range:</b>${" "}
    ${format.moment(window.start)} to ${format.moment(window.end)}. Operations look back no further.</span></p>`;
}

function successRate({ jobs, total_jobs: total }) {
  return total ? (jobs.reduce((sum, { success }) => sum + success, 0) / total) * 100 : null;
}

function Api({ answer, words, show }) {
  return html`<${Card} name="api" title="API performance" wide="3" answer=${answer} height=${205} picture=${false}
    note=${(data) => `${format.plural(data.total.request_count, "request")} to ${format.plural(data.endpoints.length, "endpoint")}`}
    isEmpty=${(data) => !data.endpoints.length} empty="No api.request events in this range."
    source=${["metrics/api-performance", words]}
  >${(data) => html`<${Table} name="api" caption="API performance" sort="-request_count"
    rows=${data.endpoints.map((row) => ({ ...row, key: JSON.stringify([row.method, row.endpoint]) }))}
    columns=${[
      { key: "key", title: "Endpoint", of: endpointOf },
      { key: "request_count", title: "Requests", align: "end", show: format.count },
      ...[["avg", "Mean"], ["p50", "p50"], ["p95", "p95"], ["p99", "p99"], ["max", "Slowest"]].map(([key, title]) => (
        { key: `${key}_response_time_ms`, title, align: "end", show: format.duration })),
      { key: "error_count", title: "Errors", align: "end", show: format.count },
      { key: "error_rate", title: "Error rate", align: "end", show: format.percent },
    ]}
    action=${({ endpoint, method }) => show("api.request", { endpoint, method })} can=${({ endpoint }) => endpoint != null} actionWord=${(row) => `Show the requests of ${endpointOf(row)}`} />`}<//>`;
}

function Errors({ answer, words, show }) {
  const view = useView();
  const by = view.words.errors === "category" ? "category" : "severity";
  const categories = useCategories(by === "category" ? answer.data : null, words);
  const ready = answer.data && (by === "severity" || categories);
  const series = useMemo(() => (ready ? (by === "severity" ? bySeverity(answer.data) : categories) : []), [answer.data, by, categories]);
  const points = useMemo(() => answer.data?.hourly.map(({ timestamp }) => timestamp) ?? [], [answer.data]);
  const open = (index) => show("error.reported", hourOf(points, index, answer.data.window));
  return html`<${Card} name="errors" title="Reported errors" wide="3" answer=${ready ? answer : { ...answer, data: null }} height=${260}
    note=${(data) => `${format.count(data.total_errors)} by hour and ${by}, ${format.count(data.unresolved_count)} unresolved`}
    isEmpty=${(data) => !data.total_errors} empty="No errors were reported in this range."
    source=${["metrics/error-trends", words]}
    tools=${html`<${Segments} label="Stack by" value=${by} options=${[["severity", "Severity"], ["category", "Category"]]}
      onPick=${(one) => view.set({ errors: one === "severity" ? null : one })} />`}
    table=${(data) => ({
      rows: points.map((point, index) => ({ key: point, point, index, count: data.hourly[index].count })).filter(({ count }) => count),
      columns: [
        { key: "point", title: "Hour", show: (point) => format.bucketName(point, "hour") },
        { key: "count", title: "Errors", align: "end", show: format.count },
        ...series.map(({ name, values }) => ({ key: name, title: name, align: "end", of: ({ index }) => values[index], show: format.count })),
      ],
      action: ({ index }) => open(index),
      actionWord: () => "Show the errors of this hour",
    })}
  >${(data) => html`<${Series} points=${points} grain="hour" window=${data.window} series=${series} height=${230}
    label=${`${format.count(data.total_errors)} reported errors by hour, stacked by ${by}: ${series.map(({ name }) => format.named(name)).join(", ")}`}
    onPick=${open} />`}<//>`;
}

function hourOf(points, index, window) {
  return { range: null, from: points[index], to: points[index + 1] ?? window.end };
}

function bySeverity({ hourly, by_severity: counts }) {
  const known = Object.keys(SEVERITIES);
  const ranked = Object.keys(counts).sort((a, b) => (known.indexOf(a) + 99) % 99 - (known.indexOf(b) + 99) % 99);
  return ranked.map((name) => ({ name, slot: SEVERITIES[name] ?? "rest", values: hourly.map((hour) => hour.by_severity[name] ?? 0) }));
}

// The hours of the most frequent categories, each asked for by itself: null until all are here.
function useCategories(data, words) {
  const ranked = data ? Object.keys(data.by_category).slice(0, NAMED) : [];
  const answers = [];
  for (let place = 0; place < NAMED; place += 1) {
    answers.push(useAnswer(ranked[place] ? "metrics/error-trends" : null, { ...words, category: ranked[place] }));
  }
  const here = data && ranked.every((_, place) => answers[place].data && !answers[place].stale);
  const key = here ? answers.map((one) => one.data?.generated_at).join() : null;
  return useMemo(() => {
    if (!here) return null;
    const slots = slotsOf("category", ranked);
    const series = ranked.map((name, place) => ({ name, slot: slots.get(name), values: data.hourly.map((_, hour) => answers[place].data.hourly[hour]?.count ?? 0) }));
    const rest = data.hourly.map(({ count }, hour) => Math.max(0, count - series.reduce((sum, { values }) => sum + values[hour], 0)));
    return rest.some(Boolean) ? [...series, { name: "other categories", slot: "rest", values: rest }] : series;
  }, [data, key]);
}

function Jobs({ answer, words, show }) {
  const open = ({ job_type: type }) => show("job.finished", { category: type });
  return html`<${Card} name="jobs" title="Job outcomes" wide="half" answer=${answer} height=${250} picture=${false}
    note=${(data) => `${format.plural(data.total_jobs, "job")} of ${format.plural(data.jobs.length, "type")}`}
    isEmpty=${(data) => !data.total_jobs} empty="No job.finished events in this range."
    source=${["metrics/job-outcomes", words]}
    table=${(data) => ({
      rows: data.jobs.map((row) => ({ ...row, key: row.job_type ?? "no type named" })),
      columns: [
        { key: "key", title: "Type" },
        { key: "total", title: "Jobs", align: "end", show: format.count },
        ...Object.keys(ENDINGS).map((key) => ({ key, title: key[0].toUpperCase() + key.slice(1), align: "end", show: format.count })),
        { key: "success_rate", title: "Success rate", align: "end", show: format.percent },
        { key: "avg_duration_ms", title: "Mean", align: "end", show: format.duration },
        { key: "p95_duration_ms", title: "p95", align: "end", show: format.duration },
        { key: "avg_retries", title: "Mean retries", align: "end", show: (value) => (value == null ? format.NONE : value.toFixed(1)) },
        { key: "codes", title: "Error codes", of: ({ top_error_codes: codes }) => codes.map((one) => `${format.named(one.error_code)} ${one.count}`).join(", ") || format.NONE },
      ],
      action: open,
      can: ({ job_type: type }) => type != null,
      actionWord: ({ key }) => `Show the jobs ${format.named(key)}`,
    })}
  >${(data) => html`<${Strips} onPick=${open} word=${({ name }) => `Show the jobs ${format.named(name)}`}
    rows=${data.jobs.map((row) => ({ ...row, id: row.job_type, name: row.job_type ?? "no type named", value: `${format.percent(row.success_rate)} of ${format.count(row.total)}`, title: endings(row), parts: partsOf(row) }))}
    keys=${Object.entries(ENDINGS).filter(([name]) => data.jobs.some((row) => row[name])).map(([name, slot]) => ({ name, slot }))} />`}<//>`;
}

const partsOf = (row) => Object.entries(ENDINGS).filter(([name]) => row[name])
  .map(([name, slot]) => ({ name, slot, share: (row[name] / row.total) * 100, title: format.plural(row[name], name, name) }));
const endings = (row) => partsOf(row).map(({ title }) => title).join(", ");

function Devices({ part }) {
  const view = useView();
  const words = { ...part.words, event_type: "device.state_changed", limit: 1000 };
  const recent = useAnswer("analytics/events", words);
  const found = [...new Set(recent.data?.events.map((event) => event.device_id).filter(Boolean) ?? [])].sort();
  const all = view.words.devices === "all";
  return html`<${DeviceCard} key=${found.length} part=${part} words=${words} recent=${recent} found=${found} all=${all} />`;
}

// Of as many devices as it was first drawn with: each of those that are shown is a question by itself.
function DeviceCard({ part, words, recent, found, all }) {
  const view = useView();
  const many = all ? found.length : Math.min(DEVICES, found.length);
  const histories = useHistories(found, many, part.words);
  const answer = { ...recent, data: recent.data && histories && { histories, found } };
  const open = ({ id }) => view.open("explorer", { ...part.as, device_id: id, event_type: "device.state_changed" });
  return html`<${Card} name="devices" title="Device states" wide="half" answer=${answer} height=${250} picture=${false}
    note=${() => (found.length > DEVICES ? `${many} of ${format.plural(found.length, "device")}` : format.plural(found.length, "device"))}
    isEmpty=${() => !found.length} empty="No device.state_changed events in this range."
    source=${["analytics/events", words]}
    tools=${found.length > DEVICES && html`<button type="button" class="button" onClick=${() => view.set({ devices: all ? null : "all" })}>${all ? `Show ${DEVICES}` : "Show all"}</button>`}
    table=${() => ({
      rows: histories.flatMap(({ device_id: id, current_state: now, states }) => states.map((one) => ({ ...one, id, now, key: `${id} ${one.state}` }))),
      columns: [
        { key: "id", title: "Device" },
        { key: "state", title: "State" },
        { key: "duration_ms", title: "Time", align: "end", show: format.duration },
        { key: "percentage", title: "Share", align: "end", show: format.percent },
        { key: "now", title: "Now" },
      ],
      action: open,
      actionWord: ({ id }) => `Show the changes of ${format.named(id)}`,
    })}
  >${() => html`<${DeviceStrips} histories=${histories} open=${open} zone=${view.zone} />`}<//>`;
}

function useHistories(ids, many, words) {
  const answers = ids
    .map((id, place) => useAnswer(place < many ? `metrics/device-state-history/${encodeURIComponent(id)}` : null, { ...words, device_id: undefined }))
    .slice(0, many);
  return answers.every(({ data, stale }) => data && !stale) ? answers.map(({ data }) => data) : null;
}

// The number of a colour by state: that of its name, else the next that none of these has by its name.
function slotsOfStates(states) {
  const fixed = (state) => STATES[state.toLowerCase()];
  const free = [1, 2, 3, 4, 5].filter((slot) => !states.some((state) => fixed(state) === slot));
  return Object.fromEntries(states.map((state) => [state, fixed(state) ?? free.shift() ?? "rest"]));
}

function DeviceStrips({ histories, open, zone }) {
  const lasted = {};
  for (const { states } of histories) for (const { state, duration_ms: ms } of states) lasted[state] = (lasted[state] ?? 0) + ms;
  const ranked = Object.keys(lasted).sort((a, b) => lasted[b] - lasted[a]);
  const slots = slotsOfStates(ranked);
  const slot = (state) => (state == null ? "none" : slots[state]);
  const { start, end } = histories[0].window;
  const whole = Date.parse(end) - Date.parse(start);
  const rows = histories.map(({ device_id: id, current_state: now, state_at_start: first, changes }) => {
    const before = changes.length ? Date.parse(changes[0].timestamp) - Date.parse(start) : whole;
    const spells = [{ state: first, ms: before, since: start }, ...changes.map((one) => ({ state: one.new_state, ms: one.duration_ms, since: one.timestamp, reason: one.reason }))];
    return {
      id, name: id, value: now ?? "unknown", title: `its state now: ${format.named(now ?? "unknown")}`,
      parts: spells.map(({ state, ms, since, reason }) => ({
        slot: slot(state), share: (ms / whole) * 100,
        title: `${[state ?? "not known", reason].filter((said) => said != null).map(format.named).join(", ")}: ${format.duration(ms)} from ${format.instant(since, zone)}`,
      })),
    };
  });
  // States that share a colour share a key.
  const keys = [...new Set(ranked.map(slot))].map((one) => {
    const states = ranked.filter((state) => slot(state) === one).map(format.named);
    return { name: states.length > 3 ? `${states.slice(0, 2).join(", ")} and ${states.length - 2} more` : states.join(", "), slot: one };
  });
  return html`<${Strips} rows=${rows} keys=${keys} ends=${[format.moment(start), format.moment(end)]} onPick=${open} word=${({ id }) => `Show the changes of ${format.named(id)}`} />`;
}

function Messages({ answer, words, show }) {
  const view = useView();
  return html`<${Card} name="messages" title="Most frequent errors" wide="3" answer=${answer} height=${284} picture=${false}
    note=${(data) => `${format.plural(data.top_messages.length, "message")} that ${data.top_messages.length === 1 ? "was" : "were"} reported most often`}
    isEmpty=${(data) => !data.top_messages.length} empty="No error with a message was reported in this range."
    source=${["metrics/error-trends", words]}
  >${(data) => html`<${Table} name="messages" caption="Most frequent errors" sort="-count"
    rows=${data.top_messages.map((row) => ({ ...row, key: row.error_message }))}
    columns=${[
      { key: "error_message", title: "Message" },
      { key: "count", title: "Times", align: "end", show: format.count },
      { key: "first_seen", title: "First", show: (value) => format.instant(value, view.zone) },
      { key: "last_seen", title: "Last", show: (value) => format.instant(value, view.zone) },
    ]}
    action=${({ error_message: find }) => show("error.reported", { find })} actionWord=${() => "Find them in the newest events"} />`}<//>`;
}
