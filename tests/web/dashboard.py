"""Dashboard: the pages in a browser that must have nothing to complain of, and what they show."""

import re
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Browser, Locator, Page, expect

from tests.service import Service

ZONE = "Europe/Berlin"  # of the browser
# The name of every page, and the cards that it draws charts in. A new page is a row here.
PAGES = {
    "overview": ("timeline", "heatmap"),
    "activity": ("by-type", "heatmap", "calendar"),
    "costs": ("cost-over-time",),
    "models": ("tokens-over-time", "hit-rate"),
    "projects": ("comparison",),
    "trends": ("trend",),
    "people": ("stickiness",),
    "operations": ("errors", "metric"),
    "live": (),
    "explorer": (),
    "settings": (),
}
expect.set_options(timeout=20_000)  # machines may be busy
# A policy that is broken says so in an event; it is made an error that the console tells of.
_TELL = """
addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
window.shifts = [];
new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
        if (hadRecentInput) continue;
        const moved = sources.map(({ node, previousRect: from, currentRect: to }) =>
            `${node?.className || node?.nodeName} ${from.x},${from.y} to ${to.x},${to.y}`);
        window.shifts.push({ value, moved });
    }
}).observe({ type: "layout-shift", buffered: true });
"""


def past_days(first: int, last: int) -> tuple[str, str]:
    """Dates so many days ago: an ended range, whose figures stand still."""
    today = datetime.now(UTC).date()
    return str(today - timedelta(days=first)), str(today - timedelta(days=last))


# An ended range, and the words that ask for the same.
FIRST, LAST = past_days(17, 3)
RANGE = {"from": FIRST, "to": LAST}
ASKED = {"start_date": FIRST, "end_date": past_days(17, 2)[1]}


def money(cost: float | None) -> str:
    if cost is None:
        return "not reported"
    exact = Decimal(str(cost)).quantize(Decimal("1e-6"), ROUND_HALF_UP)
    text = f"{exact:,f}".rstrip("0")
    whole, _, cents = text.partition(".")
    return f"${whole}.{cents:0<2}"


class Dashboard:
    """A browser context of its own. Leaving it fails where the page complained of anything, or
    asked for anything that is not of the service.
    """

    def __init__(self, browser: Browser, service: Service, **context: Any) -> None:
        self.service = service
        self.complaints: list[str] = []
        options = {
            "timezone_id": ZONE,
            "reduced_motion": "reduce",
            "viewport": {"width": 1280, "height": 900},
        }
        self._context = browser.new_context(**options | context)
        self._context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service.url)
        self._context.add_init_script(_TELL)
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._context.on("request", lambda request: self._asked(request.url))

    def open(self, page: str, **words: str) -> None:
        """Open a page by its URL, as one is that was sent by somebody."""
        self.page.goto("about:blank")
        query = urlencode({word.replace("_date", ""): value for word, value in words.items()})
        self.page.goto(f"{self.service.url}/#/{page}{query and '?'}{query}")

    def ask(self, report: str, **words: str) -> dict[str, Any]:
        """What the API answers in the browser's zone."""
        answer = self.service.get(f"/api/v1/analytics/{report}", params={"timezone": ZONE} | words)
        assert answer.status_code == 200, answer.text
        decoded: dict[str, Any] = answer.json()
        return decoded

    def card(self, name: str) -> Locator:
        return self.page.locator(f"[data-card={name}]")

    def stat(self, name: str) -> Locator:
        """The figure of a stat; its title is the exact one."""
        return self.page.locator(f"[data-stat={name}] .figure")

    def drawn(self, page: str) -> None:
        """Wait until every chart of `page` is drawn and nothing loads any more."""
        for card in PAGES[page]:
            self.card(card).locator("[data-drawn=true]").wait_for()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        expect(self.page.locator("[data-stale]")).to_have_count(0)

    def shift(self) -> tuple[float, list[str]]:
        """How far parts of the page have jumped so far, as browsers score it, and which did."""
        shifts = self.page.evaluate("window.shifts")
        return sum(one["value"] for one in shifts), [str(one) for one in shifts]

    def rows(self, card: str) -> list[list[str]]:
        """What the table of a card says, line by line."""
        body = self.card(card).locator("tbody tr")
        body.first.wait_for()
        return [[cell.strip() for cell in row.split("\t")] for row in body.all_inner_texts()]

    def words(self) -> str:
        """What the URL says behind its hash."""
        return str(self.page.evaluate("decodeURIComponent(location.hash)"))

    def close(self) -> None:
        self._context.close()

    def __enter__(self) -> "Dashboard":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
        if kind is None:
            assert not self.complaints, self.complaints

    def _asked(self, url: str) -> None:
        if not re.match(rf"{re.escape(self.service.url)}/|data:|blob:|about:", url):
            self.complaints.append(f"asked for {url}")
