"""The explorer: filters, pages, one event, links that say it all, and the same question to keep."""

import csv
import io
import json

from playwright.sync_api import Browser, expect

from tests.service import Service
from tests.web.dashboard import Dashboard, past_days

FIRST, LAST = past_days(17, 3)
AFTER = past_days(17, 2)[1]
RANGE = {"from": FIRST, "to": LAST}


def test_filters_pages_and_one_event_are_in_the_url(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("explorer", **RANGE)
    page.get_by_label("Event type").fill("api.request")
    page.keyboard.press("Enter")
    page.get_by_label("User").fill("ada")
    page.keyboard.press("Enter")
    asked = {"start_date": FIRST, "end_date": AFTER, "event_type": "api.request", "user_id": "ada"}
    everything = dashboard.ask("events", **asked, limit="1000")["events"]
    assert len(everything) > 200
    expect(dashboard.card("events").locator(".note")).to_contain_text("100 events")
    expect(dashboard.card("events").locator("tbody tr").first).to_contain_text("ada")
    older = page.get_by_role("button", name="Older")
    seen = abouts(dashboard)
    while older.is_enabled():
        words = dashboard.words()
        older.click()
        page.get_by_role("button", name="Newest").wait_for()
        expect(dashboard.page.locator("[data-stale]")).to_have_count(0)
        expect(dashboard.page.locator("[aria-busy=true]")).to_have_count(0)
        assert dashboard.words() != words
        seen += abouts(dashboard)
    assert seen == [f"{one['method']} {one['endpoint']}" for one in everything]
    dashboard.card("events").locator("tbody tr").last.locator("button").click()
    told = page.get_by_role("dialog").locator("pre")
    assert json.loads(told.inner_text())["id"] == everything[-1]["id"]
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert json.loads(page.evaluate("navigator.clipboard.readText()"))["id"] == everything[-1]["id"]
    page.reload()
    assert json.loads(told.inner_text())["id"] == everything[-1]["id"]
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Remove the filter user").click()
    assert dashboard.words() == f"#/explorer?from={FIRST}&to={LAST}&event_type=api.request"


def abouts(dashboard: Dashboard) -> list[str]:
    return [row[4] for row in dashboard.rows("events")]


def test_an_event_is_found_by_its_link_though_it_is_on_another_page(dashboard: Dashboard) -> None:
    old = dashboard.ask("events", start_date=FIRST, end_date=AFTER, limit="1000")["events"][-1]
    dashboard.open("explorer", event=old["id"], at=old["timestamp"])
    told = dashboard.page.get_by_role("dialog").locator("pre")
    assert json.loads(told.inner_text())["id"] == old["id"]
    dashboard.page.get_by_role("dialog").get_by_role("button", name="event type").click()
    assert dashboard.words() == f"#/explorer?event_type={old['event_type']}"
    expect(dashboard.page.get_by_role("dialog")).to_have_count(0)


def test_downloads_are_of_the_question_that_is_shown(dashboard: Dashboard) -> None:
    dashboard.open("explorer", **RANGE, event_type="job.finished")
    jobs = dashboard.ask(
        "events", start_date=FIRST, end_date=AFTER, event_type="job.finished", limit="1000"
    )["events"]
    page = dashboard.page
    page.get_by_label("Category", exact=True).fill("invoice-sync")
    page.keyboard.press("Enter")
    page.get_by_label("Failed", exact=True).select_option("yes")
    assert dashboard.words().endswith("&category=invoice-sync&is_error=true")
    ids = {one["id"] for one in jobs if one["category"] == "invoice-sync" and one["is_error"]}
    assert 0 < len(ids) < len(jobs)
    expect(dashboard.card("events").locator("tbody tr")).to_have_count(len(ids))
    for kind in ("NDJSON", "CSV", "Parquet"):
        link = page.get_by_role("link", name=kind)
        kept = dashboard.service.get(str(link.get_attribute("href")))
        assert kept.status_code == 200
        if kind == "NDJSON":
            assert {json.loads(line)["id"] for line in kept.text.splitlines()} == ids
        elif kind == "CSV":
            assert {row["id"] for row in csv.DictReader(io.StringIO(kept.text))} == ids
        else:
            assert kept.content[:4] == b"PAR1"
    page.keyboard.press("Escape")  # out of the list
    page.locator("h2").first.click()
    page.keyboard.press("Escape")
    assert dashboard.words() == f"#/explorer?from={FIRST}&to={LAST}"


def test_what_apps_call_things_is_only_ever_text(browser: Browser, service: Service) -> None:
    name = "<script>alert(1)</script>"
    event = {
        "event_type": name,
        "user_id": "<img src=x onerror=alert(1)>",
        "metadata": {name: name},
    }
    service.post("/api/v1/events", json=event).raise_for_status()
    with Dashboard(browser, service) as dashboard:
        dashboard.open("explorer")
        dashboard.card("events").get_by_role("button", name=name).click()
        dialog = dashboard.page.get_by_role("dialog")
        expect(dialog.get_by_role("heading")).to_have_text(name)
        assert json.loads(dialog.locator("pre").inner_text())["metadata"] == {name: name}
        dashboard.page.get_by_role("button", name="Close").click()
        dashboard.page.get_by_label("Find text").fill("nowhere")
        dashboard.page.keyboard.press("Enter")
        expect(dashboard.card("events")).to_contain_text(
            "No event of the 1 event of this question holds that text."
        )
