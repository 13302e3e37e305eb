// Words of pages: what each takes from its URL beside the range, the zone and the filters, as `ignored`
// of words.js reads it.
import { any, grain, oneOf, ofEvents } from "../words.js";

const alone = (other) => (_, words) => (words[other] ? `a ${other} is named as well` : null);
// Monday's first hour is 0-0, Sunday's last 6-23.
export const isHourOfWeek = (value) => /^[0-6]-(\d|1\d|2[0-3])$/.test(value);
export const isTime = (value) => !Number.isNaN(Date.parse(value));

export const takes = {
  overview: { words: { by: grain }, charts: ["timeline", "cost-by-model", "heatmap", "top-projects"] },
  activity: { words: { by: oneOf("hour", "day", "week"), cell: (value) => (isHourOfWeek(value) ? null : "not an hour of the week like 2-14") }, charts: ["by-type", "heatmap", "calendar"] },
  costs: {
    words: { by: grain, stack: oneOf("model", "project") },
    charts: ["cost-over-time", "cost-by-model", "cost-by-project"],
  },
  models: { words: { by: grain, cache: oneOf("without") }, charts: ["tokens-over-time", "hit-rate"], tables: ["models", "agents"] },
  projects: { words: { pick: any, figure: oneOf("messages", "tokens", "cost") }, charts: ["comparison"], tables: ["projects", "leaders"] },
  trends: {
    words: { metric: oneOf("messages", "costs", "sessions", "tokens", "response_time", "errors") },
    charts: ["trend"],
  },
  people: {
    words: { by: grain, person: any, conversation: alone("person"), talks: oneOf("messages", "participants", "activity") },
    charts: [
      "senders", "seen", "stickiness", "retention",
      "person-timeline", "person-types", "conversation-timeline", "conversation-senders",
    ],
    tables: ["conversations"],
  },
  operations: {
    words: { by: grain, errors: oneOf("severity", "category"), devices: oneOf("all"), metric: any },
    charts: ["errors", "jobs", "devices", "metric"],
    tables: ["api", "messages"],
  },
  live: {},
  explorer: {
    words: {
      ...ofEvents,
      cursor: any,
      find: any,
      event: (_, { at }) => (isTime(at) ? null : "at does not say when it was"),
      at: (value, { event }) => (isTime(value) ? (event ? null : "there is no event") : "not a time"),
    },
  },
  settings: { tables: ["jobs"] },
};
