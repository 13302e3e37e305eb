// View: what the words of the URL mean (range, zone, filters), and the questions that follow.
import { daysBetween, isDate, isZone, midnight, shiftDays, today, usualZone, validDate } from "./dates.js";
import { createContext, useContext } from "./html.js";
import { address, go } from "./router.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const RANGES = { "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY, all: null };
export const RANGE_NAMES = {
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
  "90d": "last 90 days",
  "1y": "last year",
  all: "all time",
};
export const FILTERS = {
  project_id: "project",
  model: "model",
  source: "source",
  user_id: "user",
  agent: "agent",
  event_type: "event type",
  session_id: "session",
  conversation_id: "conversation",
  device_id: "device",
};
// What the Explorer alone narrows by: only single events know of it.
export const EVENT_FILTERS = {
  endpoint: "endpoint",
  method: "method",
  category: "category",
  severity: "severity",
  status: "status",
  is_error: "failed",
};
export const FILTER_NAMES = { ...FILTERS, ...EVENT_FILTERS };
// Words that go along from page to page; all others belong to one page.
const GLOBAL = ["range", "from", "to", "tz", "compare", ...Object.keys(FILTERS)];
export const GRAINS = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };
const DEFAULT_RANGE = "30d";
export const LONGEST = 200; // of what a filter is about

// The view of a route. `status` tells since when there are events, for the range `all`.
export function viewOf({ page, words }, status = null) {
  const zone = isZone(words.tz) ? words.tz : usualZone();
  const dates = { from: validDate(words.from), to: validDate(words.to), zone };
  const custom = dates.from !== null && begins(dates);
  const range = custom ? "custom" : Object.hasOwn(RANGES, words.range) ? words.range : DEFAULT_RANGE;
  const usable = (name) => words[name] && words[name].length <= LONGEST && (name !== "is_error" || ["true", "false"].includes(words[name]));
  const given = (names) => Object.fromEntries(Object.keys(names).filter(usable).map((name) => [name, words[name]]));
  const filters = given(FILTERS);
  const view = {
    page,
    words,
    range,
    from: custom ? dates.from : null,
    to: custom ? dates.to : null,
    zone,
    compare: words.compare !== "off" && range !== "all",
    filters,
    narrowed: page === "explorer" ? given(EVENT_FILTERS) : {},
  };
  view.chosen = { ...filters, ...view.narrowed };
  view.span = spanOf(view, status);
  view.grain = Object.hasOwn(GRAINS, words.by) ? words.by : grainOf(view.span);
  view.grains = Object.keys(GRAINS).filter(
    (grain) => view.span / GRAINS[grain] <= 800 && view.span / GRAINS[grain] >= 1,
  );
  view.set = (changes, options) => go(page, changed(words, changes), options);
  view.clear = () => Object.keys(view.chosen).length && view.set(Object.fromEntries(Object.keys(view.chosen).map((name) => [name, null])));
  view.link = (target, changes = {}) => address(target, changed(kept(words), changes));
  view.open = (target, changes = {}) => go(target, changed(kept(words), changes));
  return view;
}

export const ViewContext = createContext(null);
export const useView = () => useContext(ViewContext);

// What to ask the API about this view; `extra` adds words, or takes them away with null.
export function question(view, extra = {}) {
  const asked = { ...bounds(view), timezone: view.zone, ...view.chosen, ...extra };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value != null));
}

// The question about as much of the range as a report takes that looks back so many hours at most:
// {words, cut, as}: whether that is less than the range, and the words of the URL that show it.
export function within(view, hours, extra = {}) {
  const longest = hours * HOUR;
  const words = question(view, extra);
  if (view.range !== "custom") {
    const cut = view.span > longest;
    if (!cut && view.range !== "all") return { words, cut, as: {} };
    const days = hours % 24 ? null : `${hours / 24}d`;
    return { words: { ...omit(words, ["time_range"]), hours }, cut, as: days in RANGES ? { range: days } : {} };
  }
  const [start, end] = edges(view);
  if (end - start <= longest) return { words, cut: false, as: {} };
  const [from, to] = [new Date(end - longest).toISOString(), new Date(end).toISOString()];
  const asked = { ...omit(words, ["start_date", "end_date"]), ...(words.end_date ? { start_date: from, end_date: to } : { hours }) };
  return { words: asked, cut: true, as: { range: null, from, to: words.end_date ? to : null } };
}

// The window before, cut to the time that has passed of this one; null where there is none.
// `window` is that of an answer: its start and end carry the clock of the zone.
export function before(view, window) {
  if (!window || view.range === "all") return null;
  const start = new Date(window.start);
  const end = new Date(window.end);
  if (view.range === "custom" && isDate(view.from)) {
    const days = daysBetween(view.from, view.to ?? window.end.slice(0, 10)) + 1;
    const shown = clock(window.end);
    const cut = shown.slice(11) === "00:00:00" && view.to && shown.slice(0, 10) > view.to;
    return {
      start_date: shiftDays(view.from, -days),
      end_date: cut ? view.from : `${shiftDays(shown.slice(0, 10), -days)}T${shown.slice(11)}`,
    };
  }
  return {
    start_date: new Date(start - (end - start)).toISOString(),
    end_date: window.start,
  };
}

// Beside which of the `many` hours of the period before each of `points` is: by its place, and by the
// clock where a change of that made one of the periods longer.
export function beside(view, window, points, many) {
  const start = points.length === many ? null : before(view, window)?.start_date;
  if (!isDate(start)) return points.map((_, place) => place);
  const days = daysBetween(start, points[0]);
  const shown = new Intl.DateTimeFormat("sv", { timeZone: view.zone, dateStyle: "short", timeStyle: "short" });
  const first = midnight(start, view.zone);
  const clocks = Array.from({ length: many }, (_, place) => shown.format(first + place * HOUR));
  return points.map((point) => clocks.indexOf(`${shiftDays(point.slice(0, 10), -days)} ${point.slice(11, 16)}`));
}

// The words of the URL that show the buckets `first` to `last` of `points` alone.
export function zoom(points, first, last, grain, end) {
  const from = points[first];
  const next = points[last + 1];
  if (grain === "hour") {
    const open = !next && Math.abs(Date.parse(end) - Date.now()) < HOUR;
    return { range: null, from, to: open ? null : (next ?? end) };
  }
  const until = next ? shiftDays(next.slice(0, 10), -1) : end.slice(0, 10);
  return { range: null, from: from.slice(0, 10), to: until };
}

function bounds(view) {
  if (view.range !== "custom") return { time_range: view.range };
  const { from, to, zone } = view;
  if (!to) return { start_date: from };
  if (!isDate(to)) return Date.parse(to) > Date.now() ? { start_date: from } : { start_date: from, end_date: to };
  return to >= today(zone) ? { start_date: from } : { start_date: from, end_date: shiftDays(to, 1) };
}

// When a range of chosen dates begins and ends.
function edges({ from, to, zone }) {
  const start = isDate(from) ? midnight(from, zone) : Date.parse(from);
  if (!to) return [start, Date.now()];
  return [start, Math.min(Date.now(), isDate(to) ? midnight(shiftDays(to, 1), zone) : Date.parse(to))];
}

// Whether there is anything between the dates: they are in order, and not all to come.
function begins(dates) {
  const [start, end] = edges(dates);
  return start < end;
}

const omit = (words, names) => Object.fromEntries(Object.entries(words).filter(([name]) => !names.includes(name)));

function spanOf(view, status) {
  if (view.range === "all") {
    return status?.oldest ? Math.max(DAY, Date.now() - Date.parse(status.oldest)) : 90 * DAY;
  }
  if (view.range !== "custom") return RANGES[view.range];
  const start = Date.parse(view.from);
  const end = isDate(view.to) ? Date.parse(view.to) + DAY : Date.parse(view.to ?? "") || Date.now();
  return Math.max(HOUR, Math.min(end, Date.now() + DAY) - start) || 30 * DAY;
}

function grainOf(span) {
  if (span <= 2 * DAY) return "hour";
  if (span <= 100 * DAY) return "day";
  return span <= 800 * DAY ? "week" : "month";
}

function changed(words, changes) {
  const next = { ...words, ...changes };
  if (next.range === DEFAULT_RANGE) next.range = null;
  // A place in a list is one of that list alone.
  if (!("cursor" in changes) && Object.keys(changes).some((name) => GLOBAL.includes(name) || name in EVENT_FILTERS)) next.cursor = null;
  return next;
}

function kept(words) {
  return Object.fromEntries(Object.entries(words).filter(([name]) => GLOBAL.includes(name)));
}

const clock = (timestamp) => timestamp.slice(0, 19);
