// Table: sortable, by pages, with an action a row. Sorting and page are kept in the URL by `name`.
import { html } from "../html.js";
import { count, named, plural } from "../format.js";
import { useView } from "../view.js";
import { useDoubt } from "../words.js";
import { Scroll } from "./scroll.js";

const PAGE = 50;

// `columns`: [{key, title, show(value, row), align, of(row)}]; numbers stand at the end of the line.
// `action(row)` is what a click does, `actionWord(row)` what that is called, `can(row)` whether there is
// one. `pick` puts a box to tick before each row: {title, has(row), can(row), turn(row), word(row)}.
export function Table({ name, columns, rows, caption, sort = null, action, actionWord, can = () => Boolean(action), pick, size = PAGE }) {
  const view = useView();
  const columnOf = (words) => columns.find(({ key }) => key === words?.replace(/^-/, ""));
  const asked = view.words[`${name}-sort`];
  const order = columnOf(asked) ? asked : sort;
  const column = columnOf(order);
  const by = column?.key;
  const falling = order?.startsWith("-");
  const sorted = column ? [...rows].sort((a, b) => compare(valueOf(column, a), valueOf(column, b), falling)) : rows;
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(pages, Math.max(1, Math.trunc(view.words[`${name}-page`]) || 1));
  useDoubt(`${name}-sort`, asked && !columnOf(asked) ? "no column of this table" : null);
  useDoubt(`${name}-page`, view.words[`${name}-page`] > pages ? `this table has ${plural(pages, "page")}` : null);
  const turn = (to) => view.set({ [`${name}-page`]: to === 1 ? null : to });
  const shown = sorted.slice((page - 1) * size, page * size);
  return html`<${Scroll} label=${`Table: ${caption}`}>
      <table style=${{ "--rows": shown.length }}>
        <caption class="unseen">${caption}</caption>
        <thead><tr>
          ${pick && html`<th scope="col" class="tick">${pick.title}</th>`}
          ${columns.map(
            ({ key, title, align }) => html`<th
              key=${key} scope="col" class=${align} aria-sort=${by === key ? (falling ? "descending" : "ascending") : undefined}
            ><button type="button" onClick=${() =>
              view.set({ [`${name}-sort`]: by === key && falling ? key : `-${key}`, [`${name}-page`]: null })}
            >${named(title)}<span class="arrow" aria-hidden="true">${by === key ? (falling ? "↓" : "↑") : ""}</span></button></th>`,
          )}
        </tr></thead>
        <tbody>
          ${shown.map((row, place) => html`<tr key=${row.key ?? place} data-acts=${can(row) ? "" : undefined}
            onClick=${can(row) && ((event) => event.target.closest("button, .tick") || action(row))}>
            ${pick && html`<td class="tick"><label><input type="checkbox" aria-label=${pick.word(row)}
              checked=${pick.has(row)} disabled=${!pick.can(row)} onChange=${() => pick.turn(row)} /></label></td>`}
            ${columns.map(({ show, ...column }, at) => {
              const value = valueOf(column, row);
              const text = named(show ? show(value, row) : value);
              return html`<td key=${column.key} class=${column.align}>${at === 0 && can(row)
                ? html`<button type="button" class="row-button" title=${actionWord?.(row)} onClick=${() => action(row)}>${text}</button>`
                : text}</td>`;
            })}
          </tr>`)}
        </tbody>
      </table>
    <//>
    ${pages > 1 && html`<nav class="pages" aria-label=${`Pages of ${caption}`}>
      <button type="button" class="button" disabled=${page === 1} onClick=${() => turn(page - 1)}>Back</button>
      <span>${count((page - 1) * size + 1)}–${count(Math.min(rows.length, page * size))} of ${count(rows.length)}</span>
      <button type="button" class="button" disabled=${page === pages} onClick=${() => turn(page + 1)}>Next</button>
    </nav>`}`;
}

const valueOf = (column, row) => (column.of ? column.of(row) : row[column.key]);

function compare(a, b, falling) {
  if (a == null || b == null) return (a == null) - (b == null); // unknown is last either way
  const order = typeof a === "string" ? a.localeCompare(b) : a - b;
  return falling ? -order : order;
}
