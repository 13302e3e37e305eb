"""The page Trends: the days, the line through them and the sentences are those of the API."""

from datetime import date

from playwright.sync_api import expect

from tests.web.dashboard import ASKED, RANGE, Dashboard, money
from tests.web.test_models import moved


def test_trends_say_what_the_api_says_of_each_figure(dashboard: Dashboard) -> None:
    dashboard.open("trends", **RANGE, metric="costs", table="trend")
    trend = dashboard.ask("trends", **ASKED, metric="costs")
    assert [row[1:] for row in dashboard.rows("trend")] == [
        [money(point["value"]), money(mean["value"])]
        for point, mean in zip(trend["data_points"], trend["moving_average"], strict=True)
    ]
    words = {"up": "Rising", "down": "Falling", "flat": "Level"}
    expect(dashboard.stat("direction")).to_have_text(words[trend["direction"]])
    tones = {"up": "bad", "down": "good", "flat": ""}
    expect(dashboard.stat("direction")).to_have_attribute("data-tone", tones[trend["direction"]])
    change = trend["change_percentage"]
    expect(dashboard.stat("change")).to_have_text(moved(change))
    expect(dashboard.stat("peak")).to_have_text(f"${trend['peak']['value']:,.2f}")
    day = date.fromisoformat(trend["peak"]["timestamp"][:10])
    peak = dashboard.page.locator("[data-stat=peak] .change")
    expect(peak).to_have_text(f"{day:%a} {day.day} {day:%b} {day.year}")
    mean = trend["moving_average"][-1]["value"]  # the range has ended: its last day is whole
    expect(dashboard.stat("average")).to_have_text(f"${mean:,.2f}")
    expect(dashboard.card("insights").locator("li")).to_have_text(trend["insights"])
    dashboard.page.get_by_role("button", name="Errors", exact=True).click()
    assert "metric=errors" in dashboard.words()
    errors = dashboard.ask("trends", **ASKED, metric="errors")
    expect(dashboard.card("insights").locator("li")).to_have_text(errors["insights"])
    assert [row[1] for row in dashboard.rows("trend")] == [
        f"{point['value']:,}" for point in errors["data_points"]
    ]
