"""The page Projects: ranked as the API ranks them, and compared as they are picked."""

from playwright.sync_api import expect

from tests.web.dashboard import ASKED, RANGE, Dashboard, money

LEADS = ("messages", "sessions", "tokens", "cost")
LEADS_LEAST = ("avg_response_time_ms", "p95_response_time_ms", "error_rate")


def test_projects_say_what_the_api_says(dashboard: Dashboard) -> None:
    dashboard.open("projects", **RANGE, table="comparison", figure="cost")
    projects = dashboard.ask("projects", **ASKED)["projects"]
    assert [row[1:4] for row in dashboard.rows("projects")] == [
        [one["project_name"], f"{one['messages']:,}", f"{one['sessions']:,}"] for one in projects
    ]
    picked = [one["project_id"] for one in projects[:3]]
    words = {**ASKED, "project_ids": picked}
    compared = dashboard.ask("projects/comparison", **words)  # type: ignore[arg-type]
    rows = dashboard.rows("leaders")
    assert [row[0] for row in rows] == picked
    for one, row in zip(compared["projects"], rows, strict=True):
        assert f"{one['messages']:,}" in row[1].split()
        assert [cell.startswith("leads") for cell in row[1:]] == [
            compared["leaders"][figure] == one["project_id"]
            and sum(other[figure] == one[figure] for other in compared["projects"]) == 1
            for figure in (*LEADS, *LEADS_LEAST)
        ]
    days = zip(*(one["daily_series"] for one in compared["projects"]), strict=True)
    assert [row[1:] for row in dashboard.rows("comparison")] == [
        [money(one["cost"]) for one in day] for day in days
    ]


def test_picked_projects_are_in_the_url_through_reload_and_back(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.open("projects", **RANGE)
    names = dashboard.card("leaders").locator("tbody tr .row-button")
    expect(names).to_have_text(["website", "billing", "mobile-app"])
    page.get_by_label("Compare website").uncheck()
    page.get_by_label("Compare docs").check()
    expect(names).to_have_text(["billing", "mobile-app", "docs"])
    assert dashboard.words().endswith("&pick=billing,mobile-app,docs")
    page.reload()
    expect(names).to_have_text(["billing", "mobile-app", "docs"])
    expect(page.get_by_label("Compare website")).not_to_be_checked()
    page.go_back()
    expect(names).to_have_text(["billing", "mobile-app"])
    page.get_by_label("Compare billing").uncheck()
    expect(dashboard.card("comparison")).to_contain_text("Tick between 2 and 10 projects")
    page.go_back()
    dashboard.card("projects").get_by_role("button", name="infra").click()
    expect(dashboard.card("leaders")).to_contain_text("The filter leaves one project.")
