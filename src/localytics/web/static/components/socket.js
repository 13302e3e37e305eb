// Socket: the events as they are stored. Where the service offers none, or goes away, it is closed
// and tried again more and more rarely.
import { useEffect, useRef, useState } from "../html.js";

const FIRST_MS = 2_000;
const LAST_MS = 60_000;

// `filters` narrow what is told; `onMessage({events, dropped})` hears, the oldest event first.
// Returns whether it is open.
export function useSocket(filters, onMessage) {
  const [open, set] = useState(false);
  const latest = useRef(onMessage);
  latest.current = onMessage;
  const query = new URLSearchParams(filters).toString();
  useEffect(() => {
    let socket = null;
    let timer = null;
    let wait = FIRST_MS;
    const connect = () => {
      socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/live${query && `?${query}`}`);
      socket.onopen = () => {
        wait = FIRST_MS;
        set(true);
      };
      socket.onmessage = ({ data }) => latest.current(JSON.parse(data));
      socket.onclose = () => {
        set(false);
        timer = setTimeout(connect, wait);
        wait = Math.min(LAST_MS, wait * 2);
      };
    };
    connect();
    return () => {
      clearTimeout(timer);
      socket.onclose = null;
      if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
      else socket.close();
    };
  }, [query]);
  return open;
}
