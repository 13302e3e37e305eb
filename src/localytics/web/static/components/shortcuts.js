// Shortcuts: single keys, unless somebody types or has turned them off.
import { useEffect, useRef } from "../html.js";
import { preference } from "../preferences.js";

// `actions`: {key: function}; Escape works always.
export function useShortcuts(actions) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const hear = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      if (event.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
      if (event.key !== "Escape" && preference("shortcuts", "on") === "off") return;
      const action = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, []);
}
