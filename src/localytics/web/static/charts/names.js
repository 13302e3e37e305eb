// Names: their colours. A name keeps the one in which this browser drew it first, on all cards and
// pages and in any range, unless another that is drawn beside it has that as well.
const COLOURS = [1, 2, 3, 4, 5];
const KEPT = 200; // names of a kind
const PREFIX = "localytics.colours.";

// The numbers of the colours of the first five of `names`, "rest" for the others, by name. `kind`:
// what they are names of.
export function slotsOf(kind, names) {
  const kept = read(kind);
  const slots = new Map(names.map((name) => [name, "rest"]));
  const drawn = names.slice(0, COLOURS.length);
  const free = new Set(COLOURS);
  const give = (name, slot) => free.delete(slot) && slots.set(name, slot);
  drawn.forEach((name) => give(name, kept.get(name)));
  const others = drawn.filter((name) => slots.get(name) === "rest");
  others.forEach((name) => give(name, free.values().next().value));
  const fresh = others.filter((name) => !kept.has(name)).map((name) => [name, slots.get(name)]);
  if (fresh.length) write(kind, [...kept, ...fresh].slice(-KEPT));
  return slots;
}

const known = new Map(); // what was read, by kind

function read(kind) {
  if (!known.has(kind)) {
    try {
      known.set(kind, new Map(JSON.parse(localStorage.getItem(PREFIX + kind))));
    } catch {
      known.set(kind, new Map()); // forbidden here, or not ours
    }
  }
  return known.get(kind);
}

function write(kind, pairs) {
  known.set(kind, new Map(pairs));
  try {
    localStorage.setItem(PREFIX + kind, JSON.stringify(pairs));
  } catch {
    return; // then for as long as the page is open
  }
}

// `parts` of a whole, as Shares take them, in the colours of their names.
export function coloured(kind, parts) {
  const keyOf = ({ id, name }) => id ?? name;
  const slots = slotsOf(kind, parts.map(keyOf));
  return parts.map((part) => ({ ...part, slot: slots.get(keyOf(part)) }));
}
