"""The dashboard in a real Chromium: clicks and keys ask for more, and trouble is told."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Route, expect

from tests.pictures import picture
from tests.service import Service
from tests.web.dashboard import ASKED, FIRST, LAST, PAGES, RANGE, ZONE, Dashboard


def test_clicks_filter_and_chips_take_that_back(dashboard: Dashboard) -> None:
    dashboard.open("overview", **RANGE)
    dashboard.card("top-projects").get_by_role("button", name="website").click()
    dashboard.card("cost-by-model").get_by_role("button", name="claude-opus-4-6").click()
    assert "project_id=website" in dashboard.words()
    narrowed = dashboard.ask("summary", **ASKED, project_id="website", model="claude-opus-4-6")
    messages = dashboard.stat("messages")
    expect(messages).to_have_attribute("title", f"{narrowed['total_messages']:,}")
    dashboard.page.get_by_role("button", name="Remove the filter model").click()
    wider = dashboard.ask("summary", **ASKED, project_id="website")
    expect(messages).to_have_attribute("title", f"{wider['total_messages']:,}")
    dashboard.page.get_by_role("link", name="Costs", exact=True).click()
    costs = dashboard.ask("costs", **ASKED, project_id="website")
    expect(dashboard.stat("total-cost")).to_have_text(f"${costs['total_cost']:,.2f}")
    dashboard.page.keyboard.press("Escape")
    everything = dashboard.ask("costs", **ASKED)
    expect(dashboard.stat("total-cost")).to_have_text(f"${everything['total_cost']:,.2f}")
    dashboard.page.get_by_role("button", name="Add a filter").click()
    dashboard.page.get_by_label("Field").select_option("user")
    dashboard.page.get_by_label("is", exact=True).fill("grete")
    dashboard.page.keyboard.press("Enter")
    own = dashboard.ask("costs", **ASKED, user_id="grete")
    expect(dashboard.stat("total-cost")).to_have_text(f"${own['total_cost']:.3g}")


def test_dragging_zooms_in_and_back_zooms_out(dashboard: Dashboard) -> None:
    dashboard.open("activity", **RANGE)
    dashboard.drawn("activity")
    box = dashboard.card("by-type").locator("canvas").bounding_box()
    assert box is not None
    mouse, middle = dashboard.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] * 0.5, middle)
    mouse.down()
    mouse.move(box["x"] + box["width"] * 0.7, middle, steps=3)
    mouse.up()
    expect(dashboard.page.get_by_role("button", name="Choose the dates")).not_to_contain_text(FIRST)
    zoomed = dict(word.split("=") for word in dashboard.words().partition("?")[2].split("&"))
    assert FIRST < zoomed["from"] < zoomed["to"] < LAST
    dashboard.page.go_back()
    expect(dashboard.page.get_by_role("button", name="Choose the dates")).to_contain_text(FIRST)
    note = dashboard.card("by-type").locator(".note")
    count = dashboard.ask("summary", **ASKED)["total_events"]
    expect(note).to_contain_text(f"{count:,} events")


def test_a_name_has_one_colour_and_a_legend_shows_it_alone(dashboard: Dashboard) -> None:
    def colours() -> dict[str, str]:
        """Of the models in the legend and in the list, by what their class and style say."""
        bars = dashboard.card("cost-by-model").locator("li button")
        found = {
            one.locator(".name").inner_text(): str(one.locator(".bar").get_attribute("style"))
            for one in bars.all()
        }
        for key in dashboard.card("cost-over-time").locator("button.key").all():
            slot = str(key.locator("i").get_attribute("class")).rpartition("series-")[2]
            assert f"var(--series-{slot})" in found.get(key.inner_text(), f"var(--series-{slot})")
        return {name: style.rpartition("--colour")[2] for name, style in found.items()}

    dashboard.open("costs", **RANGE)
    dashboard.drawn("costs")
    before = colours()
    assert len(set(before.values())) > 2
    dashboard.open("costs", **RANGE, user_id="grete")  # other models are the dearest
    dashboard.drawn("costs")
    after = colours()
    assert after == {name: before[name] for name in after}
    dashboard.open("costs", **RANGE)
    key = dashboard.card("cost-over-time").get_by_role("button", name="gpt-5", exact=True)
    key.click()
    expect(key).to_have_attribute("aria-pressed", "true")
    expect(dashboard.card("cost-over-time").locator("[data-faded]").first).to_be_visible()
    key.click()
    expect(dashboard.card("cost-over-time").locator("[data-faded]")).to_have_count(0)


def test_the_url_is_the_state(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.goto(dashboard.service.url)
    tabs = page.get_by_role("navigation", name="Pages").get_by_role("link")
    assert [tab.get_attribute("href") for tab in tabs.all()] == [f"#/{path}" for path in PAGES]
    pressed = page.get_by_role("group", name="Range", exact=True).locator("[aria-pressed=true]")
    expect(pressed).to_have_text("30d")
    page.get_by_role("button", name="last 7 days").click()
    page.get_by_role("switch", name="Compare").uncheck()
    page.get_by_label("Time zone").select_option("Asia/Tokyo")
    page.get_by_role("link", name="Costs", exact=True).click()
    page.get_by_role("button", name="Week", exact=True).click()
    page.get_by_role("button", name="By model as a table").click()
    page.locator("[data-card=cost-by-model] th button", has_text="Model").click()
    words = dashboard.words()
    assert words == (
        "#/costs?range=7d&compare=off&tz=Asia/Tokyo&by=week&table=cost-by-model"
        "&cost-by-model-sort=-name"
    )
    names = [row[0] for row in dashboard.rows("cost-by-model")]
    assert names == sorted(names, reverse=True)
    page.reload()
    assert dashboard.words() == words
    expect(pressed).to_have_text("7d")
    expect(page.get_by_role("switch", name="Compare")).not_to_be_checked()
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")
    expect(page.locator("footer")).to_contain_text("Times in Asia/Tokyo")
    assert [row[0] for row in dashboard.rows("cost-by-model")] == names
    for _ in range(3):
        page.go_back()
    expect(page).to_have_title("Costs · Localytics")
    page.go_back()
    expect(page).to_have_title("Overview · Localytics")
    page.get_by_role("button", name="Copy a link").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{dashboard.service.url}/#/overview?range=7d&compare=off&tz=Asia/Tokyo"


def test_everything_is_within_reach_of_the_keyboard(dashboard: Dashboard) -> None:
    page, keyboard = dashboard.page, dashboard.page.keyboard
    dashboard.open("overview")
    dashboard.drawn("overview")

    def tab_to(name: str) -> None:
        for _ in range(40):
            keyboard.press("Tab")
            focus = page.locator(":focus")
            if name in (focus.get_attribute("aria-label") or focus.inner_text()):
                return
        raise AssertionError(f"{name} is out of reach")

    tab_to("Skip")
    tab_to("Activity")
    keyboard.press("Enter")
    expect(page).to_have_title("Activity · Localytics")
    tab_to("last 90 days")
    keyboard.press("Space")
    assert dashboard.words() == "#/activity?range=90d"
    tab_to("Choose the dates")
    keyboard.press("Enter")
    expect(page.get_by_role("button", name="Last month")).to_be_visible()
    keyboard.press("Escape")
    expect(page.get_by_role("button", name="Last month")).to_have_count(0)
    keyboard.press("3")
    expect(page).to_have_title("Costs · Localytics")
    keyboard.press("r")
    assert dashboard.words() == "#/costs?range=1y"
    keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Clear all filters")
    page.get_by_role("switch", name="Use shortcuts").uncheck()
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keyboard.press("1")
    expect(page).to_have_title("Costs · Localytics")


def test_a_card_that_fails_says_so_alone_and_tries_again(dashboard: Dashboard) -> None:
    asked = "**/api/v1/analytics/costs?*"
    refusal = '{"error": {"code": "busy", "message": "Too busy", "hint": "Wait a little."}}'

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body=refusal, content_type="application/json")

    dashboard.page.route(asked, refuse)
    dashboard.open("overview", **RANGE)
    card = dashboard.card("cost-by-model")
    expect(card.get_by_role("alert")).to_contain_text(
        "Too busyWait a little.", use_inner_text=False
    )
    count = dashboard.ask("summary", **ASKED)["total_messages"]
    expect(dashboard.stat("messages")).to_have_attribute("title", f"{count:,}")
    dashboard.page.unroute(asked)
    card.get_by_role("button", name="Try again").click()
    card.get_by_text("claude-opus-4-6").wait_for()
    expect(card.get_by_role("alert")).to_have_count(0)
    assert {one for one in dashboard.complaints if "503" not in one} == set()
    dashboard.complaints.clear()


def test_a_cards_data_and_picture_can_be_kept(dashboard: Dashboard, tmp_path: Path) -> None:
    dashboard.open("overview", **RANGE)
    dashboard.drawn("overview")
    named = f"timeline-{FIRST}-to-{LAST}"
    for choice, name, start in (
        ("Data (CSV)", f"{named}.csv", b"timestamp,count,error_count,unique_users\n"),
        ("Picture (PNG)", f"{named}.png", b"\x89PNG"),
    ):
        dashboard.page.get_by_role("button", name="Download Events over time").click()
        with dashboard.page.expect_download() as download:
            dashboard.page.get_by_text(choice).click()
        kept = tmp_path / name
        download.value.save_as(kept)
        assert download.value.suggested_filename == name
        assert kept.read_bytes().replace(b"\r\n", b"\n").startswith(start)


def test_an_empty_store_teaches_waits_and_turns_live(browser: Browser, service: Service) -> None:
    with Dashboard(browser, service) as dashboard:
        page = dashboard.page
        dashboard.open("overview")
        page.get_by_text("Waiting for the first event…").wait_for()
        page.set_viewport_size({"width": 375, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        assert Axe().run(page).response["violations"] == []
        picture(page, "empty-narrow")
        page.set_viewport_size({"width": 1280, "height": 900})
        assert f"curl {service.url}/api/v1/events" in page.locator("pre").inner_text()
        service.post("/api/v1/demo?days=1").raise_for_status()
        page.get_by_role("button", name="Demo data: ").click()
        page.get_by_role("button", name="Remove demo data").click()
        page.get_by_text("Waiting for the first event…").wait_for()
        page.get_by_role("button", name="Python").click()
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("pre").inner_text()
        exec(copied, {})  # noqa: S102  (what people are told to run)
        expect(page.locator(".live")).to_contain_text("order.paid")
        expect(dashboard.stat("users")).to_have_text("1")
        expect(dashboard.stat("cost")).to_have_text("not reported")
        event = {"event_type": "message.sent", "user_id": "ada"}
        service.post("/api/v1/events", json=event).raise_for_status()
        expect(page.locator(".live")).to_contain_text("message.sent")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Chatham"])
def test_days_are_those_of_the_zone_that_is_printed(dashboard: Dashboard, zone: str) -> None:
    dashboard.open("activity", range="7d", tz=zone, table="by-type")
    rows = dashboard.rows("by-type")
    timeline = dashboard.ask("timeline", time_range="7d", timezone=zone)["timeline"]
    assert [row[0].split()[1] for row in rows] == [
        str(int(one["timestamp"][8:10])) for one in timeline
    ]
    expect(dashboard.page.get_by_label("Time zone")).to_have_value(zone)


def test_a_range_that_cannot_be_is_the_usual_one(dashboard: Dashboard) -> None:
    ranges = dashboard.page.get_by_role("group", name="Range", exact=True)
    for first, last in ((LAST, FIRST), ("2999-01-01", "2999-01-02")):
        dashboard.open("overview", **{"from": first, "to": last})
        expect(ranges.locator("[aria-pressed=true]")).to_have_text("30d")


def test_an_hour_that_the_clock_shows_twice_has_two_names(dashboard: Dashboard) -> None:
    dashboard.open("overview", **RANGE, tz=ZONE)
    dashboard.drawn("overview")
    named = """async ([zone, ...hours]) => {
        const ui = document.querySelector("script[type=module]").src.replace(/\\/bundle\\.js$/, "");
        const { bucketName, readIn } = await import(`${ui}/format.js`);
        readIn(zone);
        return hours.map((hour) => bucketName(hour, "hour").split(", ")[1]);
    }"""
    hours = ("01:00:00+02:00", "02:00:00+02:00", "02:00:00+01:00", "03:00:00+01:00")
    assert dashboard.page.evaluate(named, [ZONE, *(f"2025-10-26T{hour}" for hour in hours)]) == [
        "01:00",
        "02:00 (UTC+2)",
        "02:00 (UTC+1)",
        "03:00",
    ]
