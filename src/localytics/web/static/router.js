// Router: the URL is the state, as #/page?word=value. Reads it, changes it, hears of changes.
// What stands before the # is not read, and can only be taken away.
import { useEffect, useState } from "./html.js";

// {page, words, again: [[name, value]] of words that a later one of the same name replaces, before:
// [[name, value]] of what stands before the #}
export function route() {
  const hash = location.hash.replace(/^#\/?/, "");
  const cut = hash.indexOf("?");
  const page = cut < 0 ? hash : hash.slice(0, cut);
  const given = [...new URLSearchParams(cut < 0 ? "" : hash.slice(cut + 1))];
  const again = given.filter(([name], place) => given.slice(place + 1).some(([other]) => other === name));
  const before = [...new URLSearchParams(location.search)];
  return { page: page || "overview", words: Object.fromEntries(given), again, before };
}

// The link to a page; words that are null or empty are left out.
export function address(page, words = {}) {
  const given = Object.entries(words).filter(([, value]) => value != null && value !== "");
  const query = new URLSearchParams(given).toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return `#/${page}${query ? `?${query}` : ""}`;
}

// `bare`: without what stands before the #.
export function go(page, words, { replace = false, bare = false } = {}) {
  const target = `${bare ? location.pathname : ""}${address(page, words)}`;
  if (target === location.hash) return;
  if (replace) history.replaceState(null, "", target);
  else history.pushState(null, "", target);
  dispatchEvent(new Event("localytics:route"));
}

export function useRoute() {
  const [now, set] = useState(route);
  useEffect(() => {
    const hear = () => set(route());
    const events = ["popstate", "hashchange", "localytics:route"];
    events.forEach((name) => addEventListener(name, hear));
    return () => events.forEach((name) => removeEventListener(name, hear));
  }, []);
  return now;
}
