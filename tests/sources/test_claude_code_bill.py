"""What transcripts add up to, held against an independent program.

The expected figures are those of ccusage 20.0.24 (`ccusage claude daily --offline --json`, TZ=UTC)
for the same lines.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localytics.event import Event
from localytics.pricing import price
from localytics.sources.claude_code import Transcripts
from tests.sources.transcripts import answers, block, read, write

REAL = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "claude"

Bill = tuple[int, int, int, int, Any]


def bills(events: list[Event]) -> dict[tuple[str, str], Bill]:
    """Input, output, cache read, cache write and dollars by day and model."""
    sums: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for event in answers(events):
        assert isinstance(event.timestamp, datetime)
        assert event.metadata is not None
        tokens = {
            "input_tokens": event.input_tokens or 0,
            "output_tokens": event.output_tokens or 0,
            "cache_read_tokens": event.cache_read_tokens or 0,
            "cache_write_tokens": event.cache_write_tokens or 0,
        }
        dollars = event.cost_usd
        if dollars is None:
            dollars = price(
                event.model or "",
                event.timestamp,
                **tokens,
                cache_write_1h_tokens=event.cache_write_1h_tokens or 0,
                fast=event.metadata.get("speed") == "fast",
            )
        key = event.timestamp.date().isoformat(), event.model or ""
        sums[key] = [
            before + after
            for before, after in zip(sums[key], [*tokens.values(), dollars or 0], strict=True)
        ]
    return {
        key: (int(read), int(out), int(cached), int(written), float(dollars))
        for key, (read, out, cached, written, dollars) in sums.items()
    }


@pytest.mark.skipif(not REAL.is_dir(), reason="the real transcripts are not beside the repository")
def test_real_transcripts_come_to_the_same_tokens_and_dollars() -> None:
    expected = {}
    report = msgspec.json.decode((REAL / "expected-ccusage-20.0.24.json").read_bytes())
    for day in report["daily"]:
        for model in day["modelBreakdowns"]:
            expected[day["date"], model["modelName"]] = (
                model["inputTokens"],
                model["outputTokens"],
                model["cacheReadTokens"],
                model["cacheCreationTokens"],
                pytest.approx(model["cost"], abs=1e-6),
            )
    assert bills(read(Transcripts([REAL]))) == expected


SPLIT = {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200}


@pytest.mark.parametrize(
    ("lines", "bill"),
    [
        pytest.param([block(output=5), block(output=9), block(output=7)], (1, 9, 0, 0, 0.00023),
            id="the largest block counts"),
        pytest.param([block(), block(request_id="req_2")], (2, 20, 0, 0, 0.00051),
            id="two requests of one message id are two"),
        pytest.param([block(), block(request_id="req_2", isSidechain=True)],
            (1, 10, 0, 0, 0.000255), id="a sidechain's replay under another request id is none"),
        pytest.param(
            [block(request_id="req_2", isSidechain=True,
                usage={"cache_read_input_tokens": 50_000}), block()],
            (1, 10, 0, 0, 0.000255), id="the original counts, not the replay before it"),
        pytest.param([block(isSidechain=True), block(isSidechain=True, request_id="req_2")],
            (1, 10, 0, 0, 0.000255), id="two replays are one"),
        pytest.param([block(request_id=None), block(request_id=None, output=20)],
            (1, 20, 0, 0, 0.000505), id="without a request id the message id counts"),
        pytest.param([block(None, uuid="a"), block(None, uuid="b")],
            (2, 20, 0, 0, 0.00051), id="without a message id every line counts"),
        pytest.param([{"type": "progress", "data": {"message": block()}}, block()],
            (1, 10, 0, 0, 0.000255), id="progress repeats an answer"),
        pytest.param([{"type": "progress", "data": {"message": block()}}],
            (1, 10, 0, 0, 0.000255), id="progress is the only trace of an answer"),
        pytest.param([block(costUSD=0.5)], (1, 10, 0, 0, 0.5), id="a reported cost"),
        pytest.param([block(output=5, costUSD=0.5), block(output=9)], (1, 9, 0, 0, 0.00023),
            id="a reported cost of a block that does not count"),
        pytest.param([block(output=1_000_000, usage={"speed": "fast"})],
            (1, 1_000_000, 0, 0, 150.00003), id="fast mode"),
        pytest.param(
            [block(usage={"cache_creation_input_tokens": 300, "cache_creation": SPLIT})],
            (1, 10, 0, 300, 0.00288), id="one-hour and five-minute cache writes"),
        pytest.param([block(usage={"cache_creation_input_tokens": 300})],
            (1, 10, 0, 300, 0.00213), id="a total of cache writes counts as five-minute ones"),
        pytest.param([block(usage={"cache_creation": SPLIT})],
            (1, 10, 0, 300, 0.00288), id="a split without a total"),
        pytest.param(
            [block(usage={"cache_creation_input_tokens": 100, "cache_creation": SPLIT})],
            (1, 10, 0, 300, 0.00288), id="the split counts where the total differs"),
        pytest.param([block(timestamp="2026-05-01T01:00:00.000+00:00")],
            (1, 10, 0, 0, 0.000255), id="an offset in place of Z"),
    ],
)  # fmt: skip
def test_lines_come_to_the_same_bill(
    tmp_path: Path, lines: list[dict[str, Any]], bill: Bill
) -> None:
    expected = (*bill[:4], pytest.approx(bill[4], abs=1e-9))
    assert bills(read(write(tmp_path, *lines))) == {("2026-05-01", "claude-opus-4-6"): expected}


def test_an_unknown_model_keeps_its_tokens_and_has_no_cost(tmp_path: Path) -> None:
    events = read(write(tmp_path, block(model="claude-unknown-9")))
    assert bills(events) == {("2026-05-01", "claude-unknown-9"): (1, 10, 0, 0, 0.0)}


def test_a_copy_in_another_file_adds_nothing(tmp_path: Path) -> None:
    write(tmp_path, block(output=5), block(output=9), name="shop/a.jsonl")
    copied = write(
        tmp_path,
        block(output=5, sessionId="session-2"),
        block("msg_2", "req_2", output=3, sessionId="session-2"),
        name="shop/b.jsonl",
    )
    assert bills(read(copied)) == {
        ("2026-05-01", "claude-opus-4-6"): (2, 12, 0, 0, pytest.approx(0.00031, abs=1e-9))
    }


def test_an_answer_streamed_over_midnight_belongs_to_the_day_it_began(tmp_path: Path) -> None:
    # ccusage counts it on the second day, that of its largest block.
    lines = [
        block(output=5, timestamp="2026-05-01T23:59:59.900Z"),
        block(output=9, timestamp="2026-05-02T00:00:01.000Z"),
    ]
    assert list(bills(read(write(tmp_path, *lines)))) == [("2026-05-01", "claude-opus-4-6")]


def test_a_null_where_a_number_or_a_name_could_be_costs_no_answer(tmp_path: Path) -> None:
    # ccusage drops such lines, and the tokens with them.
    nulls = {"cache_read_input_tokens": None, "cache_creation": None, "speed": None}
    line = block(costUSD=None, isApiErrorMessage=None, requestId=None, usage=nulls)
    assert list(bills(read(write(tmp_path, line))).values()) == [
        (1, 10, 0, 0, pytest.approx(0.000255, abs=1e-9))
    ]
