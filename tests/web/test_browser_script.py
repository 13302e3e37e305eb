"""The browser script in a real Chromium: what was done in a page is what is stored."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from playwright.sync_api import Browser, Page, Route

from localytics.web.script import PATH
from tests.browser import Site
from tests.service import Service

PAGE = """<!doctype html><title>Shop</title>
<script defer src="{service}/js/localytics.js" data-source="shop" data-user-id="ada"></script>
<button id="buy" data-localytics-event="buy"><b>Buy</b></button>
<button id="other">Other</button>
<a href="/next">Next</a>"""
COUNT_BEACONS = """
const send = navigator.sendBeacon;
navigator.sendBeacon = (...given) => {
    sessionStorage.beacons = Number(sessionStorage.beacons || 0) + 1;
    return send.apply(navigator, given);
};"""
# As a service would that takes a body as a whole, or not at all.
REFUSE_BAD = """() => {
    window.bodies = [];
    const original = fetch;
    window.fetch = async (url, options) => {
        const names = JSON.parse(options.body).map((event) => event.event_type);
        bodies.push(names);
        return names.includes("bad") ? {status: 400} : original(url, options);
    };
}"""
COLUMNS = (
    "event_type, id, source, user_id, session_id, category, severity, status, is_error, endpoint, "
    "error_message, value, metadata"
)
Row = dict[str, Any]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def tracked(site: Site, tmp_path: Path) -> Iterator[Service]:
    """A service that takes events from the pages of `site`."""
    allowed = {"LOCALYTICS_SERVER__ALLOWED_ORIGINS": site.url}
    with Service(tmp_path / "data", allowed) as service:
        site.page = PAGE.format(service=service.url)
        yield service


def stored(service: Service) -> list[Row]:
    """Every event, in the order things happened; the service is stopped for it."""
    service.stop()
    with duckdb.connect(str(service.file), read_only=True) as connection:
        answer = connection.execute(f"select {COLUMNS} from events order by timestamp, seq")
        names = [column[0] for column in answer.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
    for row in rows:
        row["metadata"] = httpx.Response(200, text=row["metadata"] or "{}").json()
    return rows


def opened(browser: Browser, url: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(url)
    page.wait_for_function("window.localytics")
    return page


def test_page_views_clicks_errors_and_own_events_arrive(
    browser: Browser, site: Site, tracked: Service
) -> None:
    page = opened(browser, f"{site.url}/start?token=secret#part")
    page.evaluate("history.pushState({}, '', '/cart?step=1')")
    page.evaluate("history.replaceState({}, '', '/cart?step=2')")  # the same page
    page.click("#buy b")
    page.click("#other")
    page.evaluate("setTimeout(() => { throw new TypeError('thrown on purpose') })")
    page.evaluate("void Promise.reject(new Error('never handled'))")
    page.evaluate("localytics.track('cart.filled', {items: 3}, {value: 59.9, user_id: 'bob'})")
    tracked.eventually_holds(6)
    page.evaluate("localytics.track('page.left')")
    page.goto("about:blank")
    tracked.eventually_holds(7)
    page.context.close()

    rows = stored(tracked)
    assert Counter((row["event_type"], row["category"]) for row in rows) == {
        ("user.activity", "page_view"): 2,
        ("user.activity", "click"): 1,
        ("error.reported", "frontend"): 2,
        ("cart.filled", None): 1,
        ("page.left", None): 1,
    }
    assert {row["source"] for row in rows} == {"shop"}
    assert len({row["session_id"] for row in rows}) == 1
    assert len({row["id"] for row in rows}) == len(rows)
    start, cart = (row for row in rows if row["category"] == "page_view")
    assert start["endpoint"] == "/start"
    assert start["metadata"]["page_url"] == f"{site.url}/start"
    assert start["metadata"]["extra_data"]["title"] == "Shop"
    assert cart["endpoint"] == "/cart"
    assert "secret" not in str(rows)
    (click,) = (row for row in rows if row["category"] == "click")
    assert (click["metadata"]["element_id"], click["endpoint"]) == ("buy", "/cart")
    errors = {row["error_message"]: row for row in rows if row["is_error"]}
    assert set(errors) == {"Uncaught TypeError: thrown on purpose", "never handled"}
    for row in errors.values():
        assert (row["severity"], row["status"], row["endpoint"]) == ("error", "open", "/cart")
        assert "Error: " in row["metadata"]["stack_trace"]
    (own,) = (row for row in rows if row["event_type"] == "cart.filled")
    assert (own["user_id"], own["value"], own["metadata"]) == ("bob", 59.9, {"items": 3})
    assert start["user_id"] == "ada"


def test_what_could_not_be_sent_is_sent_again_and_counts_once(
    browser: Browser, site: Site, tracked: Service
) -> None:
    page = opened(browser, f"{site.url}/a")
    tracked.eventually_holds(1)
    tracked.stop()
    with page.expect_event("requestfailed"):
        page.evaluate("localytics.track('while.away', {n: 1})")
    page.evaluate("localytics.track('while.away', {n: 2})")
    tracked.start()
    tracked.eventually_holds(3)

    lost = []

    def lose(route: Route) -> None:
        """Take the request to the service, and keep its answer from the page."""
        route.fetch()
        lost.append(route)
        route.abort()

    events = f"{tracked.url}/api/v1/events"
    page.context.route(events, lose)
    with page.expect_event("requestfailed"):
        page.evaluate("localytics.track('answer.lost')")
    tracked.eventually_holds(4)
    page.context.unroute(events, lose)
    with page.expect_response(lambda one: one.url == events and one.request.method == "POST") as it:
        page.goto(f"{site.url}/b")  # what had no answer goes along to the next page
    assert lost
    assert it.value.ok
    tracked.eventually_holds(5)
    page.context.close()
    names = Counter(row["event_type"] for row in stored(tracked))
    assert names == {"user.activity": 2, "while.away": 2, "answer.lost": 1}


def test_a_page_of_the_services_own_origin_leaves_with_a_beacon(
    browser: Browser, tracked: Service
) -> None:
    page = browser.new_context().new_page()
    body = PAGE.format(service=tracked.url)
    page.route(
        f"{tracked.url}/shop", lambda route: route.fulfill(body=body, content_type="text/html")
    )
    page.add_init_script(COUNT_BEACONS)
    kinds: list[str] = []
    page.on("request", lambda request: kinds.append(request.resource_type))
    page.goto(f"{tracked.url}/shop")
    tracked.eventually_holds(1)
    # Left before its time to be sent comes, however slow the machine.
    page.evaluate("window.setTimeout = () => 0; localytics.track('page.left')")
    page.goto(f"{tracked.url}/healthz")  # of the same origin, so that it sees what was counted
    assert page.evaluate("sessionStorage.beacons") == "1"
    assert kinds.count("fetch") == 1  # of the page view
    tracked.eventually_holds(2)
    page.context.close()


def test_of_what_is_refused_only_the_bad_is_lost_and_texts_are_made_to_fit(
    browser: Browser, site: Site, tracked: Service
) -> None:
    page = opened(browser, f"{site.url}/a?token=secret#secret")
    tracked.eventually_holds(1)
    page.evaluate(
        """() => {
            const {track} = localytics;
            track('bad.0', {}, {duration_ms: -1});
            track('bad.1', {}, {colour: 'red'});
        }"""
    )
    tracked.eventually_holds(1)
    page.evaluate(
        """() => {
            const {track} = localytics;
            track('halves', {'\\ud800': '\\udc00 \\0 \\\\ud800 😀'}, {user_id: '\\ud83d'});
            const long = {source: 's'.repeat(199) + '😀', error_message: 'm'.repeat(3000)};
            track('e'.repeat(300), {}, long);
            const said = 'no https://x.example/y?token=secret here /z#secret';
            setTimeout(() => { throw new Error(said) });
        }"""
    )
    tracked.eventually_holds(4)
    page.context.close()
    rows = {row["event_type"]: row for row in stored(tracked)}
    assert rows["halves"]["metadata"] == {"\ufffd": "\ufffd \ufffd \\ud800 😀"}
    assert rows["halves"]["user_id"] == "\ufffd"
    assert rows["e" * 200]["source"] == "s" * 199 + "\ufffd"
    assert rows["e" * 200]["error_message"] == "m" * 2000
    error = rows["error.reported"]
    assert error["error_message"] == "Uncaught Error: no https://x.example/y here /z"
    assert f"{site.url}/a:" in error["metadata"]["stack_trace"] or "<anonymous>" in str(error)
    assert "secret" not in str(rows)


def test_a_batch_that_is_refused_is_sent_one_by_one(
    browser: Browser, site: Site, tracked: Service
) -> None:
    page = opened(browser, f"{site.url}/a")
    tracked.eventually_holds(1)
    page.evaluate(REFUSE_BAD)
    page.evaluate("for (const name of ['a', 'bad', 'b']) localytics.track(name)")
    tracked.eventually_holds(3)
    page.evaluate("localytics.track('c'); localytics.track('d')")
    tracked.eventually_holds(5)
    bodies = page.evaluate("bodies")
    page.context.close()
    assert bodies == [["a", "bad", "b"], ["a"], ["bad"], ["b"], ["c", "d"]]


@pytest.mark.parametrize(
    "refusal",
    [
        "Object.defineProperty(navigator, 'doNotTrack', {value: '1'})",
        "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})",
    ],
)
def test_who_does_not_want_to_be_tracked_is_not(
    browser: Browser, site: Site, tracked: Service, refusal: str
) -> None:
    page = browser.new_context().new_page()
    page.add_init_script(refusal)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(site.url)
    page.wait_for_function("window.localytics")
    page.evaluate("localytics.track('own.event')")
    page.click("#buy")
    page.goto("about:blank")
    assert [url for url in sent if "/api/" in url] == []
    assert f"{tracked.url}{PATH}" in sent
    page.context.close()
    assert stored(tracked) == []


def test_nothing_that_goes_wrong_is_felt_in_the_page(
    browser: Browser, site: Site, tracked: Service
) -> None:
    page = browser.new_context().new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', {get() { throw new Error('none') }})"
    )
    felt: list[str] = []
    page.on("pageerror", lambda error: felt.append(str(error)))
    page.goto(site.url)
    page.wait_for_function("window.localytics")
    page.evaluate("const round = {}; round.again = round; localytics.track('a', round)")
    page.evaluate("localytics.track('b', {n: 1n}); localytics.track(); localytics.track('c', 'd')")
    page.evaluate("document.dispatchEvent(new Event('click'))")
    page.evaluate("window.dispatchEvent(new ErrorEvent('error'))")
    page.evaluate("localytics.track('good')")
    tracked.eventually_holds(3)  # the page view, the empty error, and the good one
    page.context.close()
    assert felt == []
    assert [row["event_type"] for row in stored(tracked)] == [
        "user.activity",
        "error.reported",
        "good",
    ]


def test_a_page_of_a_foreign_origin_gets_nothing(browser: Browser, service: Service) -> None:
    with Site() as foreign:
        foreign.page = PAGE.format(service=service.url)
        page = browser.new_context().new_page()
        with page.expect_event("requestfailed") as refused:
            page.goto(foreign.url)
        assert refused.value.url == service.url + PATH
        assert page.evaluate("window.localytics === undefined")
        page.context.close()
    assert stored(service) == []
