// Card: one answer with its title, in a box of fixed height: skeleton, error with retry, empty,
// chart or table, and its downloads.
import { html, useId, useRef } from "../html.js";
import { urlOf } from "../api.js";
import { PictureContext } from "../charts/chart.js";
import { useView } from "../view.js";
import { ErrorBox } from "./errorbox.js";
import { Icon } from "./icon.js";
import { Menu } from "./menu.js";
import { fileOf, save } from "./picture.js";
import { Table } from "./table.js";

// `answer`: of useAnswer. `children(data, words)`: the chart. `table(data, words)`: what Table takes.
// `source`: [path, words] of the download as CSV. `isEmpty(data)`: whether there is nothing to draw.
// `more`: a link; `tools`: controls beside the title; `height`: of what is in the card, in px.
export function Card({
  name, title, note, answer, height = 240, isEmpty, empty = "Nothing in this range.", table, source,
  picture: drawn = true, more, tools, wide, children,
}) {
  const id = useId();
  const picture = useRef(null);
  const body = useRef(null);
  const view = useView();
  const tables = (view.words.table ?? "").split(",").filter(Boolean);
  const asTable = Boolean(table) && tables.includes(name);
  const turn = () => view.set({ table: (asTable ? tables.filter((one) => one !== name) : [...tables, name]).join(",") });
  const { data, words, stale, error, retry } = answer;
  const nothing = data && isEmpty?.(data);
  const told = error ? null : typeof note === "function" ? data && note(data) : note;
  return html`<section class="card" data-card=${name} data-wide=${wide} aria-labelledby=${id} aria-busy=${String(!data && !error)}>
    <header>
      <div class="titles">
        <h2 id=${id}>${more ? html`<a href=${more}>${title}</a>` : title}</h2>
        <p class="note">${told || "\u00a0"}</p>
      </div>
      <div class="tools">
        ${tools}
        ${table && html`<button type="button" class="icon-button" aria-pressed=${String(asTable)}
          aria-label=${`${title} as a table`} title=${asTable ? "Show the chart" : "Show as a table"} onClick=${turn}
        ><${Icon} name=${asTable ? "chart" : "table"} /></button>`}
        ${source && html`<${Menu} icon="download" label=${`Download ${title}`}>${(close) => html`
          <a class="choice" href=${urlOf(source[0], { ...source[1], format: "csv" })} download=${fileOf(name, view, "csv")} onClick=${close}>Data (CSV)</a>
          ${drawn && html`<button type="button" class="choice" disabled=${asTable || nothing || !data}
            onClick=${() => (picture.current && save(picture.current, body.current, { name, title, window: data.window, view }), close())}>Picture (PNG)</button>`}
        `}<//>`}
      </div>
    </header>
    <div class="body" ref=${body} data-stale=${stale && data && !error ? "" : undefined} style=${{ "--height": height === "auto" ? height : `${height}px` }}>
      ${error
        ? html`<${ErrorBox} error=${error} retry=${retry} />`
        : !data
          ? html`<div class="skeleton"><span class="unseen">Loading</span></div>`
          : nothing
            ? html`<p class="nothing">${empty}</p>`
            : asTable
              ? html`<${Table} name=${name} caption=${title} ...${table(data, words)} />`
              : html`<${PictureContext.Provider} value=${picture}>${children(data, words)}<//>`}
    </div>
  </section>`;
}
