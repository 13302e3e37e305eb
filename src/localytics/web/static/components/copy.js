// Copy: a button that puts text on the clipboard and says that it did.
import { html, useEffect, useState } from "../html.js";
import { Icon } from "./icon.js";

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea"); // where the page is not served securely
    field.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

export function CopyButton({ text, label, icon = "link", plain }) {
  const [done, set] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => set(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const act = async () => {
    await copy(typeof text === "function" ? text() : text);
    set(true);
  };
  return html`<button type="button" class=${plain ? "button" : "icon-button"} aria-label=${plain ? undefined : label} title=${label} onClick=${act}>
    <${Icon} name=${done ? "check" : icon} />${plain && (done ? "Copied" : "Copy")}
    <span class="unseen" role="status">${done ? "Copied" : ""}</span>
  </button>`;
}
