"""The live page: what is stored shows by itself, can be paused and filtered; tabs share it."""

import json

from playwright.sync_api import Browser, WebSocket, expect

from tests.service import Service
from tests.web.dashboard import Dashboard


def test_events_show_as_they_are_stored_and_wait_while_paused(
    browser: Browser, service: Service
) -> None:
    def send(*types: str) -> None:
        events = [{"event_type": name, "user_id": "ada"} for name in types]
        service.post("/api/v1/events", json=events).raise_for_status()

    sockets: list[WebSocket] = []

    def connected(socket: WebSocket) -> None:
        sockets.append(socket)

    with Dashboard(browser, service) as dashboard:
        page = dashboard.page
        page.on("websocket", connected)
        dashboard.open("live")
        expect(page.get_by_text("Listening")).to_be_visible()
        expect(dashboard.card("newest")).to_contain_text("Nothing in the last 24 hours")
        send("first", "second")
        expect(dashboard.stat("since")).to_have_text("2")
        assert [row[1] for row in dashboard.rows("newest")] == ["second", "first"]
        page.get_by_role("button", name="Pause").click()
        send("third")
        note = dashboard.card("newest").locator(".note")
        expect(note).to_have_text("Paused, 1 event since")
        assert len(dashboard.rows("newest")) == 2
        page.get_by_role("button", name="Resume").click()
        row = dashboard.card("newest").locator("tbody tr").first
        expect(row).to_contain_text("third")
        row.click()
        told = page.get_by_role("dialog").locator("pre")
        assert json.loads(told.inner_text())["event_type"] == "third"
        page.keyboard.press("Escape")
        expect(dashboard.stat("dropped")).to_have_text("0")
        # Another tab hears through this one, and goes on by itself when it is closed.
        other = page.context.new_page()
        other.on("websocket", connected)
        other.goto(f"{service.url}/#/live")
        expect(other.get_by_text("Listening")).to_be_visible()
        send("fourth")
        expect(other.locator("[data-stat=since] .figure")).to_have_text("1")
        assert len(sockets) == 1
        with other.expect_websocket():
            page.close()
        expect(other.get_by_text("Listening")).to_be_visible()
        send("fifth")
        expect(other.locator("[data-stat=since] .figure")).to_have_text("2")
        other.goto(f"{service.url}/#/live?event_type=wanted")
        expect(other.get_by_text("Listening")).to_be_visible()
        send("unwanted", "wanted")
        expect(other.locator("[data-card=newest] tbody tr")).to_have_count(1)
        expect(other.locator("[data-stat=since] .figure")).to_have_text("1")
