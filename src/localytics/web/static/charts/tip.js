// Tip: what a chart says about the place under the pointer. Made of nodes: the CSP takes no markup
// with styles, and names that apps chose are only ever text.
import { named } from "../format.js";
import { colours } from "./colours.js";

// `rows` are {name, value, colour}; `note` is a last line.
export function tip(title, rows, note) {
  const node = document.createElement("div");
  node.className = "tip";
  add(node, "strong", title);
  for (const { name, value, colour } of rows) {
    const row = add(node, "div", "");
    const swatch = add(row, "i", "");
    swatch.style.setProperty("--swatch", colour ?? "transparent");
    add(row, "span", named(name));
    add(row, "b", value);
  }
  if (note) add(node, "em", note);
  return node;
}

export function tooltip(formatter, trigger = "axis") {
  const { surface, line, ink, font } = colours();
  return {
    trigger,
    formatter,
    confine: true,
    transitionDuration: 0,
    backgroundColor: surface,
    borderColor: line,
    padding: [8, 10],
    textStyle: { color: ink, fontFamily: font, fontSize: 12 },
    axisPointer: { type: "shadow", shadowStyle: { opacity: 0.08 } },
  };
}

function add(parent, kind, text) {
  const child = document.createElement(kind);
  child.textContent = text;
  parent.append(child);
  return child;
}
