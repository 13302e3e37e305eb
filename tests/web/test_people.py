"""The page of people: how many take part and come back, one person, one conversation."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, expect

from tests.service import Service
from tests.web.dashboard import ZONE, Dashboard, past_days

FIRST, LAST = past_days(24, 3)
AFTER = past_days(24, 2)[1]
RANGE = {"from": FIRST, "to": LAST}
ASKED = {"timezone": ZONE, "start_date": FIRST, "end_date": AFTER}


def ask(dashboard: Dashboard, path: str, **words: Any) -> dict[str, Any]:
    answer = dashboard.service.get(f"/api/v1/{path}", params=ASKED | words)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


def test_people_says_what_the_api_says(dashboard: Dashboard) -> None:
    dashboard.open("people", **RANGE, table="senders,stickiness")
    engagement = ask(dashboard, "messenger/analytics/engagement")
    expect(dashboard.stat("known")).to_have_attribute("title", f"{engagement['total_users']:,}")
    expect(dashboard.stat("active")).to_have_attribute("title", f"{engagement['active_users']:,}")
    expect(dashboard.stat("engaged")).to_have_attribute("title", str(engagement["engaged_users"]))
    expect(dashboard.stat("rate")).to_have_text(f"{engagement['engagement_rate']:.1f}%")
    before = engagement["previous"]["total_users"]
    expect(dashboard.page.locator("[data-stat=known] .change")).to_contain_text(f"was {before}")
    senders = ask(dashboard, "messenger/analytics/top-senders", limit=50)["top_senders"]
    assert dashboard.rows("senders") == [
        [one["username"], one["user_id"], str(one["message_count"])] for one in senders
    ]
    talks = ask(dashboard, "messenger/analytics/top-conversations")["conversations"]
    assert [row[:4] for row in dashboard.rows("conversations")] == [
        [
            one["title"] or one["conversation_id"],
            one["type"],
            str(one["message_count"]),
            str(one["participant_count"]),
        ]
        for one in talks
    ]
    daily = ask(dashboard, "analytics/stickiness")["daily"]
    assert [row[1:4] for row in dashboard.rows("stickiness")] == [
        [str(day["dau"]), str(day["wau"]), str(day["mau"])] for day in daily
    ]
    retention = ask(dashboard, "analytics/retention", period="week")
    *cohorts, mean = dashboard.rows("retention")
    shown = [one for one in retention["cohorts"] if one["size"]]
    assert [[row[1], *filter(None, row[2:])] for row in cohorts] == [
        [
            str(one["size"]),
            *(f"{round_half_up(cell['percentage'])}%" for cell in one["periods"] if cell),
        ]
        for one in shown
    ]
    assert mean[1] == str(retention["total_users"])


def round_half_up(value: float) -> int:
    return int(value + 0.5)


def test_a_row_opens_one_person_and_one_conversation(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("people", **RANGE)
    dashboard.card("senders").get_by_role("button", name="Chioma").click()
    assert "person=chioma" in dashboard.words()
    user = ask(dashboard, "analytics/user/chioma")
    talk = ask(dashboard, "messenger/analytics/user/chioma")
    expect(dashboard.stat("events")).to_have_attribute("title", f"{user['total_events']:,}")
    expect(dashboard.stat("sent")).to_have_attribute("title", str(talk["messages_sent"]))
    expect(dashboard.stat("read")).to_have_attribute("title", str(talk["messages_read"]))
    page.get_by_role("button", name="What was done as a table").click()
    assert {row[0]: row[1].replace(",", "") for row in dashboard.rows("person-types")} == {
        name: str(count) for name, count in user["event_counts"].items()
    }
    page.reload()
    expect(page.get_by_role("heading", name="chioma")).to_be_visible()
    page.go_back()
    page.go_back()
    dashboard.card("conversations").get_by_role("button", name="Website launch").click()
    about = dashboard.service.get("/api/v1/messenger/analytics/conversation/launch").json()
    expect(dashboard.stat("messages")).to_have_attribute("title", str(about["message_count"]))
    expect(dashboard.stat("participants")).to_have_text(str(about["participant_count"]))
    timeline = ask(dashboard, "messenger/analytics/timeline", conversation_id="launch")["timeline"]
    total = sum(one["count"] for one in timeline)
    expect(dashboard.card("conversation-timeline").locator(".note")).to_have_text(
        f"{total} messages by day"
    )
    dashboard.card("conversation-senders").get_by_role("button", name="Ada").click()
    expect(page.get_by_role("heading", name="ada")).to_be_visible()
    page.get_by_role("link", name="Show the events").click()
    assert dashboard.words() == f"#/explorer?from={FIRST}&to={LAST}&user_id=ada"


def test_engagement_of_a_long_range_says_which_part_it_is_of(dashboard: Dashboard) -> None:
    dashboard.open("people", range="1y")
    expect(dashboard.page.locator(".notice")).to_contain_text("90 days, as far as it looks back")


def test_where_nobody_sends_messages_people_are_those_of_the_newest_events(
    browser: Browser, service: Service
) -> None:
    events = [{"event_type": "seen", "user_id": user} for user in ("<b>eve</b>", "x/y", "x/y")]
    service.post("/api/v1/events", json=events).raise_for_status()
    with Dashboard(browser, service) as dashboard:
        dashboard.open("people")
        card = dashboard.card("seen")
        expect(card.get_by_role("button", name="<b>eve</b> 1")).to_be_visible()
        card.get_by_role("button", name="x/y 2").click()
        expect(dashboard.stat("events")).to_have_text("2")


def test_one_whom_no_event_names_is_said_once_with_a_way_back(dashboard: Dashboard) -> None:
    for kind in ("person", "conversation"):
        dashboard.open("people", **RANGE, **{kind: "Nobody"})
        main = dashboard.page.get_by_role("main")
        expect(main.get_by_role("alert")).to_have_count(1)
        expect(main.get_by_role("alert")).to_contain_text(f"There is no such {kind}")
        expect(main.get_by_role("alert")).to_contain_text("names Nobody.")
        expect(main.locator(".card, .stat, .error-box")).to_have_count(0)
        assert Axe().run(dashboard.page).response["violations"] == []
        main.get_by_role("link", name="All people").click()
        assert dashboard.words() == f"#/people?from={FIRST}&to={LAST}"
        expect(dashboard.card("senders").get_by_role("button", name="Chioma")).to_be_visible()
    assert {one for one in dashboard.complaints if "404" not in one} == set()
    dashboard.complaints.clear()
