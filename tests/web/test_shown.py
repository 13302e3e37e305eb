"""The dashboard in a real Chromium: what it shows is what the API says."""

from playwright.sync_api import expect

from tests.web.dashboard import ASKED, RANGE, Dashboard, money, past_days


def test_the_overview_says_what_the_api_says(dashboard: Dashboard) -> None:
    dashboard.open("overview", **RANGE, table="timeline,cost-by-model,top-projects,heatmap")
    summary = dashboard.ask("summary", **ASKED)
    errors = sum(one["error_count"] for one in summary["summary"].values())
    for name, figure in {
        "messages": f"{summary['total_messages']:,}",
        "sessions": f"{summary['total_sessions']:,}",
        "users": f"{summary['total_users']:,}",
        "tokens": f"{summary['total_tokens']:,}",
        "cost": money(summary["total_cost"]),
        "errors": f"{errors:,}",
    }.items():
        expect(dashboard.stat(name)).to_have_attribute("title", figure)
    expect(dashboard.stat("response")).to_have_text(
        f"{summary['avg_response_time_ms'] / 1e3:.1f} s"
    )
    expect(dashboard.stat("cost")).to_have_text(f"${summary['total_cost']:,.2f}")
    before = summary["previous"]["total_messages"]
    moved = (summary["total_messages"] - before) / before * 100
    expect(dashboard.page.locator("[data-stat=messages] .change")).to_contain_text(
        f"{abs(moved):.1f}%was {before:,}", use_inner_text=False
    )
    timeline = dashboard.ask("timeline", **ASKED, group_by="day")["timeline"]
    assert [row[1:] for row in dashboard.rows("timeline")] == [
        [f"{one['count']:,}", f"{one['error_count']:,}", f"{one['unique_users']:,}"]
        for one in timeline
    ]
    costs = dashboard.ask("costs", **ASKED)
    assert {row[0]: row[1] for row in dashboard.rows("cost-by-model")} == {
        model: money(cost) for model, cost in costs["cost_by_model"].items()
    }
    projects = dashboard.ask("projects", **ASKED)["projects"]
    assert [row[:3] for row in dashboard.rows("top-projects")] == [
        [one["project_name"], f"{one['messages']:,}", f"{one['sessions']:,}"] for one in projects
    ]
    heat = dashboard.ask("activity/heatmap", **ASKED)
    hours = [int(row[1].replace(",", "")) for row in dashboard.rows("heatmap")]
    assert hours == [cell["count"] for cell in heat["cells"]][: len(hours)]


def test_activity_says_what_the_api_says(dashboard: Dashboard) -> None:
    dashboard.open("activity", **RANGE, table="by-type,calendar", cell="1-14")
    timeline = dashboard.ask("timeline", **ASKED, group_by="day")["timeline"]
    rows = dashboard.rows("by-type")
    assert [sum(int(cell.replace(",", "")) for cell in row[1:]) for row in rows] == [
        one["count"] for one in timeline
    ]
    types = dashboard.ask("summary", **ASKED)["summary"]
    heads = dashboard.card("by-type").locator("thead th").all_inner_texts()[1:]
    counts = sorted(((one["count"], name) for name, one in types.items()), reverse=True)
    named = {name: count for count, name in counts[:5]}
    assert {
        head.strip(): sum(int(row[at].replace(",", "")) for row in rows)
        for at, head in enumerate(heads, 1)
    } == named | {"other types": sum(count for count, _ in counts[5:])}
    heat = dashboard.ask("activity/heatmap", **ASKED)
    (tuesdays,) = (
        cell["count"] for cell in heat["cells"] if (cell["day_of_week"], cell["hour"]) == (1, 14)
    )
    expect(dashboard.card("hour").locator(".note")).to_have_text(f"{tuesdays} messages in all")
    shown = dashboard.card("hour").locator(".value").all_inner_texts()
    assert sum(map(int, shown)) == tuesdays
    newest = dashboard.rows("calendar")[0]
    today = dashboard.ask("timeline", start_date=past_days(0, 0)[0])["timeline"][-1]
    assert int(newest[1].replace(",", "")) == today["count"]


def test_costs_say_what_the_api_says_by_model_and_by_project(dashboard: Dashboard) -> None:
    dashboard.open("costs", **RANGE, table="cost-over-time")
    costs = dashboard.ask("costs", **ASKED, group_by="day")
    expect(dashboard.stat("total-cost")).to_have_text(f"${costs['total_cost']:,.2f}")
    expect(dashboard.stat("unpriced")).to_have_text(f"{costs['unpriced_messages']:,}")
    expect(dashboard.page.locator(".notice")).to_contain_text(
        f"{costs['unpriced_messages']} messages with no known price are in no sum here"
    )
    assert [row[1] for row in dashboard.rows("cost-over-time")] == [
        money(point["cost"]) for point in costs["data_points"]
    ]
    dashboard.page.get_by_role("button", name="Project", exact=True).click()
    head = dashboard.card("cost-over-time").locator("thead th", has_text="website")
    head.wait_for()
    heads = [
        one.strip() for one in dashboard.card("cost-over-time").locator("th").all_inner_texts()
    ]
    website = heads.index("website")
    own = dashboard.ask("costs", **ASKED, group_by="day", project_id="website")
    assert [row[website] for row in dashboard.rows("cost-over-time")] == [
        money(point["cost"]) for point in own["data_points"]
    ]
