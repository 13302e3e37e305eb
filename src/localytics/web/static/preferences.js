// Preferences: what a person likes on this browser, kept in localStorage; all else is in the URL.
import { useEffect, useState } from "./html.js";

const PREFIX = "localytics.";

export function preference(name, otherwise) {
  try {
    return localStorage.getItem(PREFIX + name) ?? otherwise;
  } catch {
    return otherwise; // storage is forbidden here
  }
}

export function prefer(name, value) {
  try {
    if (value == null || value === "") localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    return;
  }
  dispatchEvent(new Event("localytics:preference"));
}

// The value, and a function that changes it, everywhere at once.
export function usePreference(name, otherwise) {
  const [value, set] = useState(() => preference(name, otherwise));
  useEffect(() => {
    const hear = () => set(preference(name, otherwise));
    addEventListener("localytics:preference", hear);
    addEventListener("storage", hear);
    return () => {
      removeEventListener("localytics:preference", hear);
      removeEventListener("storage", hear);
    };
  }, [name, otherwise]);
  return [value, (next) => prefer(name, next)];
}
