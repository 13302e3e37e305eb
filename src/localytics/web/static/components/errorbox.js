// Error box: what went wrong, what helps, and another try where one can help.
import { html } from "../html.js";

export const ErrorBox = ({ error, retry }) => html`<div class="error-box" role="alert">
  <strong>${error.message}</strong>
  ${error.hint && html`<p>${error.hint}</p>`}
  ${!error.final && html`<button type="button" class="button" onClick=${retry}>Try again</button>`}
</div>`;
