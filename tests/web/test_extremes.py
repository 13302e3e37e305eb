"""Extremes: what no app should send is shown all the same, and stays where its place is."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.service import Service
from tests.web.dashboard import Dashboard, past_days

DAY = past_days(1, 1)[0]
RANGE = {"from": past_days(3, 1)[0], "to": DAY}
STATE = "s" * 200
FITS = "box => box.scrollWidth <= box.clientWidth"
BILLED = {"event_type": "message.sent", "role": "assistant", "model": "m", "user_id": " "}
EVENTS: tuple[dict[str, Any], ...] = (
    {"event_type": "metric.recorded", "category": "load", "value": 1e300},
    {"event_type": "metric.recorded", "category": "load", "value": 2.5e299},
    {"event_type": "api.request", "method": "GET", "endpoint": " ", "duration_ms": 9e11},
    {"event_type": "device.state_changed", "device_id": "door", "status": STATE},
    {"event_type": "device.state_changed", "device_id": " ", "status": " "},
    {"event_type": "error.reported", "category": " ", "error_message": " "},
    {"event_type": "job.finished", "category": " ", "status": "success"},
    BILLED | {"project_id": " ", "cost_usd": 900_000, "conversation_id": " "},
    BILLED | {"project_id": "\u200b\t ", "cost_usd": 334_567.125, "conversation_id": ""},
)


@pytest.fixture
def extreme(browser: Browser, service: Service) -> Iterator[Dashboard]:
    for event in EVENTS:
        sent = event | {"timestamp": f"{DAY}T12:00:00Z"}
        service.post("/api/v1/events", json=sent).raise_for_status()
    with Dashboard(browser, service) as dashboard:
        yield dashboard


def fits(*boxes: Locator) -> bool:
    """Whether nothing in these runs over their edges."""
    return all(one.evaluate(FITS) for box in boxes for one in box.all())


def test_what_no_app_should_send_stays_in_its_place(extreme: Dashboard) -> None:
    page = extreme.page
    extreme.open("operations", **RANGE, by="day")
    extreme.drawn("operations")
    canvas = extreme.card("metric").locator(".canvas")
    values = page.locator(".tip b")
    canvas.hover(position={"x": 1180, "y": 100})
    expect(values).to_have_text(["6.25e299", "2.5e299", "1e300"])
    canvas.hover(position={"x": 80, "y": 100})
    expect(values).to_have_text(["\u2013"] * 3)  # the plot begins before it
    expect(extreme.stat("p95")).to_have_text("28.5 years")
    devices = extreme.card("devices").locator("li")
    expect(devices.locator(".value")).to_have_text(["(blank)", STATE])
    expect(devices.locator(".name")).to_have_text(["(blank)", "door"])
    title = devices.locator(".value").last
    expect(title).to_have_attribute("title", f"its state now: {STATE}")
    assert fits(extreme.card("devices"), devices, extreme.card("devices").locator("ol, .legend"))
    (name,) = (box for box in [devices.locator(".name").last.bounding_box()] if box)
    (value,) = (box for box in [title.bounding_box()] if box)
    assert name["x"] + name["width"] <= value["x"]
    page.get_by_role("button", name="Recorded metrics as a table").click()
    assert ["6.25e299", "2.5e299", "1e300"] in [row[1:] for row in extreme.rows("metric")]
    for width in (375, 720, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page.locator(".figure"), page.locator("html"))
    assert extreme.shift() == (0, [])


def test_figures_of_much_money_fit_narrow_screens(extreme: Dashboard) -> None:
    page = extreme.page
    page.set_viewport_size({"width": 375, "height": 900})
    for name, stat in (("costs", "total-cost"), ("overview", "cost")):
        extreme.open(name, **RANGE)
        expect(extreme.stat(stat)).to_have_text("$1.23M")
        expect(extreme.stat(stat)).to_have_attribute("title", "$1,234,567.125")
        assert fits(page.locator(".figure"), page.locator("html"))
    extreme.open("costs", **RANGE, project_id=" ")
    expect(extreme.stat("total-cost")).to_have_text("$900K")
    expect(extreme.stat("total-cost")).to_have_attribute("title", "$900,000.00")
    expect(page.locator(".chip-value")).to_have_text("(blank)")


def test_names_that_nobody_could_see_say_so_and_can_be_clicked(extreme: Dashboard) -> None:
    page = extreme.page
    extreme.open("projects", **RANGE)
    assert {row[1] for row in extreme.rows("projects")} == {"(blank)", "(3 blanks)"}
    keys = extreme.card("comparison").locator(".key span")
    expect(keys).to_have_count(2)
    assert sorted(keys.all_inner_texts()) == ["(3 blanks)", "(blank)"]
    extreme.card("projects").get_by_role("button", name="(blank)").click()
    expect(page.locator(".chip-value")).to_have_text("(blank)")
    assert extreme.words().endswith("&project_id=+")
    extreme.open("operations", **RANGE)
    expect(extreme.card("jobs").locator("li .name")).to_have_text("(blank)")
    extreme.card("api").get_by_role("button", name="GET (blank)").click()
    assert extreme.rows("events")[0][4] == "GET (blank)"
    extreme.open("people", **RANGE)
    expect(extreme.card("senders").locator("li .name")).to_have_text("(blank)")
    assert {row[0] for row in extreme.rows("conversations")} == {"(blank)", "(empty)"}
    extreme.card("conversations").get_by_role("button", name="(blank)").click()
    expect(page.locator(".one h2")).to_have_text("Conversation (blank)")
    expect(extreme.stat("messages")).to_have_text("1")
