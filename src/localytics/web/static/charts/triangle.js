// Triangle: of the newcomers of each period, the share that was there in each later one.
import { html } from "../html.js";
import { Scroll } from "../components/scroll.js";
import * as format from "../format.js";

const DEEPEST = 0.45; // of the colour behind 100 %: text on it stays readable

export function Triangle({ data }) {
  const rows = data.cohorts.filter(({ size }) => size);
  const most = Math.max(0, ...rows.map(({ periods }) => periods.filter(Boolean).length));
  const numbers = Array.from({ length: most }, (_, place) => place + 1);
  return html`<${Scroll} kind="triangle" label="Table: Who comes back"><table style=${{ "--rows": rows.length + 1 }}>
    <caption class="unseen">Percentages of newcomers that were there in later ${data.period}s</caption>
    <thead><tr><th scope="col"><span>First ${data.period}</span></th><th scope="col" class="end"><span>People</span></th>
      ${numbers.map((number) => html`<th key=${number} scope="col" class="cell"><span aria-label=${`${data.period} ${number} after it`}>+${number}</span></th>`)}</tr></thead>
    <tbody>
      ${rows.map((cohort) => html`<tr key=${cohort.start}>
        <th scope="row">${nameOf(cohort, data.period)}</th><td class="end">${format.count(cohort.size)}</td>
        ${numbers.map((number) => html`<${Cell} key=${number} one=${cohort.periods[number - 1]} size=${cohort.size} period=${data.period} />`)}
      </tr>`)}
      <tr class="mean"><th scope="row">All, weighted</th><td class="end">${format.count(data.total_users)}</td>
        ${numbers.map((number) => html`<${Cell} key=${number} one=${meanOf(data.average[number - 1])} size=${data.average[number - 1]?.users} period=${data.period} />`)}</tr>
    </tbody>
  </table><//>`;
}

const meanOf = (one) => one && { ...one, users: one.returned, unfinished: false };

function Cell({ one, size, period }) {
  if (!one || one.percentage == null) return html`<td class="cell"></td>`;
  const title = `${format.count(one.users)} of ${format.count(size)}${one.unfinished ? `, this ${period} has not ended` : ""}`;
  return html`<td class="cell" title=${title} data-open=${one.unfinished ? "" : undefined} style=${{ "--share": `${one.percentage * DEEPEST}%` }}>${Math.round(one.percentage)}%</td>`;
}

const nameOf = ({ start, unfinished }, period) => `${period === "month" ? format.bucketLabel(start, period) : format.dayOf(start)}${unfinished ? ", so far" : ""}`;

export function triangleTable(data) {
  const longest = Math.max(0, ...data.cohorts.map(({ periods }) => periods.filter(Boolean).length));
  return {
    rows: data.cohorts.map((cohort) => ({ ...cohort, key: cohort.start })),
    columns: [
      { key: "start", title: `First ${data.period}`, show: (_, row) => nameOf(row, data.period) },
      { key: "size", title: "People", align: "end", show: format.count },
      ...Array.from({ length: longest }, (_, place) => ({ key: `after-${place + 1}`, title: `+${place + 1}`, align: "end", of: ({ periods }) => periods[place]?.users, show: format.count })),
    ],
  };
}
