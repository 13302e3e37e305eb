// Socket: the events as they are stored. The tabs of a browser that ask for the same share one: the
// tab that holds a lock listens and relays, and when it closes another takes over. Where the service
// offers no socket, or goes away, it is tried again more and more rarely.
import { useEffect, useRef, useState } from "../html.js";

const FIRST_MS = 2_000;
const LAST_MS = 60_000;

// `filters` narrow what is told; `onMessage({events, dropped})` hears, the oldest event first.
// Returns whether it is open.
export function useSocket(filters, onMessage) {
  const [open, set] = useState(false);
  const latest = useRef(onMessage);
  latest.current = onMessage;
  const query = new URLSearchParams(Object.entries(filters).sort()).toString();
  useEffect(() => {
    const hear = { open: set, message: (message) => latest.current(message) };
    return navigator.locks ? share(query, hear) : connect(query, hear); // no locks but on secure pages
  }, [query]);
  return open;
}

// Listen through whichever tab has the socket; returns how to stop.
function share(query, hear) {
  const name = `localytics.live?${query}`;
  const channel = new BroadcastChannel(name);
  const control = new AbortController();
  let isOpen = null; // known to the tab that has the socket
  let release = null;
  channel.onmessage = ({ data }) => {
    if ("message" in data) hear.message(data.message);
    else if ("open" in data) hear.open(data.open);
    else if (isOpen !== null) channel.postMessage({ open: isOpen });
  };
  channel.postMessage({ asks: true });
  const lead = () => new Promise((resolve) => {
    isOpen = false;
    const stop = connect(query, {
      open: (open) => {
        isOpen = open;
        hear.open(open);
        channel.postMessage({ open });
      },
      message: (message) => {
        hear.message(message);
        channel.postMessage({ message });
      },
    });
    release = () => (stop(), resolve());
    if (control.signal.aborted) release();
  });
  navigator.locks.request(name, { signal: control.signal }, lead).catch(() => {}); // stopped before its turn
  return () => {
    control.abort();
    release?.();
    channel.close();
  };
}

function connect(query, hear) {
  let socket = null;
  let timer = null;
  let wait = FIRST_MS;
  const attempt = () => {
    socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/live${query && `?${query}`}`);
    socket.onopen = () => {
      wait = FIRST_MS;
      hear.open(true);
    };
    socket.onmessage = ({ data }) => hear.message(JSON.parse(data));
    socket.onclose = () => {
      hear.open(false);
      timer = setTimeout(attempt, wait);
      wait = Math.min(LAST_MS, wait * 2);
    };
  };
  attempt();
  return () => {
    clearTimeout(timer);
    socket.onmessage = null;
    socket.onclose = null;
    if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket.close();
  };
}
