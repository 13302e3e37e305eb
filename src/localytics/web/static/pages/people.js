// People: who is there, who takes part and who comes back; one person or one conversation, where the
// URL names one.
import { html, useMemo } from "../html.js";
import { useAnswer } from "../api.js";
import { Series } from "../charts/series.js";
import { Shares } from "../charts/shares.js";
import { Triangle, triangleTable } from "../charts/triangle.js";
import { Card } from "../components/card.js";
import { Segments } from "../components/segments.js";
import { Stat } from "../components/stat.js";
import { Table } from "../components/table.js";
import * as format from "../format.js";
import { question, useView, within, zoom } from "../view.js";
import { Conversation, Person } from "./person.js";

const DAY = 86_400_000;
const ENGAGEMENT_HOURS = 90 * 24; // how far the report looks back
const LOOKED_THROUGH = 1000;
const UNNAMED = "No message here names a conversation";
const SORTS = { messages: "Messages", participants: "People", activity: "Latest" };

export default function People() {
  const { person, conversation } = useView().words;
  if (person) return html`<${Person} key=${person} id=${person} />`;
  if (conversation) return html`<${Conversation} key=${conversation} id=${conversation} />`;
  return html`<${Everybody} />`;
}

function Everybody() {
  const unnamed = useUnnamed();
  return html`<${Engagement} unnamed=${unnamed} /><div class="cards"><${Senders} unnamed=${unnamed} /><${Conversations} unnamed=${unnamed} /><${Sticky} /><${Retention} /></div>`;
}

// Whether there are messages in the range of which none names a conversation: figures of a
// messenger do not apply to them.
function useUnnamed() {
  const view = useView();
  const talks = useAnswer("messenger/analytics/top-conversations", question(view, { limit: 50, sort_by: "messages" }));
  const without = talks.data && !talks.stale && !talks.data.conversations.length;
  const totals = useAnswer(without ? "analytics/summary" : null, question(view));
  return Boolean(totals.data && !totals.stale && totals.data.total_messages);
}

function Engagement({ unnamed }) {
  const view = useView();
  const part = within(view, ENGAGEMENT_HOURS);
  const answer = useAnswer("messenger/analytics/engagement", part.words);
  const recent = useAnswer("messenger/analytics/dashboard", { ...view.filters, days: 1, timezone: view.zone });
  const past = view.compare && !answer.stale ? answer.data?.previous : null;
  const stat = (name, title, field, show, hint) => html`<${Stat} key=${name} name=${name} title=${title} hint=${hint}
    answer=${answer} past=${past} of=${(data) => (unnamed && field !== "total_users" && !data[field] ? null : data[field])} show=${show} exact=${show === format.compact ? format.count : undefined} compared=${view.compare} />`;
  const window = answer.data?.window;
  return html`
    <p class="notice quiet slim">${window ? html`<span>Engagement from ${format.moment(window.start)} to ${format.moment(window.end)}, ${Math.round(answer.data.period_days * 10) / 10} days${part.cut && ", as far as it looks back"}.${unnamed && html` <b>${UNNAMED}</b>, so nobody is counted as taking part.`}</span>` : "\u00a0"}</p>
    <div class="stats plain six" role="group" aria-label="Engagement">
      ${stat("known", "People known", "total_users", format.compact, "Whom any event named until now")}
      ${stat("active", "Send messages", "active_users", format.compact, "At least one in the range")}
      ${stat("engaged", "Send five or more", "engaged_users", format.compact, "At least five messages in the range")}
      ${stat("rate", "Engagement", "engagement_rate", format.percent, "Those who send messages, of those known")}
      ${stat("deep-rate", "Deep engagement", "deep_engagement_rate", format.percent, "Those who send five or more, of those known")}
      <${Stat} name="active-24h" title="Active in 24 hours" hint="Sent a message in the last 24 hours, whatever the range" answer=${recent}
        of=${({ active_users_24h: { active_users: users } }) => (unnamed && !users ? null : users)} show=${format.compact} exact=${format.count} />
    </div>`;
}

function Senders({ unnamed }) {
  const view = useView();
  const words = question(view, { limit: 50 });
  const answer = useAnswer("messenger/analytics/top-senders", words);
  if (answer.data && !answer.data.top_senders.length) return html`<${Seen} unnamed=${unnamed} />`;
  const open = ({ user_id: person }) => view.set({ person });
  const nameOf = ({ username, user_id: id }) => username ?? id;
  return html`<${Card} name="senders" title="Top senders" wide="half" answer=${answer} height=${290} picture=${false}
    note=${(data) => (data.top_senders.length === 50 ? "The first 50" : format.plural(data.top_senders.length, "person", "people"))}
    source=${["messenger/analytics/top-senders", words]}
    table=${(data) => ({
      rows: data.top_senders.map((row) => ({ ...row, key: row.user_id })),
      columns: [
        { key: "name", title: "Name", of: nameOf },
        { key: "user_id", title: "Id" },
        { key: "message_count", title: "Messages", align: "end", show: format.count },
      ],
      action: open,
      actionWord: (row) => `Open ${format.named(nameOf(row))}`,
    })}
  >${(data) => html`<${Shares} limit=${50} word="Open" show=${format.count} onPick=${({ id }) => open({ user_id: id })}
    parts=${data.top_senders.map((row) => ({ id: row.user_id, name: nameOf(row), value: row.message_count }))} />`}<//>`;
}

// Where nobody sends messages: who was there last, counted from the newest events.
function Seen({ unnamed }) {
  const view = useView();
  const words = question(view, { limit: LOOKED_THROUGH });
  const answer = useAnswer("analytics/events", words);
  const people = useMemo(() => {
    const counts = new Map();
    for (const { user_id: user } of answer.data?.events ?? []) if (user) counts.set(user, (counts.get(user) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]).map(([id, value]) => ({ id, name: id, value }));
  }, [answer.data]);
  return html`<${Card} name="seen" title="Seen lately" wide="half" answer=${answer} height=${290} picture=${false}
    note=${(data) => `${unnamed ? UNNAMED : "Nobody sends messages here"}; of the newest ${format.plural(data.events.length, "event")}`}
    isEmpty=${() => !people.length} empty="No event in this range names a person." source=${["analytics/events", words]}
    table=${() => ({
      rows: people.map((row) => ({ ...row, key: row.id })),
      columns: [{ key: "name", title: "Person" }, { key: "value", title: "Events", align: "end", show: format.count }],
      action: ({ id: person }) => view.set({ person }),
      actionWord: ({ id }) => `Open ${format.named(id)}`,
    })}
  >${() => html`<${Shares} parts=${people} limit=${50} word="Open" show=${format.count} onPick=${({ id: person }) => view.set({ person })} />`}<//>`;
}

function Conversations({ unnamed }) {
  const view = useView();
  const sort = Object.hasOwn(SORTS, view.words.talks) ? view.words.talks : "messages";
  const words = question(view, { limit: 50, sort_by: sort });
  const answer = useAnswer("messenger/analytics/top-conversations", words);
  return html`<${Card} name="conversations" title="Conversations" wide="half" answer=${answer} height=${290} picture=${false}
    note=${(data) => (data.conversations.length === 50 ? "The first 50" : format.plural(data.conversations.length, "conversation"))}
    isEmpty=${(data) => !data.conversations.length} empty=${unnamed ? `${UNNAMED}.` : "No messages in conversations in this range."}
    source=${["messenger/analytics/top-conversations", words]}
    tools=${html`<${Segments} label="Sort by" value=${sort} options=${Object.entries(SORTS)} onPick=${(one) => view.set({ talks: one === "messages" ? null : one })} />`}
  >${(data) => html`<${Table} name="conversations" caption="Conversations"
    rows=${data.conversations.map((row) => ({ ...row, key: row.conversation_id }))}
    columns=${[
      { key: "name", title: "Conversation", of: ({ title, conversation_id: id }) => title ?? id },
      { key: "type", title: "Type", show: (type) => type ?? format.NONE },
      { key: "message_count", title: "Messages", align: "end", show: format.count },
      { key: "participant_count", title: "People", align: "end", show: format.count },
      { key: "last_message_date", title: "Latest", show: (at) => format.instant(at, view.zone).slice(0, -3) },
    ]}
    action=${({ conversation_id: conversation }) => view.set({ conversation })} actionWord=${({ title, conversation_id: id }) => `Open ${format.named(title ?? id)}`} />`}<//>`;
}

function Sticky() {
  const view = useView();
  const words = question(view);
  const answer = useAnswer("analytics/stickiness", words);
  const daily = answer.data?.daily;
  const points = useMemo(() => daily?.map(({ timestamp }) => timestamp) ?? [], [daily]);
  const series = useMemo(() => [["of the day", "dau"], ["of 7 days", "wau"], ["of 30 days", "mau"]]
    .map(([name, field], place) => ({ name, slot: place + 1, values: daily?.map((day) => day[field]) ?? [] })), [daily]);
  const show = (first, last) => view.set(zoom(points, first, last, "day", answer.data.window.end));
  return html`<${Card} name="stickiness" title="People of the day, the week and the month" wide="3" answer=${answer} height=${270}
    note=${({ averages }) => (averages.dau_mau == null ? "No day has ended yet" : `${format.percent(averages.dau_mau)} of a month's people are there on a day, ${format.percent(averages.dau_wau)} of a week's`)}
    isEmpty=${(data) => !data.daily.some(({ mau }) => mau)} empty="No event in this range names a person."
    source=${["analytics/stickiness", words]}
    table=${() => ({
      rows: daily.map((row, index) => ({ ...row, index, key: row.timestamp })),
      columns: [
        { key: "timestamp", title: "Day", show: (at, { unfinished }) => `${format.bucketName(at, "day")}${unfinished ? ", so far" : ""}` },
        ...[["dau", "Day"], ["wau", "7 days"], ["mau", "30 days"]].map(([key, title]) => ({ key, title, align: "end", show: format.count })),
        ...[["dau_wau", "Day of 7"], ["dau_mau", "Day of 30"], ["wau_mau", "7 of 30"]].map(([key, title]) => ({ key, title, align: "end", show: format.percent })),
      ],
      action: ({ index }) => show(index, index),
      actionWord: () => "Show only this day",
    })}
  >${(data) => html`<${Series} kind="line" points=${points} grain="day" window=${{ start: points[0], end: data.window.end }} series=${series} height=${240}
    label="People of each day, of the 7 days and of the 30 days up to it" onDrag=${show} />`}<//>`;
}

function Retention() {
  const view = useView();
  const period = view.span <= 14 * DAY ? "day" : view.span <= 100 * DAY ? "week" : "month";
  const words = question(view, { period });
  const answer = useAnswer("analytics/retention", words);
  return html`<${Card} name="retention" title="Who comes back" wide="3" answer=${answer} height=${300} picture=${false}
    note=${(data) => `${format.plural(data.total_users, "newcomer")} by the ${data.period} they first came in, and the share that was there in later ${data.period}s`}
    isEmpty=${(data) => !data.total_users} empty="Nobody came for the first time in this range."
    source=${["analytics/retention", words]} table=${triangleTable}
  >${(data) => html`<${Triangle} data=${data} />`}<//>`;
}
