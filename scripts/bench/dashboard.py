"""Dashboard: from an address to the first chart, over a store of a million events.

A store is filled with 90 days of believable events, rolled up and served by `localytics serve` as
it is; this machine's own Chromium opens its pages, in a time zone that has clock changes:

- the Overview until the frame with its first chart, in a new browser context (cold), reloaded in
  the same one (warm), and reloaded once more where nothing was stored meanwhile (again), each
  beside the least that takes: an empty page of the same service that draws one chart with the same
  library, opened the same way in the same round; and how much was transferred for it;
- what the Overview asks, one by one over a kept connection;
- every page, wide and narrow: how far it shifts while it loads (CLS), and until all of it is there.

An event is stored before each of these but the third opening, so that no answer is remembered.
Times are medians, of what is asked the 95th percentile of the rounds; other work on the machine
shows in them, less in ratios.
"""

import argparse
import http.client
import re
import shutil
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from listening import service
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from query import filled

PAGES = (
    "overview", "activity", "costs", "models", "projects", "trends",
    "people", "operations", "live", "explorer", "settings",
)  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ZONE = "Europe/Berlin"
WIDTHS = (1280, 375)
AIM_COLD_MS, AIM_WARM_MS, AIM_ASKED_MS, AIM_SHIFT = 1000, 300, 100, 0.05
# `first`: the time since navigation at which the frame with the first chart had been drawn.
_WATCH = """
window.first = new Promise((resolve) => {
    const found = () => requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
    const watch = new MutationObserver(() => {
        if (!document.querySelector("[data-drawn=true]")) return;
        watch.disconnect();
        found();
    });
    watch.observe(document, { subtree: true, childList: true, attributeFilter: ["data-drawn"] });
});
window.shifted = 0;
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
_DRAW_ONE = """async (library) => {
    const echarts = await import(library);
    const box = document.createElement("div");
    box.style.cssText = "width: 600px; height: 240px";
    document.body.append(box);
    const values = Array.from({ length: 30 }, (_, day) => day);
    echarts.init(box).setOption({
        animation: false,
        xAxis: { type: "category", data: values },
        yAxis: {},
        series: [{ type: "bar", data: values }],
    });
    box.dataset.drawn = "true";
}"""
_LOADED = """() => [...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource")].map(({ name, transferSize, responseEnd }) =>
    ({ name, transferSize, responseEnd }))"""


class Opened(NamedTuple):
    """A page that was opened: milliseconds to its first chart, and all that was loaded for it."""

    first: float
    loaded: list[dict[str, Any]]

    @property
    def kilobytes(self) -> float:
        """What came over the wire, answers of the API included."""
        return float(sum(one["transferSize"] for one in self.loaded)) / 1000

    @property
    def answered(self) -> float:
        """When the last answer of the API was here."""
        return max(float(one["responseEnd"]) for one in self.loaded if "/api/" in one["name"])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=1_000_000, help="events in the store")
    arguments.add_argument("--rounds", type=int, default=11, help="of opening the Overview")
    arguments.add_argument("--asked", type=int, default=40, help="rounds of what it asks")
    arguments.add_argument(
        "--folder", type=Path, help="where the store is kept, and found when asked again"
    )
    given = arguments.parse_args()
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        sys.exit("no Chromium: on Debian, apt install chromium")
    with tempfile.TemporaryDirectory(prefix="localytics-bench-") as temporary:
        folder = given.folder or Path(temporary) / "data"
        filled(folder, given.events)
        (folder / "run.json").unlink(missing_ok=True)
        with service(folder) as port, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found)
            url = f"http://127.0.0.1:{port}"
            paths = opened(browser, url, given.rounds)
            asked(url, paths, given.asked)
            shifts(browser, url)
            browser.close()


def opened(browser: Browser, url: str, rounds: int) -> list[str]:
    """Print how long it takes to the first chart; the paths that the Overview asks."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310  (the service)
        library = re.search(r"/ui/[0-9a-f]+/vendor/echarts/[\w.]+\.js", answer.read().decode())
    if library is None:
        sys.exit("the page names no chart library")
    taken: list[tuple[list[Opened], list[Opened]]] = []
    for _ in range(rounds + 1):
        with browser.new_context(timezone_id=ZONE) as context:
            ours = _openings(context, url, "/#/overview")
        with browser.new_context(timezone_id=ZONE) as context:
            taken.append((ours, _openings(context, url, "/healthz", library.group())))
    print(f"the Overview's first chart   rounds {rounds}")
    aims = (("cold", AIM_COLD_MS), ("warm", AIM_WARM_MS), ("again", AIM_WARM_MS))
    for place, (name, aim) in enumerate(aims):
        pairs = [(ours[place], least[place]) for ours, least in taken[1:]]
        last = pairs[-1][0]
        print(
            f"  {name:<5} {median(one.first for one, _ in pairs):>6.0f} ms   (aim: {aim})   "
            f"{median(one.first / least.first for one, least in pairs):.2f} times an empty page "
            f"with one chart ({median(least.first for _, least in pairs):.0f} ms)\n"
            f"        last answer at {median(one.answered for one, _ in pairs):.0f} ms, "
            f"{len(last.loaded)} requests, {last.kilobytes:.0f} kB",
            flush=True,
        )
    names = [one["name"].removeprefix(url) for one in taken[0][0][0].loaded]
    return [name for name in dict.fromkeys(names) if name.startswith("/api/")]


def _openings(context: BrowserContext, url: str, path: str, library: str = "") -> list[Opened]:
    """Opened in a new browser, in the same one after an event, and after none."""
    context.add_init_script(_WATCH)
    page = context.new_page()
    _store_one(url)
    page.goto(url + path, wait_until="commit")
    found = [_measured(page, library)]
    _store_one(url)
    for _ in ("warm", "again"):
        page.reload(wait_until="commit")
        found.append(_measured(page, library))
    return found


def _store_one(url: str) -> None:
    body, kind = b'{"event_type": "bench.stored"}', {"content-type": "application/json"}
    asked = urllib.request.Request(f"{url}/api/v1/events", body, kind)  # noqa: S310
    urllib.request.urlopen(asked).close()  # noqa: S310


def _measured(page: Page, library: str) -> Opened:
    if library:
        page.wait_for_load_state("domcontentloaded")
        page.evaluate(_DRAW_ONE, library)
    first = page.evaluate("window.first")
    if not library:
        _settle(page)
    return Opened(first, page.evaluate(_LOADED))


def _settle(page: Page) -> None:
    """Wait until nothing loads any more."""
    page.locator("main h1").first.wait_for(state="attached")
    expect(page.locator("[aria-busy=true], [data-stale]")).to_have_count(0, timeout=30_000)
    page.wait_for_load_state("networkidle")  # what is asked once the first chart is drawn


def asked(url: str, paths: list[str], rounds: int) -> None:
    """Print how long each answer takes, the slowest first."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))

    def ask(path: str) -> float:
        _store_one(url)
        started = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
        return 1000 * (time.perf_counter() - started)

    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds + 1):
        for path in (*paths, "/healthz"):
            times[path].append(ask(path))
    last = {path: quantiles(found[1:], n=20)[-1] for path, found in times.items()}
    least = last.pop("/healthz")
    print(f"what it asks, p95   rounds {rounds}   (aim: {AIM_ASKED_MS} ms; /healthz {least:.1f})")
    for path, took in sorted(last.items(), key=lambda one: -one[1]):
        print(f"  {took:>6.1f} ms{'  misses' if took > AIM_ASKED_MS else ''}  {path}")
    connection.close()


def shifts(browser: Browser, url: str) -> None:
    """Print how far every page shifts while it loads, and how long that takes."""
    print(f"every page, cold   (aim: CLS {AIM_SHIFT})")
    for page in PAGES:
        told = []
        for width in WIDTHS:
            size: ViewportSize = {"width": width, "height": 900}
            with browser.new_context(timezone_id=ZONE, viewport=size) as context:
                context.add_init_script(_WATCH)
                tab = context.new_page()
                _store_one(url)
                tab.goto(f"{url}/#/{page}", wait_until="commit")
                _settle(tab)
                loaded = max(one["responseEnd"] for one in tab.evaluate(_LOADED))
                shift = tab.evaluate("window.shifted")
                missed = "  misses" if shift > AIM_SHIFT else ""
                told.append(f"{width} px: {shift:.3f}, all here at {loaded:>5.0f} ms{missed}")
        print(f"  {page:<12}{'   '.join(told)}", flush=True)


if __name__ == "__main__":
    main()
