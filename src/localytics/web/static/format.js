// Format: how numbers, money, durations and dates are written, here and nowhere else.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
export const NONE = "–";

const DAYS_OF_YEAR = 365.25;

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

// Numbers beyond these have more digits than there is room for, most of them noughts: 1.23e300, 5e-9.
const LARGE = 1e15;
const SMALL = 1e-6;
const power = (value, digits = 3) => value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e");
const unlessLarge = (value, write) => (Math.abs(value) >= LARGE ? power(value) : write(value));

// 12,345
export const count = (value) => (value == null ? NONE : unlessLarge(value, whole.format));

// 12,345 below a hundred thousand, else 1.23M
export const compact = (value) => (value == null ? NONE : Math.abs(value) < 100_000 ? whole.format(value) : tick(value));

// 12,345 or 12.3: of a mean or a line through counts.
export const rough = (value) =>
  value == null ? NONE : unlessLarge(value, (some) => some.toLocaleString("en", { maximumFractionDigits: Math.abs(some) < 100 ? 1 : 0 }));

// 12,345.6, 0.00123: of what an app measured, to six digits.
export const reading = (value) =>
  value == null ? NONE : isFar(value) ? power(value, 6) : value.toLocaleString("en", { maximumSignificantDigits: 6 });

// For axes: 12.5K
export const tick = (value) => (isFar(value) ? power(value) : short.format(value));

const isFar = (value) => Math.abs(value) >= LARGE || (value !== 0 && Math.abs(value) < SMALL);

// $47.42, $0.0341, $0.000123; a cost that nobody knows is never $0.
export function money(value) {
  if (value == null) return "not reported";
  const size = Math.abs(value);
  if (size === 0) return "$0";
  if (size >= LARGE) return `${value < 0 ? "−" : ""}$${power(size)}`;
  const digits = size >= 1 ? 2 : Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(size)) + 1));
  if (size < 0.000001) return "<$0.000001";
  const options = { minimumFractionDigits: Math.min(digits, 2), maximumFractionDigits: digits };
  return `${value < 0 ? "−" : ""}$${size.toLocaleString("en", options)}`;
}

// $47.42 below ten thousand, $12,346 below a hundred thousand, else $1.23M: of a figure, whose title is exact.
export function compactMoney(value) {
  if (value == null || Math.abs(value) < 10_000) return money(value);
  return `${value < 0 ? "−" : ""}$${compact(Math.abs(value))}`;
}

// To the micro-dollar, for titles and tables.
export const exactMoney = (value) =>
  value == null
    ? "not reported"
    : `$${unlessLarge(value, (some) => some.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 6 }))}`;

export const moneyTick = (value) =>
  value >= 1000 ? `$${tick(value)}` : `$${Number(value.toPrecision(3))}`;

// 7.4 MB
export function bytes(value) {
  if (value == null) return NONE;
  const step = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  return `${Number((value / 1000 ** step).toPrecision(3))} ${["bytes", "kB", "MB", "GB", "TB"][step]}`;
}

// 12 ms, 1.4 s, 3 min 20 s, 2 h 5 min, 99 d 3 h, 730 d, 28.5 years
export function duration(ms) {
  if (ms == null) return NONE;
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  const days = Math.floor(hours / 24);
  if (days < 100) return hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
  if (days < 2 * DAYS_OF_YEAR) return `${days} d`;
  return `${rough(days / DAYS_OF_YEAR)} years`;
}

// 0..100 -> 4.2%
export function percent(value) {
  if (value == null) return NONE;
  if (value > 0 && value < 0.1) return "<0.1%";
  return `${Math.abs(value) >= 99.95 ? unlessLarge(value, Math.round) : value.toFixed(1)}%`;
}

// +14.1%, −4.4%: how far a figure moved, in percent of what it was.
export const moved = (value) => (value == null ? NONE : `${value < 0 ? "−" : "+"}${percent(Math.abs(value))}`);

// How a figure moved: {text, way, tone}. `good` is "up" or "down", or nothing where neither is.
export function change(now, then, good) {
  if (now == null || then == null) return null;
  if (then === 0) return now === 0 ? { text: "no change", way: "flat", tone: "" } : { text: "new", way: "new", tone: "" };
  const moved = ((now - then) / Math.abs(then)) * 100;
  if (Math.abs(moved) < 0.1) return { text: "no change", way: "flat", tone: "" };
  const way = moved > 0 ? "up" : "down";
  const size = Math.abs(moved);
  const text = size >= 1000 ? `${tick(now / then)}×` : percent(size);
  return { text, way, tone: good ? (way === good ? "good" : "bad") : "" };
}

// The same of a percentage, in percentage points.
export function points(now, then, good) {
  if (now == null || then == null) return null;
  const size = Math.abs(now - then);
  if (size < 0.05) return { text: "no change", way: "flat", tone: "" };
  const way = now > then ? "up" : "down";
  return { text: `${size.toFixed(1)} points`, way, tone: good ? (way === good ? "good" : "bad") : "" };
}

// Answers carry the clock of the asked zone in their timestamps, so it is read off them.
export function dayOf(timestamp) {
  return `${Number(timestamp.slice(8, 10))} ${MONTHS[timestamp.slice(5, 7) - 1]}`;
}

const HOUR = 3_600_000;
let hours = null; // writes the hour of an instant by the clock of the zone that is shown

// Of which zone the timestamps are: an hour that its clock shows twice is named with its distance.
export function readIn(zone) {
  if (hours?.resolvedOptions().timeZone !== zone) hours = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit" });
}

// 02:00, or 02:00 (UTC+1) where the clock was set back.
function hourOf(timestamp) {
  const at = Date.parse(timestamp);
  const twice = [at - HOUR, at + HOUR].some((other) => hours?.format(other).slice(0, 2) === timestamp.slice(11, 13));
  return twice ? `${timestamp.slice(11, 16)} (${distanceOf(timestamp)})` : timestamp.slice(11, 16);
}

// UTC+2, UTC−3:30, of a timestamp that ends so.
function distanceOf(timestamp) {
  const [, sign, whole, rest] = /([+-])(\d\d):(\d\d)$/.exec(timestamp) ?? [];
  return sign ? `UTC${sign === "-" ? "−" : "+"}${Number(whole)}${rest === "00" ? "" : `:${rest}`}` : "UTC";
}

// What stands below a bucket on an axis.
export function bucketLabel(timestamp, grain) {
  if (grain === "hour") {
    const hour = hourOf(timestamp);
    return hour === "00:00" ? dayOf(timestamp) : hour;
  }
  if (grain === "month") return `${MONTHS[timestamp.slice(5, 7) - 1]} ${timestamp.slice(0, 4)}`;
  return dayOf(timestamp);
}

// What a bucket is called in full.
export function bucketName(timestamp, grain) {
  if (grain === "month") return bucketLabel(timestamp, grain);
  const day = `${weekday(timestamp).slice(0, 3)} ${dayOf(timestamp)} ${timestamp.slice(0, 4)}`;
  if (grain === "hour") return `${day}, ${hourOf(timestamp)}`;
  return grain === "week" ? `Week of ${day}` : day;
}

export function weekday(timestamp) {
  return DAYS[(new Date(`${timestamp.slice(0, 10)}T00:00:00Z`).getUTCDay() + 6) % 7];
}

// 26 Nov 2026, 14:05, by the clock that the timestamp carries.
export function moment(timestamp) {
  return `${dayOf(timestamp)} ${timestamp.slice(0, 4)}, ${timestamp.slice(11, 16)}`;
}

// 26 Nov 2026, 14:05:09, of any instant, by the clock of a zone.
export function instant(timestamp, zone) {
  const shown = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, day: "numeric", month: "numeric", year: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(new Date(timestamp));
  const { day, month, year, hour, minute, second } = Object.fromEntries(shown.map(({ type, value }) => [type, value]));
  return `${Number(day)} ${MONTHS[month - 1]} ${year}, ${hour}:${minute}:${second}`;
}

// UTC+1, UTC−3:30: how far a zone is from UTC now.
export function offset(zone, at = new Date()) {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" });
  const name = parts.formatToParts(at).find((part) => part.type === "timeZoneName").value;
  return name.replace("GMT", "UTC").replace("-", "−");
}

// What of a name can be seen, for people: apps may send names that are empty, or made of blanks alone.
const UNSEEN = /^[\s\p{Z}\p{Cc}\p{DI}\u2800]*$/u;
export function named(name) {
  if (typeof name !== "string" || !UNSEEN.test(name)) return name;
  const many = [...name].length;
  return many === 0 ? "(empty)" : many === 1 ? "(blank)" : `(${many} blanks)`;
}

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;
export const hourName = (hour) => `${String(hour).padStart(2, "0")}:00`;
