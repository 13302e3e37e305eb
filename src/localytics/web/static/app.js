// App: the dashboard's start: the shell around the page that the URL names.
import { html, render, useEffect, useMemo, useRef, useState } from "./html.js";
import { load } from "./charts/chart.js";
import { copy } from "./components/copy.js";
import { Empty } from "./components/empty.js";
import { Help } from "./components/help.js";
import { Ignored } from "./components/ignored.js";
import { Bar, Header, fullLink, useTheme } from "./components/shell.js";
import { useShortcuts } from "./components/shortcuts.js";
import { useStatus } from "./components/status.js";
import { readIn } from "./format.js";
import { pages } from "./pages/index.js";
import { usePreference } from "./preferences.js";
import { useRoute } from "./router.js";
import { RANGES, ViewContext, viewOf } from "./view.js";

function App() {
  const route = useRoute();
  const { status, unreachable, look } = useStatus();
  const [zone] = usePreference("zone", "");
  const oldest = status?.oldest;
  const view = useMemo(() => viewOf(route, status), [route, oldest, zone]);
  readIn(view.zone);
  const [help, setHelp] = useState(false);
  const [filling, setFilling] = useState(false);
  const { next } = useTheme();
  const page = pages.find(({ path }) => path === view.page);

  useEffect(() => {
    document.title = `${page?.title ?? "Not found"} · Localytics`;
  }, [page]);

  const shown = useRef(view.page);
  useEffect(() => {
    if (shown.current !== view.page) scrollTo(0, 0);
    shown.current = view.page;
  }, [view.page]);

  const ranges = Object.keys(RANGES);
  useShortcuts({
    "?": () => setHelp(true),
    Escape: view.clear,
    r: () => view.set({ range: ranges[(ranges.indexOf(view.range) + 1) % ranges.length], from: null, to: null }),
    c: () => view.set({ compare: view.compare ? "off" : null }),
    f: () => document.querySelector(".chips .menu > button")?.click(),
    l: () => copy(fullLink(view)),
    t: next,
    ...Object.fromEntries(pages.map(({ path }, place) => [String(place + 1), () => view.open(path)])),
  });

  const empty = status && (status.events === 0 || filling);
  return html`<${ViewContext.Provider} value=${view}>
    <a class="skip" href="#main" onClick=${skip}>Skip to the page</a>
    <${Header} status=${filling ? null : status} look=${look} onHelp=${() => setHelp(true)} />
    ${!empty && page && !page.bare && html`<${Bar} />`}
    <main id="main" tabindex="-1" class="inside">
      ${unreachable && html`<p class="notice" role="status"><span><b>The service does not answer.</b> Trying again…</span></p>`}
      ${page && html`<${Ignored} route=${route} takes=${page.takes} />`}
      ${empty && !page?.bare
        ? html`<${Empty} filling=${filling} setFilling=${setFilling} look=${look} />`
        : page
          ? html`<h1 class="unseen">${page.title}</h1><${page.Page} key=${page.path} status=${status} look=${look} />`
          : html`<section class="empty"><h1>There is no such page</h1><p><a href=${view.link("overview")}>To the overview</a></p></section>`}
    </main>
    <footer class="inside foot">
      <span>Localytics ${status?.version}</span><span>Times in ${view.zone}</span><a href="/docs">API</a>
    </footer>
    ${help && html`<${Help} onClose=${() => setHelp(false)} />`}
  <//>`;
}

function skip(event) {
  event.preventDefault(); // the hash is the router's
  document.getElementById("main").focus();
}

render(html`<${App} />`, document.getElementById("app"));
load(); // the charts, while the first answers are on their way
