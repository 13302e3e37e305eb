"""Narrow screens: what does not fit says that there is more of it, and can be reached."""

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.service import Service
from tests.web.dashboard import Dashboard, past_days

FIRST, LAST = past_days(17, 3)
NARROW: ViewportSize = {"width": 375, "height": 900}
EDGES = """box => ["::before", "::after"].map((edge) => {
    const { content, visibility, width } = getComputedStyle(box.parentElement, edge);
    return content !== "none" && visibility === "visible" && parseFloat(width) > 20;
})"""
LOOKS = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "dark", "forced_colors": "active"},
}


def pressed(page: Page, key: str) -> None:
    """A key that scrolls, and the frames that this takes."""
    page.keyboard.press(key)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("look", LOOKS)
def test_a_table_says_on_which_side_there_is_more_of_it(dashboard: Dashboard, look: str) -> None:
    page = dashboard.page
    page.set_viewport_size(NARROW)
    page.emulate_media(**LOOKS[look])  # type: ignore[arg-type]
    dashboard.open("models")
    dashboard.drawn("models")
    table = page.get_by_role("region", name="Table: Models")
    expect(table).to_have_attribute("data-more", "right")
    assert table.evaluate(EDGES) == [False, True]
    table.focus()
    pressed(page, "ArrowRight")
    expect(table).to_have_attribute("data-more", "left right")
    assert table.evaluate(EDGES) == [True, True]
    table.evaluate("box => box.scrollTo(box.scrollWidth, 0)")
    expect(table).to_have_attribute("data-more", "left")
    assert table.evaluate(EDGES) == [True, False]
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(table).to_have_attribute("data-more", "")
    assert table.evaluate(EDGES) == [False, False]


@pytest.mark.parametrize("page", ["explorer", "live", "people", "settings", "operations"])
def test_every_table_that_does_not_fit_says_so(dashboard: Dashboard, page: str) -> None:
    dashboard.page.set_viewport_size(NARROW)
    dashboard.open(page)
    dashboard.drawn(page)
    tables = dashboard.page.get_by_role("region", name="Table: ")
    tables.first.wait_for()
    for table in tables.all():
        wide = table.evaluate("box => box.scrollWidth > box.clientWidth + 2")
        expect(table).to_have_attribute("data-more", "right" if wide else "")
    assert dashboard.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_the_tabs_say_that_there_are_more_and_show_the_one_that_is_open(
    dashboard: Dashboard,
) -> None:
    dashboard.page.set_viewport_size(NARROW)
    tabs = dashboard.page.get_by_role("navigation", name="Pages")
    for page, more in (("overview", "right"), ("trends", "left right"), ("settings", "left")):
        dashboard.open(page)
        expect(tabs).to_have_attribute("data-more", more)
        expect(tabs.locator("[aria-current]")).to_be_in_viewport(ratio=0.99)


def test_the_newest_event_is_named_and_timed_though_there_is_much_to_say_of_it(
    browser: Browser, service: Service
) -> None:
    event = {"event_type": "message.sent", "user_id": "u" * 60, "model": "m" * 60}
    service.post("/api/v1/events", json=event).raise_for_status()
    with Dashboard(browser, service, viewport=NARROW) as dashboard:
        dashboard.open("overview")
        newest = dashboard.page.locator(".live")
        edge = newest.bounding_box()
        assert edge is not None
        for part in (newest.locator("li b"), newest.locator("li time")):
            box = part.bounding_box()
            assert box is not None
            assert box["width"] > 40
            assert box["x"] + box["width"] <= edge["x"] + edge["width"]


def test_the_explorer_shows_the_usual_filters_and_those_that_are_on(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.set_viewport_size(NARROW)
    dashboard.open("explorer", project_id="website")
    filters = dashboard.card("filters")
    shown = filters.locator(".fields label:visible")
    expect(shown).to_have_count(3)
    assert shown.locator("span").all_inner_texts() == ["Project", "User", "Event type"]
    box = filters.bounding_box()
    assert box is not None
    assert box["height"] < 220
    more = filters.get_by_role("button", name="More filters")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    expect(shown).to_have_count(15)
    page.get_by_label("Failed", exact=True).select_option("yes")
    filters.get_by_role("button", name="Fewer filters").click()
    assert shown.locator("span").all_inner_texts() == ["Project", "User", "Event type", "Failed"]
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(shown).to_have_count(15)
    expect(more).to_be_hidden()


@pytest.mark.parametrize("words", [{}, {"from": FIRST, "to": LAST, "model": "gpt-5"}])
def test_every_menu_opens_within_the_screen(dashboard: Dashboard, words: dict[str, str]) -> None:
    page = dashboard.page
    page.set_viewport_size(NARROW)
    dashboard.open("overview", **words)
    dashboard.drawn("overview")
    menus = page.locator(".menu > button")
    assert menus.count() > 4
    for menu in menus.all():
        menu.click()
        panel = page.locator(".panel")
        expect(panel).to_have_count(1)
        box = panel.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]
        page.keyboard.press("Escape")
    if words:
        for day in (FIRST, LAST):
            expect(page.get_by_role("button", name="Choose the dates")).to_contain_text(day)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
