// Stat: one figure, how it moved against the period before (a percentage in points), and its shape over time.
import { html } from "../html.js";
import { change, percent, points } from "../format.js";
import { Sparkline } from "../charts/sparkline.js";
import { ErrorBox } from "./errorbox.js";
import { Icon } from "./icon.js";

const WORDS = { up: "up", down: "down", flat: "", new: "" };

// `answer` holds the figure `of(data)`, `past` that of the period before, where it is compared.
// `good` says which way is good news: "up", "down", or nothing where neither is.
export function Stat({ name, title, answer, past, of, show, exact, good, values, href, hint, compared }) {
  const { data, error, retry, stale } = answer;
  if (error) return html`<div class="stat" data-stat=${name}><h2>${title}</h2><${ErrorBox} error=${error} retry=${retry} /></div>`;
  const value = data ? of(data) : null;
  const moved = data && past ? (show === percent ? points : change)(value, of(past), good) : null;
  const Kind = href ? "a" : "div";
  return html`<${Kind} class="stat" data-stat=${name} href=${href} title=${hint} aria-busy=${String(!data)} data-stale=${stale ? "" : undefined}>
    <h2>${title}</h2>
    ${data
      ? html`<p class="figure" data-unknown=${value == null ? "" : undefined} title=${value == null ? undefined : exact?.(value)}>${show(value)}</p>`
      : html`<p class="figure"><span class="skeleton"></span></p>`}
    <p class="change" data-tone=${moved?.tone}>
      ${moved && (moved.way === "up" || moved.way === "down") && html`<${Icon} name=${moved.way} /><span class="unseen">${WORDS[moved.way]} </span>`}
      ${moved ? html`<span>${moved.text}</span>` : compared ? html`<span>${"\u00a0"}</span>` : null}
      ${moved && moved.way !== "flat" && html`<span class="past">was ${show(of(past))}</span>`}
    </p>
    <${Sparkline} values=${value == null ? [] : (values ?? [])} />
  <//>`;
}
