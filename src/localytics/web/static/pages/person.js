// Person: one person, and one conversation: what they did, and when.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { Series } from "../charts/series.js";
import { Shares } from "../charts/shares.js";
import { Card } from "../components/card.js";
import { GrainPicker } from "../components/segments.js";
import { Stat } from "../components/stat.js";
import * as format from "../format.js";
import { question, useView, within, zoom } from "../view.js";

const YEAR_HOURS = 365 * 24; // how far a messenger's reports look back

const mean = (value) => (value == null ? format.NONE : value.toLocaleString("en", { maximumFractionDigits: 1 }));
const day = (timestamp) => (timestamp ? format.dayOf(timestamp) : format.NONE);

export function Person({ id }) {
  const view = useView();
  const words = question(view, { user_id: null });
  const all = useAnswer(`analytics/user/${encodeURIComponent(id)}`, words);
  const part = within(view, YEAR_HOURS, { user_id: null });
  const talk = useAnswer(`messenger/analytics/user/${encodeURIComponent(id)}`, part.words);
  const timeline = useAnswer("analytics/timeline", question(view, { user_id: id, group_by: view.grain }));
  const stat = (name, title, answer, of, show, more) => html`<${Stat} key=${name} name=${name} title=${title} answer=${answer} of=${of} show=${show} ...${more} />`;
  const types = (data) => Object.entries(data.event_counts).map(([name, value]) => ({ id: name, name, value }));
  const show = (event_type) => view.open("explorer", { user_id: id, event_type });
  if (isUnknown(all)) return html`<${Unknown} kind="person" id=${id} />`;
  return html`
    <${Head} kind="Person" name=${id} link=${view.link("explorer", { user_id: id })} note=${part.cut && "Messages are of the last 365 days of the range."} />
    <div class="stats plain six" role="group" aria-label="Figures of this person">
      ${stat("events", "Events", all, (data) => data.total_events, format.compact, { exact: format.count })}
      ${stat("person-errors", "Errors", all, (data) => data.total_errors, format.compact, { exact: format.count })}
      ${stat("sent", "Sent in conversations", talk, (data) => data.messages_sent, format.compact, { exact: format.count })}
      ${stat("read", "Read in conversations", talk, (data) => data.messages_read, format.compact, { exact: format.count })}
      ${stat("per-day", "Of these, sent a day", talk, (data) => data.avg_messages_per_day, mean)}
      ${stat("seen", "Last seen", all, (data) => data.last_activity, day, { exact: format.moment })}
    </div>
    <div class="cards">
      <${Over} name="person-timeline" title="Events over time" path="analytics/timeline" answer=${timeline} unit="event" wide="2" words=${question(view, { user_id: id, group_by: view.grain })} />
      <${Card} name="person-types" title="What was done" answer=${all} height=${270} picture=${false}
        note=${(data) => format.plural(Object.keys(data.event_counts).length, "event type")}
        isEmpty=${(data) => !data.total_events} source=${[`analytics/user/${encodeURIComponent(id)}`, words]}
        table=${(data) => ({
          rows: types(data).map((row) => ({ ...row, key: row.id })),
          columns: [{ key: "name", title: "Event type" }, { key: "value", title: "Events", align: "end", show: format.count }],
          action: (row) => show(row.id),
          actionWord: ({ name }) => `Show the events ${format.named(name)}`,
        })}
      >${(data) => html`<${Shares} parts=${types(data)} show=${format.count} word="Show the events" limit=${20} onPick=${(row) => show(row.id)} />`}<//>
    </div>`;
}

export function Conversation({ id }) {
  const view = useView();
  const about = useAnswer(`messenger/analytics/conversation/${encodeURIComponent(id)}`, { timezone: view.zone });
  const part = within(view, YEAR_HOURS, { conversation_id: id, group_by: view.grain });
  const timeline = useAnswer("messenger/analytics/timeline", part.words);
  const sent = question(view, { conversation_id: id, limit: 50 });
  const senders = useAnswer("messenger/analytics/top-senders", sent);
  const stat = (name, title, field, show, more) => html`<${Stat} key=${name} name=${name} title=${title} answer=${about} of=${(data) => data[field]} show=${show} ...${more} />`;
  const open = ({ id: person }) => view.set({ person, conversation: null });
  if (isUnknown(about)) return html`<${Unknown} kind="conversation" id=${id} />`;
  return html`
    <${Head} kind=${about.data?.type ? `Conversation, ${about.data.type}` : "Conversation"} name=${about.data?.title ?? id}
      link=${view.link("explorer", { conversation_id: id })} note="The figures are of its whole life, the cards below of the range." />
    <div class="stats plain six" role="group" aria-label="Figures of this conversation">
      ${stat("messages", "Messages", "message_count", format.compact, { exact: format.count })}
      ${stat("participants", "People in it", "participant_count", format.count)}
      ${stat("talking", "Ever sent one", "active_participants", format.count)}
      ${stat("per-day", "Messages a day", "messages_per_day", mean)}
      ${stat("age", "Days old", "conversation_age_days", format.count)}
      ${stat("latest", "Last message", "last_message_date", day, { exact: format.moment })}
    </div>
    <div class="cards">
      <${Over} name="conversation-timeline" title="Messages over time" path="messenger/analytics/timeline" answer=${timeline} words=${part.words} unit="message" wide="2" />
      <${Card} name="conversation-senders" title="Who sends them" answer=${senders} height=${270} picture=${false}
        note=${(data) => format.plural(data.top_senders.length, "person", "people")}
        isEmpty=${(data) => !data.top_senders.length} empty="No messages in this range." source=${["messenger/analytics/top-senders", sent]}
        table=${(data) => ({
          rows: data.top_senders.map((row) => ({ ...row, id: row.user_id, key: row.user_id })),
          columns: [{ key: "name", title: "Name", of: ({ username, user_id: user }) => username ?? user }, { key: "message_count", title: "Messages", align: "end", show: format.count }],
          action: open,
          actionWord: ({ id: user }) => `Open ${format.named(user)}`,
        })}
      >${(data) => html`<${Shares} limit=${50} word="Open" show=${format.count} onPick=${open}
        parts=${data.top_senders.map((row) => ({ id: row.user_id, name: row.username ?? row.user_id, value: row.message_count }))} />`}<//>
    </div>`;
}

const isUnknown = ({ error }) => error?.code === "not_found";

// All that there is to say where the URL names somebody, or something, that no event does.
function Unknown({ kind, id }) {
  const view = useView();
  return html`<section class="empty" role="alert">
    <h2>There is no such ${kind}</h2>
    <p>No event that is kept names <code>${format.named(id)}</code>. Ids are told apart to the letter, capitals and spaces included.</p>
    <p><a class="button" href=${view.link("people")}>All people</a></p>
  </section>`;
}

function Head({ kind, name, link, note }) {
  const view = useView();
  return html`<div class="one"><a class="button" href=${view.link("people")}>All people</a>
    <h2><span class="past">${kind}</span> ${format.named(name)}</h2>
    <p class="aside">${note}</p>
    <a class="button" href=${link}>Show the events</a></div>`;
}

function Over({ name, title, path, answer, words, unit, wide }) {
  const view = useView();
  const rows = answer.data?.timeline;
  const points = useMemo(() => rows?.map(({ timestamp }) => timestamp) ?? [], [rows]);
  const series = useMemo(() => [{ name: `${unit}s`, slot: 1, values: rows?.map(({ count }) => count) ?? [] }], [rows]);
  const grain = answer.words?.group_by ?? view.grain;
  const total = rows?.reduce((sum, { count }) => sum + count, 0);
  const show = (first, last) => view.set(zoom(points, first, last, grain, answer.data.window.end));
  return html`<${Card} name=${name} title=${title} wide=${wide} answer=${answer} height=${270}
    note=${() => `${format.plural(total, unit)} by ${grain}`} isEmpty=${() => !total} source=${[path, words]} tools=${html`<${GrainPicker} />`}
    table=${() => ({
      rows: points.map((point, index) => ({ key: point, point, index, count: rows[index].count })),
      columns: [
        { key: "point", title: "When", show: (point) => format.bucketName(point, grain) },
        { key: "count", title: `${unit[0].toUpperCase()}${unit.slice(1)}s`, align: "end", show: format.count },
      ],
      action: ({ index }) => show(index, index),
      actionWord: () => "Show only this time",
    })}
  >${(data) => html`<${Series} points=${points} grain=${grain} window=${data.window} series=${series} height=${240}
    label=${`${format.plural(total, unit)} by ${grain}`} onDrag=${show} onPick=${grain === "hour" ? null : (index) => show(index, index)} />`}<//>`;
}
