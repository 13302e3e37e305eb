"""The page Settings: how the service is, what a browser prefers, how people are forgotten."""

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from tests.service import Service
from tests.web.dashboard import Dashboard


def facts(dashboard: Dashboard, card: str) -> dict[str, str]:
    lines = dashboard.card(card).locator("dl > div")
    lines.first.wait_for()
    return dict(text.split("\n", 1) for text in lines.all_inner_texts())


def test_settings_say_what_the_service_says(dashboard: Dashboard) -> None:
    dashboard.open("settings")
    status = dashboard.service.get("/api/v1/status").json()
    assert facts(dashboard, "service")["Events stored"] == f"{status['events']:,}"
    assert facts(dashboard, "rollups")["Rows found wrong"] == "none"
    kept = facts(dashboard, "retention")
    assert kept["Events are kept"] == f"{status['retention']['raw_days']} days"
    assert kept["What they add up to is kept"] == "for ever"
    costs = dashboard.ask("costs", time_range="all")
    prices = facts(dashboard, "prices")
    assert prices["Messages with no known price"] == f"{costs['unpriced_messages']:,}"
    assert prices["Models without"] == "local-llama-3-8b.gguf"
    assert prices["Cost of all that has a price"] == f"${costs['total_cost']:,.2f}"
    assert len(dashboard.rows("jobs")) == len(status["jobs"])
    expect(dashboard.card("access")).to_contain_text(
        "This service listens on this machine only, and has no keys yet."
    )


def test_preferences_hold_in_this_browser_and_links_go_before_them(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("settings")
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_label("Usual time zone").select_option("Asia/Tokyo")
    expect(page.locator("footer")).to_contain_text("Times in Asia/Tokyo")
    page.get_by_role("switch", name="Use shortcuts").uncheck()
    page.keyboard.press("1")
    dashboard.open("costs")
    expect(page.locator("footer")).to_contain_text("Times in Asia/Tokyo")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    expect(page.locator("footer")).to_contain_text("Times in Europe/Berlin")


def test_a_person_is_forgotten_once_their_id_is_typed_again(
    browser: Browser, service: Service
) -> None:
    events = [
        {"event_type": "page.view", "user_id": who} for who in ("ada/x", "ada/x", "ada", "ada/x")
    ]
    with Dashboard(browser, service) as dashboard:
        page = dashboard.page
        dashboard.open("settings")  # is there in an empty store, too
        expect(page.get_by_role("button", name="Load demo data")).to_be_enabled()
        service.post("/api/v1/events", json=events).raise_for_status()

        def ask_to_forget(who: str) -> None:
            page.get_by_label("User id", exact=True).fill(who)
            page.get_by_role("button", name="Forget…").click()

        ask_to_forget("nobody")
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("alert")).to_contain_text("There is no such user")
        page.keyboard.press("Escape")
        ask_to_forget("ada/x")
        expect(dialog).to_contain_text("ada/x is named by 3 events")
        forget = dialog.get_by_role("button", name="Forget for good")
        for typed in ("", "Ada/x", "ada"):
            dialog.get_by_label("Type the user id to confirm").fill(typed)
            expect(forget).to_be_disabled()
        assert Axe().run(page).response["violations"] == []
        dialog.get_by_label("Type the user id to confirm").fill("ada/x")
        forget.click()
        expect(dialog.get_by_role("status")).to_contain_text(
            "ada/x is forgotten: 3 events removed; "
        )
        assert service.get("/api/v1/status").json()["events"] == 1
        assert service.get("/api/v1/analytics/user/ada%2Fx").status_code == 404
        assert service.get("/api/v1/analytics/user/ada").json()["total_events"] == 1
        assert {one for one in dashboard.complaints if "404" not in one} == set()
        dashboard.complaints.clear()


def test_what_was_done_to_events_of_others_is_said_once_a_person_is_forgotten(
    browser: Browser, service: Service
) -> None:
    message = {"conversation_id": "garden", "message_id": "m1"}
    changed = {"event_type": "device.state_changed", "device_id": "lamp"}
    events = [
        message | {"event_type": "message.sent", "user_id": "bo", "message_type": "text"},
        message | {"event_type": "message.deleted", "user_id": "ada"},
        changed | {"metadata": {"new_state": "on", "changed_by": "ada"}},
        changed | {"metadata": {"new_state": "off", "changed_by": "ada"}},
        changed | {"metadata": {"new_state": "on", "changed_by": "cy"}},
    ]
    service.post("/api/v1/events", json=events).raise_for_status()
    with Dashboard(browser, service) as dashboard:
        page = dashboard.page
        dashboard.open("settings")
        dialog = page.get_by_role("dialog")
        for who, told in (
            (
                "ada",
                [
                    "ada is forgotten: 0 events removed; 1 day added up anew.",
                    "1 deletion of a message stays, by nobody: else that message would be back.",
                    "2 events of others no longer name them as who changed or began something.",
                ],
            ),
            (
                "cy",  # whom no event is of
                [
                    "cy is forgotten: 0 events removed; 0 days added up anew.",
                    "1 event of others no longer names them as who changed or began something.",
                ],
            ),
        ):
            page.get_by_label("User id", exact=True).fill(who)
            page.get_by_role("button", name="Forget…").click()
            dialog.get_by_label("Type the user id to confirm").fill(who)
            dialog.get_by_role("button", name="Forget for good").click()
            expect(dialog.get_by_role("status").locator("span")).to_have_text(told)
            page.keyboard.press("Escape")
        assert {one for one in dashboard.complaints if "404" not in one} == set()
        dashboard.complaints.clear()
