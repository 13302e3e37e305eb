// Facts: names and what they are, line by line.
import { html } from "../html.js";

export const ROW = 33; // px

// `rows`: [[name, value, title], …]; what is null or false is left out.
export const Facts = ({ rows, children }) => html`<div class="facts">
  <dl>${rows.filter(Boolean).map(([name, value, title]) => html`<div key=${name} title=${title}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  ${children}
</div>`;
