// Dates: days and zones as the API writes them, and the days of a zone.
import { preference } from "./preferences.js";

const DAY = 86_400_000;
const TIME = /^T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

export const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

// The zone where the URL names none: the one that is preferred, else the browser's.
export const usualZone = () => (isZone(preference("zone")) ? preference("zone") : ownZone());

export function zones() {
  const known = Intl.supportedValuesOf?.("timeZone") ?? [];
  return [...new Set(["UTC", ownZone(), ...known])];
}

// Whether it is the name of a zone as the API writes it: no distance, and no other case.
export function isZone(name) {
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: name || "-" }).resolvedOptions().timeZone;
    return /^[A-Za-z]/.test(name) && (known === name || known.toLowerCase() !== name.toLowerCase());
  } catch {
    return false;
  }
}

export const isDate = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? "");

// A day that there is, with a time or without, as the API reads it: else null.
export function validDate(text) {
  const [day, time] = [text?.slice(0, 10), text?.slice(10)];
  const start = Date.parse(`${isDate(day) ? day : ""}T00:00:00Z`);
  if (Number.isNaN(start) || new Date(start).toISOString().slice(0, 10) !== day) return null;
  return time === "" || (TIME.test(time) && !Number.isNaN(Date.parse(text))) ? text : null;
}

export function shiftDays(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

// The date it is now by the clock of a zone.
export function today(zone) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(new Date());
}

// When a day begins in a zone; on the few days whose clock changes at midnight up to an hour beside.
export function midnight(date, zone) {
  const guess = Date.parse(`${date}T00:00:00Z`);
  const shown = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "medium" }).format(guess);
  return 2 * guess - Date.parse(`${shown.replace(" ", "T")}Z`);
}

export function daysBetween(from, to) {
  return Math.round((Date.parse(to.slice(0, 10)) - Date.parse(from.slice(0, 10))) / DAY);
}
