// Dialog: a window over the page, closed by Escape, by its button, or by a click beside it.
import { html, useEffect, useId, useRef } from "../html.js";
import { Icon } from "./icon.js";

export function Dialog({ title, onClose, children }) {
  const box = useRef(null);
  const id = useId();
  useEffect(() => box.current.showModal(), []);
  return html`<dialog ref=${box} aria-labelledby=${id} onClose=${onClose}
    onClick=${(event) => event.target === box.current && box.current.close()}
  >
    <div class="dialog">
      <header>
        <h2 id=${id}>${title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick=${() => box.current.close()}>
          <${Icon} name="close" />
        </button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
