// Status: how much the service holds, asked again and again: every two seconds while it is empty.
import { useCallback, useEffect, useRef, useState } from "../html.js";
import { refresh, send } from "../api.js";

const EMPTY_MS = 2_000;
const CALM_MS = 5_000;
const AGAIN_MS = 1_000; // after a question that was lost: one alone is nothing to tell
const REFRESH_MS = 20_000; // between two looks at new events

// {status, unreachable, look}
export function useStatus() {
  const [state, set] = useState({ status: null, lost: 0 });
  const seen = useRef({ seq: null, at: 0 });
  const look = useCallback(async () => {
    try {
      const status = await send("GET", "/api/v1/status");
      set((last) => {
        if (last.lost > 1) setTimeout(refresh);
        return { status, lost: 0 };
      });
      const grown = seen.current.seq !== null && status.last_seq !== seen.current.seq;
      if (grown && Date.now() - seen.current.at > REFRESH_MS) {
        seen.current = { seq: status.last_seq, at: Date.now() };
        refresh();
      } else if (seen.current.seq === null) seen.current.seq = status.last_seq;
    } catch {
      set((last) => {
        if (last.lost === 0) setTimeout(look, AGAIN_MS);
        return { ...last, lost: last.lost + 1 };
      });
    }
  }, []);
  const empty = state.status?.events === 0;
  useEffect(() => {
    look();
    const timer = setInterval(() => document.visibilityState === "visible" && look(), empty ? EMPTY_MS : CALM_MS);
    return () => clearInterval(timer);
  }, [empty]);
  return { status: state.status, unreachable: state.lost > 1, look };
}
