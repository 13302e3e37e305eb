// Api: every question goes through here: shared while it flies, aborted when nobody waits any more.
import { useEffect, useLayoutEffect, useRef, useState } from "./html.js";

const KEPT = 200;
const EVERY_MS = 60_000;
const PATIENCE_MS = 1_000;
const answers = new Map(); // what was last answered, by URL: Back shows it at once
const flights = new Map();
const pulse = new EventTarget();

// Words that are lists are repeated.
export function urlOf(path, words = {}) {
  const given = Object.entries(words).filter(([, value]) => value != null);
  const query = new URLSearchParams(given.flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  return `/api/v1/${path}${query.size ? `?${query}` : ""}`;
}

// A request; what fails is thrown in the shape of the API, {code, message, hint, field},
// and with `final`: whether the same request would fail again.
export async function send(method, url, options = {}) {
  let response;
  try {
    response = await fetch(url, { method, headers: { accept: "application/json" }, ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw {
      code: "unreachable",
      message: "The service does not answer",
      hint: "Is it still running? Start it again with: localytics serve",
    };
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body !== null) return body;
  const error = body?.error ?? { code: `status_${response.status}`, message: "The service could not answer" };
  throw { ...error, final: response.status >= 400 && response.status < 500 && ![408, 429].includes(response.status) };
}

// Ask every shown question again.
export const refresh = () => pulse.dispatchEvent(new Event("refresh"));

setInterval(() => document.visibilityState === "visible" && refresh(), EVERY_MS);

// When the first chart has been drawn, or there was none for a while.
const drawn = new Promise((resolve) => {
  addEventListener("localytics:drawn", resolve, { once: true });
  setTimeout(resolve, PATIENCE_MS);
});

// {data, words, busy, stale, error, retry}. `words` are those that `data` answers: while a new
// answer is on its way, the last one stays. With no `path` nothing is asked. What is asked `later`
// lets the first chart go before it.
export function useAnswer(path, words, later = false) {
  const url = path ? urlOf(path, words) : null;
  const [state, set] = useState({});
  const [turn, again] = useState(0);
  const asked = useRef(words);
  asked.current = words;
  useLayoutEffect(() => { // before the page is painted: the service works meanwhile
    if (!url) return undefined;
    let flight = null;
    let gone = false;
    const ask = () => {
      if (gone) return;
      flight = board(url);
      flight.promise.then(
        (data) => gone || set({ url, data, words: asked.current }),
        (error) => gone || set((last) => ({ ...last, error, failed: url })),
      );
    };
    if (later) drawn.then(ask);
    else ask();
    return () => {
      gone = true;
      if (flight) leave(url, flight);
    };
  }, [url, turn]);
  useEffect(() => {
    const hear = () => again((count) => count + 1);
    pulse.addEventListener("refresh", hear);
    return () => pulse.removeEventListener("refresh", hear);
  }, []);
  const retry = () => {
    set((last) => ({ ...last, error: null, failed: null }));
    again((count) => count + 1);
  };
  if (!url) return { data: null, words, busy: false, stale: false, error: null, retry };
  const error = state.failed === url ? state.error : null;
  const remembered = state.url === url ? null : answers.get(url);
  return {
    data: remembered ?? state.data ?? null,
    words: remembered ? words : state.words,
    busy: state.url !== url && !error,
    stale: state.url !== url && !remembered,
    error,
    retry,
  };
}

function board(url) {
  let flight = flights.get(url);
  if (!flight) {
    const control = new AbortController();
    const promise = send("GET", url, { signal: control.signal }).finally(() => {
      if (flights.get(url) === flight) flights.delete(url);
    });
    flight = { control, waiting: 0, promise: promise.then((data) => keep(url, data)) };
    flights.set(url, flight);
  }
  flight.waiting += 1;
  return flight;
}

function leave(url, flight) {
  flight.waiting -= 1;
  if (flight.waiting || flights.get(url) !== flight) return;
  flights.delete(url);
  flight.promise.catch(() => {});
  flight.control.abort();
}

function keep(url, data) {
  answers.delete(url);
  answers.set(url, data);
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  return data;
}
