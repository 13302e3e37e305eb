"""Clicks on what is drawn: cards open their page, a cell shows its hours, a bar its events."""

from playwright.sync_api import Locator, expect

from tests.web.dashboard import Dashboard, past_days

FIRST, LAST = past_days(7, 3)
AFTER = past_days(7, 2)[1]
RANGE = {"from": FIRST, "to": LAST}
OPENS = {
    "[data-card=timeline] h2 a": "activity",
    "[data-card=cost-by-model] h2 a": "costs",
    "[data-card=heatmap] h2 a": "activity",
    "[data-card=top-projects] h2 a": "projects",
    "[data-stat=messages]": "activity",
    "[data-stat=sessions]": "people",
    "[data-stat=users]": "people",
    "[data-stat=tokens]": "models",
    "[data-stat=cost]": "costs",
    "[data-stat=errors]": "operations",
    "[data-stat=response]": "models",
    ".live h2 a": "live",
}


def test_each_card_of_the_overview_opens_its_page(dashboard: Dashboard) -> None:
    dashboard.open("overview", **RANGE)
    dashboard.drawn("overview")
    cards = dashboard.page.locator("main [data-card], main [data-stat], main .live")
    assert cards.count() == len(OPENS)
    for place, page in OPENS.items():
        dashboard.page.locator(place).click()
        assert dashboard.words() == f"#/{page}?from={FIRST}&to={LAST}"
        dashboard.page.go_back()


def test_a_cell_of_the_heatmap_shows_each_time_that_its_hour_came(dashboard: Dashboard) -> None:
    dashboard.open("activity", **RANGE)
    dashboard.drawn("activity")
    dashboard.card("heatmap").locator(".canvas").click()
    hour = dashboard.card("hour")
    hour.locator(".name").first.wait_for()
    words = dict(word.split("=") for word in dashboard.words().partition("?")[2].split("&"))
    day, at = map(int, words["cell"].split("-"))
    heat = dashboard.ask("activity/heatmap", start_date=FIRST, end_date=AFTER)
    (cell,) = (one for one in heat["cells"] if (one["day_of_week"], one["hour"]) == (day, at))
    expect(hour.locator(".note")).to_have_text(
        f"{cell['count']} message{'' if cell['count'] == 1 else 's'} in all"
    )
    hour.locator(".name").first.click()
    assert "cell=" not in dashboard.words()
    expect(dashboard.page.get_by_role("button", name="Choose the dates")).to_contain_text(
        f"{at:02}:00"
    )


def over_a_bar(chart: Locator) -> None:
    """Move the pointer along the foot of a chart until something there can be clicked."""
    box = chart.bounding_box()
    assert box is not None
    foot = box["y"] + box["height"] - 30
    for place in range(60, int(box["width"])):
        chart.page.mouse.move(box["x"] + place, foot)
        if chart.evaluate("box => getComputedStyle(box.firstElementChild).cursor") == "pointer":
            return
    raise AssertionError("nothing is drawn there")


def test_a_bar_of_errors_shows_the_events_of_its_hour(dashboard: Dashboard) -> None:
    dashboard.open("operations", **RANGE)
    dashboard.drawn("operations")
    dashboard.card("errors").scroll_into_view_if_needed()
    over_a_bar(dashboard.card("errors").locator(".canvas"))
    dashboard.page.mouse.down()
    dashboard.page.mouse.up()
    dashboard.card("events").locator("tbody tr").first.wait_for()
    words = dict(word.split("=", 1) for word in dashboard.words().partition("?")[2].split("&"))
    assert words["event_type"] == "error.reported"
    first = dashboard.ask(
        "events", start_date=words["from"], end_date=words["to"], event_type="error.reported"
    )["events"]
    expect(dashboard.card("events").locator("tbody tr")).to_have_count(len(first))
    assert first
