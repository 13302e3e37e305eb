// Ignored: says, once, what of the URL nothing came of, and takes that away.
import { html, useEffect, useState } from "../html.js";
import { useView } from "../view.js";
import { ignored } from "../words.js";

const LONGEST = 60; // of what is shown of a value

export function Ignored({ route, takes }) {
  const view = useView();
  const [, draw] = useState(0);
  useEffect(() => {
    const hear = () => draw((count) => count + 1);
    addEventListener("localytics:doubt", hear);
    return () => removeEventListener("localytics:doubt", hear);
  }, []);
  const found = ignored(route, takes, view);
  if (!found.length) return null;
  const gone = Object.fromEntries(found.filter(({ kept }) => !kept).map(({ name }) => [name, null]));
  const shown = (value) => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
  return html`<div class="notice ignored" role="status">
    <p><b>Ignored in the address:</b> ${found.map(({ name, value, why }, place) => html`${place > 0 && "; "}<code>${name}=${shown(value)}</code> (${why})`)}.</p>
    <button type="button" class="button" onClick=${() => view.set(gone, { replace: true, bare: true })}>Remove from it</button>
  </div>`;
}
