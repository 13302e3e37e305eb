// Socket: the events as they are stored, over one connection of the whole browser. The tab that holds
// a lock has it, says what all tabs want to be told of, and relays; when it closes another takes over.
// Where the service goes away, it is tried again more and more rarely.
import { useEffect, useRef, useState } from "../html.js";

const NAME = "localytics.live";
const FIRST_MS = 2_000;
const LAST_MS = 60_000;
const own = Math.random().toString(36).slice(2); // this tab
const hearers = new Set(); // of this tab: {query, open, message}
const others = new Map(); // what other tabs want, known to the one that has the socket
let channel = null;
let socket = null; // {tune, close}, of the tab that has it
let waiting = false; // for its turn to have it
let isOpen = false;

// `filters` narrow what is told; `onMessage({events, dropped})` hears, the oldest event first.
// Returns whether it is open.
export function useSocket(filters, onMessage) {
  const [open, set] = useState(false);
  const latest = useRef(onMessage);
  latest.current = onMessage;
  const query = new URLSearchParams(Object.entries(filters).sort()).toString();
  useEffect(() => {
    const hearer = { query, open: set, message: (message) => latest.current(message) };
    hearers.add(hearer);
    set(isOpen);
    changed();
    return () => {
      hearers.delete(hearer);
      changed();
    };
  }, [query]);
  return open;
}

const wants = () => [...new Set([...hearers].map(({ query }) => query))];
const allWanted = () => [...new Set([wants(), ...others.values()].flat())].sort();

// What this tab wants is another than before.
function changed() {
  channel ??= joined();
  channel.postMessage({ tab: own, wants: wants() });
  if (socket) socket.tune();
  else if (hearers.size && !waiting) {
    waiting = true;
    if (navigator.locks) navigator.locks.request(NAME, lead);
    else lead();
  }
}

// The other tabs. Without locks, which only secure pages have, each has a socket of its own.
function joined() {
  if (!navigator.locks) return { postMessage() {} };
  const joint = new BroadcastChannel(NAME);
  joint.onmessage = ({ data }) => hear(data);
  addEventListener("pagehide", () => joint.postMessage({ tab: own, wants: [] }));
  return joint;
}

function hear(data) {
  if ("wants" in data && socket) {
    if (data.wants.length) others.set(data.tab, data.wants);
    else others.delete(data.tab);
    socket.tune();
    channel.postMessage({ open: isOpen });
  } else if ("asks" in data) channel.postMessage({ tab: own, wants: wants() });
  else if ("open" in data) opened(data.open);
  else if ("message" in data) told(data.message);
}

function opened(open) {
  isOpen = open;
  hearers.forEach((hearer) => hearer.open(open));
}

function told(message) {
  hearers.forEach((hearer) => hearer.query === message.of && hearer.message(message));
}

// Have the socket until no tab wants anything any more.
function lead() {
  waiting = false;
  if (!hearers.size) return null;
  return new Promise((resolve) => {
    others.clear();
    socket = connect(
      (open) => {
        opened(open);
        channel.postMessage({ open });
      },
      (message) => {
        told(message);
        channel.postMessage({ message });
      },
      () => {
        socket = null;
        opened(false);
        resolve();
      },
    );
    channel.postMessage({ asks: true });
    socket.tune();
  });
}

function connect(onOpen, onMessage, onEnd) {
  let connection = null;
  let timer = null;
  let wait = FIRST_MS;
  let said = null; // what the service was told that all tabs want
  const tune = () => {
    const wanted = allWanted();
    if (!wanted.length) end();
    else if (connection.readyState === WebSocket.OPEN && String(said) !== String(wanted)) {
      said = wanted;
      connection.send(JSON.stringify({ listen: wanted }));
    }
  };
  const attempt = () => {
    connection = new WebSocket(`${location.origin.replace("http", "ws")}/api/v1/live`);
    connection.onopen = () => {
      wait = FIRST_MS;
      said = null;
      tune();
      onOpen(true);
    };
    connection.onmessage = ({ data }) => onMessage(JSON.parse(data));
    connection.onclose = () => {
      onOpen(false);
      timer = setTimeout(attempt, wait);
      wait = Math.min(LAST_MS, wait * 2);
    };
  };
  const end = () => {
    clearTimeout(timer);
    connection.onmessage = null;
    connection.onclose = null;
    if (connection.readyState === WebSocket.CONNECTING) connection.onopen = () => connection.close();
    else connection.close();
    onEnd();
  };
  attempt();
  return { tune };
}
