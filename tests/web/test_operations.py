"""The page of operations: it says what the API says, of as much as that looks back on."""

from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import expect

from tests.web.dashboard import ZONE, Dashboard, past_days

FIRST, LAST = past_days(7, 3)
AFTER = past_days(7, 2)[1]
RANGE = {"from": FIRST, "to": LAST}


def ask(dashboard: Dashboard, report: str, **words: Any) -> dict[str, Any]:
    asked = {"timezone": ZONE, "start_date": FIRST, "end_date": AFTER} | words
    answer = dashboard.service.get(f"/api/v1/metrics/{report}", params=asked)
    assert answer.status_code == 200, answer.text
    decoded: dict[str, Any] = answer.json()
    return decoded


def test_operations_say_what_the_api_says(dashboard: Dashboard) -> None:
    dashboard.open("operations", **RANGE, table="errors,jobs,devices")
    api = ask(dashboard, "api-performance")
    expect(dashboard.stat("requests")).to_have_attribute(
        "title", f"{api['total']['request_count']:,}"
    )
    expect(dashboard.stat("failed-requests")).to_have_text(f"{api['total']['error_rate']:.1f}%")
    assert {row[0]: [row[1], row[7]] for row in dashboard.rows("api")} == {
        f"{one['method']} {one['endpoint']}": [str(one["request_count"]), str(one["error_count"])]
        for one in api["endpoints"]
    }
    jobs = ask(dashboard, "job-outcomes")
    assert {row[0]: row[1:4] for row in dashboard.rows("jobs")} == {
        one["job_type"]: [str(one[name]) for name in ("total", "success", "failed")]
        for one in jobs["jobs"]
    }
    errors = ask(dashboard, "error-trends")
    expect(dashboard.stat("open-errors")).to_have_text(str(errors["unresolved_count"]))
    counts = [str(hour["count"]) for hour in errors["hourly"] if hour["count"]]
    assert [row[1] for row in dashboard.rows("errors")] == counts
    assert [row[:2] for row in dashboard.rows("messages")] == [
        [one["error_message"], str(one["count"])] for one in errors["top_messages"]
    ]
    states = {
        device: ask(dashboard, f"device-state-history/{device}")["states"]
        for device in ("build-agent-1", "build-agent-2", "office-display")
    }
    assert [[row[0], row[1], row[3]] for row in dashboard.rows("devices")] == [
        [device, one["state"], f"{one['percentage']:.1f}%"]
        for device, found in states.items()
        for one in found
    ]
    dashboard.page.get_by_role("button", name="Category", exact=True).click()
    heads = dashboard.card("errors").locator("thead th")
    heads.filter(has_text="frontend").wait_for()
    at = [one.strip() for one in heads.all_inner_texts()].index("frontend")
    frontend = sum(int(row[at]) for row in dashboard.rows("errors"))
    assert frontend == errors["by_category"]["frontend"]


def test_rows_open_the_events_behind_them(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("operations", **RANGE)
    dashboard.card("devices").get_by_role("button", name="office-display").click()
    assert dashboard.words() == (
        f"#/explorer?from={FIRST}&to={LAST}&device_id=office-display"
        "&event_type=device.state_changed"
    )
    page.go_back()
    dashboard.card("api").get_by_role("button", name="Slowest").click()
    dashboard.card("api").get_by_role("button", name="POST /login").click()
    assert dashboard.words().endswith("&event_type=api.request&endpoint=/login&method=POST")
    assert {row[4] for row in dashboard.rows("events")} == {"POST /login"}
    page.go_back()
    order = [row[0] for row in dashboard.rows("api")]
    slowest = ask(dashboard, "api-performance")["endpoints"]
    slowest.sort(key=lambda one: -one["max_response_time_ms"])
    assert order == [f"{one['method']} {one['endpoint']}" for one in slowest]
    page.get_by_role("button", name="Reported errors as a table").click()
    hour = dashboard.rows("errors")[0]
    dashboard.card("errors").locator("tbody button").first.click()
    expect(dashboard.card("events").locator("tbody tr")).to_have_count(int(hour[1]))


def test_a_range_longer_than_a_week_says_which_week_is_shown(dashboard: Dashboard) -> None:
    dashboard.open("operations", range="30d")
    expect(dashboard.page.locator(".notice")).to_contain_text("The last 7 days of the range:")
    first, last = past_days(40, 20)
    dashboard.open("operations", **{"from": first, "to": last})
    end = datetime.fromisoformat(f"{last}T00:00") + timedelta(days=1)
    start = end - timedelta(days=7)
    shown = f"{start.day} {start:%b %Y}, {start:%H:%M} to {end.day} {end:%b %Y}, {end:%H:%M}"
    expect(dashboard.page.locator(".notice")).to_contain_text(shown)
    asked = {"start_date": start.isoformat(), "end_date": end.isoformat()}
    api = ask(dashboard, "api-performance", **asked)
    requests = f"{api['total']['request_count']:,}"
    expect(dashboard.stat("requests")).to_have_attribute("title", requests)
    dashboard.card("api").get_by_role("button", name="GET /search").click()
    (search,) = (one for one in api["endpoints"] if one["endpoint"] == "/search")
    asked |= {"event_type": "api.request", "endpoint": "/search", "method": "GET"}
    events = dashboard.ask("events", **asked, limit="1000")["events"]
    assert len(events) == search["request_count"]
    newest = dashboard.page.locator("[data-card=events] .note")
    expect(newest).to_contain_text(f"{min(100, len(events))} events, ")
