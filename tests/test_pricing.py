"""What a request costs: the figures that Claude Code itself reported, and the rules around them."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from localytics import pricing
from localytics.pricing import price

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def cost(
    model: str, *tokens: int, hour: int = 0, at: datetime = MAY, fast: bool = False
) -> Decimal | None:
    """Tokens as input, output, cache read, five-minute write; `hour` are one-hour writes."""
    given, answered, read, written = [*tokens, 0, 0, 0, 0][:4]
    return price(
        model,
        at,
        input_tokens=given,
        output_tokens=answered,
        cache_read_tokens=read,
        cache_write_tokens=written + hour,
        cache_write_1h_tokens=hour,
        fast=fast,
    )


@pytest.mark.parametrize(
    ("model", "tokens", "hour", "reported"),
    [
        ("claude-opus-4-6", (23, 30544, 1381344, 0), 115033, "2.604717"),
        ("claude-haiku-4-5", (8967, 17, 0, 0), 0, "0.009052"),
        ("claude-opus-4-6", (1516, 5245, 458054, 33078), 0, "0.5744695"),
        ("claude-opus-4-6", (14, 2193, 216859, 28868), 0, "0.3437495"),
        ("claude-opus-4-6", (26, 2819, 300945, 20572), 0, "0.3496525"),
        ("claude-sonnet-4-6", (52, 27606, 1815855, 64815), 0, "1.20205875"),
        ("claude-sonnet-4-6", (10, 3449, 336903, 0), 44182, "0.4179279"),
    ],
)
def test_costs_are_what_claude_code_reported(
    model: str, tokens: tuple[int, ...], hour: int, reported: str
) -> None:
    assert cost(model, *tokens, hour=hour) == Decimal(reported)


def test_a_cost_has_nine_places() -> None:
    assert str(cost("claude-haiku-4-5", 1)) == "0.000001000"


def test_no_tokens_cost_nothing() -> None:
    assert cost("claude-opus-4-6") == 0


@pytest.mark.parametrize("model", ["", "/", "<synthetic>", "llama3:8b", "claude-unknown-9", "a/b"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert cost(model, 1000) is None


def test_one_hour_cache_writes_cost_twice_the_input_and_five_minute_ones_a_quarter_more() -> None:
    assert cost("claude-opus-4-6", 1_000) == Decimal("0.005")
    assert cost("claude-opus-4-6", 0, 0, 0, 1_000) == Decimal("0.00625")
    assert cost("claude-opus-4-6", hour=1_000) == Decimal("0.01")


def test_more_one_hour_writes_than_writes_are_no_more_than_all() -> None:
    assert price(
        "claude-opus-4-6",
        MAY,
        input_tokens=0,
        output_tokens=0,
        cache_read_tokens=0,
        cache_write_tokens=1_000,
        cache_write_1h_tokens=5_000,
    ) == Decimal("0.01")


def test_a_kind_of_cache_without_a_rate_costs_what_input_does() -> None:
    assert cost("gpt-5", 0, 0, 0, 1_000_000) == cost("gpt-5", 1_000_000) == Decimal("1.25")


def test_above_the_threshold_every_token_of_the_request_costs_the_long_context_rate() -> None:
    # 100,000 input + 100,000 read = 200,000 is the last at $3, $0.30 and $15 a million.
    assert cost("claude-sonnet-4-5", 100_000, 1_000, 100_000) == Decimal("0.345")
    assert cost("claude-sonnet-4-5", 100_001, 1_000, 100_000) == Decimal("0.682506")


def test_a_price_is_that_of_the_day_of_the_request() -> None:
    before = datetime(2026, 3, 12, 23, 59, 59, tzinfo=UTC)
    after = datetime(2026, 3, 13, tzinfo=UTC)
    assert cost("claude-opus-4-6", 300_000, at=before) == Decimal(3)
    assert cost("claude-opus-4-6", 300_000, at=after) == Decimal("1.5")


def test_the_day_is_utc_whatever_the_offset() -> None:
    at = datetime.fromisoformat("2026-03-13T00:30:00+02:00")
    assert cost("claude-opus-4-6", 300_000, at=at) == Decimal(3)


def test_off_peak_hours_are_cheaper_within_a_day() -> None:
    peak = datetime(2025, 6, 1, 12, tzinfo=UTC)
    off_peak = datetime(2025, 6, 1, 20, tzinfo=UTC)
    assert cost("deepseek-chat", 1_000_000, at=peak) == Decimal("0.27")
    assert cost("deepseek-chat", 1_000_000, at=off_peak) == Decimal("0.135")


@pytest.mark.parametrize(
    ("model", "dollars"),
    [("claude-opus-4-6", 30), ("claude-opus-4-7", 30), ("claude-opus-4-8", 10)],
)
def test_fast_mode_has_its_own_rates(model: str, dollars: int) -> None:
    assert cost(model, 1_000_000, fast=True) == dollars


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("claude-sonnet-4-20250514", "3"),
        ("claude-3-5-haiku-20241022", "0.8"),
        ("anthropic/claude-opus-4.6", "5"),
        ("openrouter/anthropic/claude-opus-4.6", "5"),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1"),
        ("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0", "1.1"),
        ("global.anthropic.claude-opus-4-6-v1", "5"),
        ("vertex_ai/claude-opus-4-6", "5"),
        ("claude-opus-4-6[1m]", "5"),
        ("Claude-Opus-4-6", "5"),
        ("gpt-5", "1.25"),
        ("openai/gpt-5", "1.25"),
        ("gpt-5-2025-08-07", "1.25"),
        ("gemini-2.5-flash", "0.3"),
        ("gemini/gemini-2.5-flash", "0.3"),
        ("models/gemini-2.5-flash", "0.3"),
        ("some-proxy/claude-opus-4-6", "5"),
    ],
)
def test_a_model_is_found_under_its_many_names(model: str, dollars: str) -> None:
    assert cost(model, 1_000_000) == Decimal(dollars)


def test_absurd_token_numbers_have_no_price() -> None:
    assert cost("claude-opus-4-6", 2**63 - 1) is None


def test_unknown_names_do_not_pile_up() -> None:
    for number in range(3_000):
        cost(f"nobody/has-heard-of-{number}", 1)
    assert pricing._find.cache_info().currsize <= 1024
    assert pricing._rates.cache_info().currsize <= 4096


def test_the_price_list_is_loaded_by_the_first_price_only() -> None:
    program = "import sys, localytics.pricing; sys.exit('genai_prices' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
