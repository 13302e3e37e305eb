// Menu: a button that opens a small panel; it closes on Escape, outside and when something is chosen.
import { html, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { Icon } from "./icon.js";

const MARGIN = 8; // px between a panel and the edge of the screen

// `children(close)` is what is in the panel.
export function Menu({ icon, label, text, align = "end", children }) {
  const [open, set] = useState(false);
  const box = useRef(null);
  const button = useRef(null);
  const id = useId();
  const panel = useRef(null);
  useLayoutEffect(() => { // before it is painted, so that no Escape goes past it
    if (!open) return undefined;
    const { left, right } = panel.current.getBoundingClientRect();
    const beyond = Math.max(0, right + MARGIN - document.documentElement.clientWidth);
    panel.current.style.setProperty("--aside", `${beyond ? -beyond : Math.max(0, MARGIN - left)}px`);
    const outside = (event) => box.current?.contains(event.target) || set(false);
    const escape = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      set(false);
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    box.current.addEventListener("keydown", escape);
    const node = box.current;
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      node.removeEventListener("keydown", escape);
    };
  }, [open]);
  const close = () => {
    set(false);
    button.current?.focus();
  };
  return html`<div class="menu" ref=${box}>
    <button ref=${button} type="button" class=${text ? "button" : "icon-button"} aria-label=${label} title=${label}
      aria-expanded=${String(open)} aria-controls=${id} onClick=${() => set(!open)}
    >${icon && html`<${Icon} name=${icon} />`}${text}</button>
    ${open && html`<div ref=${panel} class="panel" id=${id} data-align=${align}>${children(close)}</div>`}
  </div>`;
}
