"""The live page: what is stored shows by itself, can be paused and filtered; tabs share it."""

import json

from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.service import Service
from tests.web.dashboard import Dashboard


def test_events_show_as_they_are_stored_and_wait_while_paused(
    browser: Browser, service: Service
) -> None:
    def send(*types: str) -> None:
        events = [{"event_type": name, "user_id": "ada"} for name in types]
        service.post("/api/v1/events", json=events).raise_for_status()

    with Dashboard(browser, service) as dashboard:
        page = dashboard.page
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


def test_tabs_with_filters_of_their_own_share_one_socket(
    browser: Browser, shared_service: Service
) -> None:
    def send(*types: str) -> None:
        events = [{"event_type": name, "user_id": "tabs"} for name in types]
        shared_service.post("/api/v1/events", json=events).raise_for_status()

    sockets: list[WebSocket] = []

    def connected(socket: WebSocket) -> None:
        sockets.append(socket)

    def opened(page: Page, words: str) -> Locator:
        """The live page in a tab; how many events it was told of."""
        page.on("websocket", connected)
        page.goto(f"{shared_service.url}/#/live?{words}")
        expect(page.get_by_text("Listening")).to_be_visible()
        return page.locator("[data-stat=since] .figure")

    with Dashboard(browser, shared_service) as dashboard:
        first, second = dashboard.page, dashboard.page.context.new_page()
        all_heard = opened(first, "user_id=tabs")
        heard = opened(second, "event_type=tabs.wanted")
        send("tabs.unwanted", "tabs.wanted")
        expect(all_heard).to_have_text("2")
        expect(heard).to_have_text("1")
        expect(second.locator("[data-card=newest] tbody tr")).to_have_count(1)
        second.get_by_role("link", name="Costs", exact=True).click()
        second.get_by_role("link", name="Overview", exact=True).click()
        send("tabs.unwanted", "tabs.wanted")
        expect(second.locator(".live li")).to_have_count(2)
        expect(all_heard).to_have_text("4")
        assert len(sockets) == 1
        with second.expect_websocket():
            first.close()  # it had the socket
        second.get_by_role("link", name="Live", exact=True).click()
        expect(second.get_by_text("Listening")).to_be_visible()
        send("tabs.unwanted", "tabs.wanted")
        expect(heard).to_have_text("1")
        assert len(sockets) == 2
