// Icon: small line drawings, named; they always stand beside words or in a labelled button.
import { html } from "../html.js";

const PATHS = {
  table: "M3 5h14v10H3zM3 8.5h14M8 8.5V15",
  chart: "M4 16V9M8.5 16V4M13 16v-5M17 16H3",
  download: "M10 3.5v8.5M6.5 8.5 10 12l3.5-3.5M4 16h12",
  link: "M8.5 11.5a3 3 0 0 0 4.2 0l2.6-2.6a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-2.6 2.6a3 3 0 0 0 4.2 4.2l1-1",
  copy: "M7.5 7.5h9v9h-9zM12.5 7V3.5h-9v9H7",
  check: "M4.5 10.5 8.5 14.5 16 6.5",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  filter: "M3.5 5h13M6 10h8M8.5 15h3",
  help: "M7.8 7.6a2.3 2.3 0 1 1 3.4 2c-.8.5-1.2.9-1.2 1.9M10 14.4v.1",
  light: "M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4zM10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1",
  dark: "M15.8 12.2A6.5 6.5 0 0 1 7.8 4.2a6.5 6.5 0 1 0 8 8z",
  auto: "M10 3.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM10 3.5v13M10 6.5h4.6M10 10h6.4M10 13.5h4.6",
  up: "M10 15.5v-11M5.5 9 10 4.5 14.5 9",
  down: "M10 4.5v11M5.5 11l4.5 4.5 4.5-4.5",
  compare: "M3 13.5 7 9l3 2.5 6-6.5M3 17h14",
  calendar: "M3.5 5.5h13v11h-13zM3.5 9h13M7 3.5v3M13 3.5v3",
};

export const Icon = ({ name }) => html`<svg
  class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false"
><path d=${PATHS[name]} /></svg>`;
