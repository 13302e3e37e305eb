"""The page Models: what it says is what the API says, and a row filters."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from playwright.sync_api import Browser, expect

from tests.service import Service
from tests.web.dashboard import ASKED, RANGE, Dashboard

TOKENS = ("input_tokens", "output_tokens", "cache_write_tokens", "cache_read_tokens")


def percent(value: float) -> str:
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def moved(value: float) -> str:
    return ("\N{MINUS SIGN}" if value < 0 else "+") + percent(abs(value))


def hit_rate(points: list[dict[str, Any]]) -> float:
    """Of all tokens that were read, the percentage that the cache had."""
    read = {name: sum(point[name] for point in points) for name in TOKENS}
    hit = read["cache_read_tokens"]
    whole = hit + read["input_tokens"] + read["cache_write_tokens"]
    return float(100 * hit / whole)


def test_models_say_what_the_api_says(dashboard: Dashboard) -> None:
    dashboard.open("models", **RANGE, table="tokens-over-time,hit-rate")
    models = dashboard.ask("models/usage", **ASKED)["models"]
    assert [[*row[:4], row[6]] for row in dashboard.rows("models")] == [
        [
            one["model"],
            f"{one['message_count']:,}",
            moved(one["trend_percentage"]),
            "not reported" if one["total_cost"] is None else f"${one['total_cost']:,.2f}",
            f"{one['p95_response_time_ms'] / 1e3:.0f} s",
        ]
        for one in models
    ]
    points = dashboard.ask("tokens", **ASKED, group_by="day")["data_points"]
    assert [row[1:] for row in dashboard.rows("tokens-over-time")] == [
        [f"{point[name]:,}" for name in (*TOKENS, "total_tokens")] for point in points
    ]
    total = sum(point["total_tokens"] for point in points)
    expect(dashboard.stat("tokens")).to_have_attribute("title", f"{total:,}")
    expect(dashboard.stat("hit-rate")).to_have_text(percent(hit_rate(points)))
    expect(dashboard.card("hit-rate").locator(".note")).to_have_text(
        "cache read ÷ (input + cache read + cache write)"
    )
    assert [row[1] for row in dashboard.rows("hit-rate")] == [
        percent(hit_rate([point])) for point in points
    ]
    agents = dashboard.ask("agents", **ASKED)["agents"]
    assert [[row[0], row[1], *row[4:]] for row in dashboard.rows("agents")] == [
        [
            one["name"],
            f"{one['usage_count']:,}",
            str(one["error_count"]),
            percent(one["error_rate"]),
        ]
        for one in agents
    ]


def test_a_model_and_an_agent_filter_the_models_page(dashboard: Dashboard) -> None:
    dashboard.open("models", **RANGE)
    dashboard.card("models").get_by_role("button", name="gpt-5").click()
    dashboard.card("agents").get_by_role("button", name="explore").click()
    narrowed = dashboard.ask("tokens", **ASKED, model="gpt-5", agent="explore")
    expect(dashboard.stat("output")).to_have_attribute(
        "title", f"{narrowed['total_output_tokens']:,}"
    )
    expect(dashboard.card("models").locator("tbody tr")).to_have_count(1)


def test_what_names_no_agent_and_no_model_is_nothing_to_filter_by(
    browser: Browser, service: Service
) -> None:
    told = {"event_type": "message.sent", "role": "assistant", "cost_usd": 0.5, "duration_ms": 1}
    events = [told, told | {"agent": "explore", "model": "gpt-5"}]
    service.post("/api/v1/events", json=events).raise_for_status()
    with Dashboard(browser, service) as dashboard:
        dashboard.open("models", agent="")
        agents = dashboard.card("agents")
        unnamed = agents.get_by_role("row", name="not named")
        unnamed.click()
        expect(unnamed.get_by_role("button")).to_have_count(0)
        assert dashboard.words() == "#/models?agent="
        agents.get_by_role("row", name="explore").click()
        assert dashboard.words() == "#/models?agent=explore"
        expect(agents.locator("tbody tr")).to_have_count(1)
        dashboard.open("costs", table="cost-by-project", model="gpt-5")
        dashboard.page.get_by_role("button", name="Remove the filter model").click()
        model = dashboard.card("cost-by-model").get_by_role("listitem").filter(has_text="unknown")
        model.click()
        expect(model.get_by_role("button")).to_have_count(0)
        project = dashboard.card("cost-by-project").get_by_role("row", name="unknown")
        project.click()
        assert dashboard.words() == "#/costs?table=cost-by-project"
