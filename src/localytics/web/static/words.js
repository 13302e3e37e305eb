// Words: what may stand in the URL of a page, and what of it nothing comes of: words that are not known
// there, and values that can't be used. They are left out of every question, and said.
import { isZone, usualZone, validDate } from "./dates.js";
import { useEffect } from "./html.js";
import { EVENT_FILTERS, FILTERS, GRAINS, LONGEST, RANGES } from "./view.js";

// Each says of a value, beside all `words` and the `view`, why it can't be used, or null.
export const any = () => null;
export const oneOf = (...choices) => (value) => (choices.includes(value) ? null : `not one of ${choices.join(", ")}`);
const keyOf = (some) => oneOf(...Object.keys(some));
const filter = (value) => (value.length > LONGEST ? `longer than ${LONGEST} characters` : null);
const number = (value) => (/^[1-9]\d*$/.test(value) ? null : "not the number of a page");
const date = (value) => (validDate(value) ? null : "not a date like 2026-01-31");
const ordered = (view) => (view.range === "custom" ? null : "nothing is between these dates");
const among = (cards) => (value) => {
  const other = value.split(",").find((one) => one && !cards.includes(one));
  return other ? `${other} is no chart of this page` : null;
};

export const grain = keyOf(GRAINS);
const EVERYWHERE = {
  range: (value, _, view) => (view.range === "custom" ? "dates are given as well" : keyOf(RANGES)(value)),
  from: (value, _, view) => date(value) ?? ordered(view),
  to: (value, { from }, view) => date(value) ?? (validDate(from) ? ordered(view) : "there is no from that can be used"),
  tz: (value) => (isZone(value) ? null : `not a known time zone; times are in ${usualZone()}`),
  compare: oneOf("off"),
  ...Object.fromEntries(Object.keys(FILTERS).map((name) => [name, filter])),
};
export const ofEvents = { ...Object.fromEntries(Object.keys(EVENT_FILTERS).map((name) => [name, filter])), is_error: oneOf("true", "false") };

// [{name, value, why, kept}] of what nothing comes of in a route; `kept`: another word of that name counts.
// `takes`: {words: {name: check}, charts: cards that have a table as well, tables: other tables}.
export function ignored({ words, again, before }, { words: own = {}, charts = [], tables = [] }, view) {
  const known = {
    ...EVERYWHERE,
    ...own,
    ...(charts.length ? { table: among(charts) } : {}),
    ...Object.fromEntries([...charts, ...tables].flatMap((name) => [[`${name}-sort`, any], [`${name}-page`, number]])),
  };
  const whyNot = (name, value) => (Object.hasOwn(known, name) ? (known[name](value, words, view) ?? doubts.get(name)) : "not known on this page");
  return [
    ...before.map(([name, value]) => ({ name, value, why: "it stands before the #", kept: true })),
    ...again.map(([name, value]) => ({ name, value, why: "it is given again", kept: true })),
    ...Object.entries(words).filter(([, value]) => value).map(([name, value]) => ({ name, value, why: whyNot(name, value) })),
  ].filter(({ why }) => why);
}

// What only that part of a page knows which reads a word: why its value can't be used, or null.
const doubts = new Map();

export function useDoubt(name, why) {
  useEffect(() => {
    if (!why) return undefined;
    const tell = (change) => (change(), dispatchEvent(new Event("localytics:doubt")));
    tell(() => doubts.set(name, why));
    return () => tell(() => doubts.delete(name));
  }, [name, why]);
}
