// Shell: header, pages and the bar that all cards share.
import { html, useEffect, useRef } from "../html.js";
import { usePreference } from "../preferences.js";
import { pages } from "../pages/index.js";
import { useView } from "../view.js";
import { Chips } from "./chips.js";
import { CopyButton } from "./copy.js";
import { DemoMenu } from "./demo.js";
import { Icon } from "./icon.js";
import { Compare, RangePicker, ZonePicker } from "./range.js";
import { useEdges } from "./scroll.js";

const NEXT = { auto: "light", light: "dark", dark: "auto" };
const THEMES = { auto: "as the system", light: "light", dark: "dark" };

export function Header({ status, look, onHelp }) {
  const view = useView();
  const tabs = useRef(null);
  useEdges(tabs);
  useEffect(() => {
    tabs.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [view.page]);
  return html`<header class="top"><div class="inside">
    <a class="brand" href=${view.link("overview")}>
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="7" /><path d="M8 24v-7M16 24V8M24 24v-11" /></svg>
      Localytics
    </a>
    <nav class="tabs" aria-label="Pages" ref=${tabs}>
      ${pages.map(({ path, title }) => html`<a key=${path} href=${view.link(path)} aria-current=${view.page === path ? "page" : undefined}>${title}</a>`)}
    </nav>
    <div class="tools">
      <${DemoMenu} status=${status} look=${look} />
      <${CopyButton} text=${() => fullLink(view)} label="Copy a link to what is shown" />
      <${ThemeButton} />
      <button type="button" class="icon-button" aria-label="Help and shortcuts" title="Help and shortcuts (?)" onClick=${onHelp}><${Icon} name="help" /></button>
    </div>
  </div></header>`;
}

// The address with the time zone in it, so that another browser shows the same.
export function fullLink(view) {
  return new URL(view.link(view.page, { ...view.words, tz: view.zone }), location.href).href;
}

export function useTheme() {
  const [theme, set] = usePreference("theme", "auto");
  return { theme, next: () => set(NEXT[theme] === "auto" ? null : NEXT[theme]) };
}

function ThemeButton() {
  const { theme, next } = useTheme();
  const label = `Theme: ${THEMES[theme]}`;
  return html`<button type="button" class="icon-button" aria-label=${label} title=${label} onClick=${next}><${Icon} name=${theme} /></button>`;
}

export function Bar() {
  return html`<section class="bar" aria-label="Range and filters"><div class="inside">
    <${RangePicker} />
    <${Compare} />
    <${Chips} />
    <${ZonePicker} />
  </div></section>`;
}
