from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from localytics.configuration import load
from localytics.errors import InvalidWindow
from localytics.store import Store
from tests.conftest import Recorder
from tests.counted import Counted
from tests.reports.operations import (
    case,
    examples,
    grouped,
    in_metadata,
    mean,
    nearest_rank,
    present,
    shared,
)

__all__ = ["shared"]
DAY = {"start_date": "2025-03-03", "end_date": "2025-03-04"}


def request(random: Random) -> dict[str, Any]:
    return {
        "event_type": random.choice(["api.request"] * 5 + ["page.viewed"]),
        "source": random.choice([None, "app"]),
        "endpoint": random.choice(["/a", "/b/{id}", "é", None]),
        "method": random.choice(["GET", "POST", None]),
        "duration_ms": random.choice([None, random.randrange(80_000) / 8, 1, 2]),
        "status_code": random.choice([200, 399, 400, 500, None]),
        "is_error": random.choice([None, True, False]),
        "metadata": random.choice(
            [None, {"bytes_in": random.randrange(10**6)}, {"bytes_in": 2**63, "bytes_out": 7}]
        ),
    }


def figures(found: list[Counted], endpoint: str | None, method: str | None) -> dict[str, Any]:
    times = present(found, "duration_ms")
    failed = sum(one.failed for one in found)
    of: dict[str, Callable[[list[Any]], Any]] = {
        "avg": mean,
        "min": lambda values: min(values, default=None),
        "max": lambda values: max(values, default=None),
        "p50": lambda values: nearest_rank(values, 50),
        "p95": lambda values: nearest_rank(values, 95),
        "p99": lambda values: nearest_rank(values, 99),
    }
    return {
        "endpoint": endpoint,
        "method": method,
        "request_count": len(found),
        **{f"{name}_response_time_ms": figure(times) for name, figure in of.items()},
        "error_count": failed,
        "error_rate": mean([100 * one.failed for one in found]),
        "bytes_in": sum(in_metadata(found, "bytes_in")) if in_metadata(found, "bytes_in") else None,
        "bytes_out": (
            sum(in_metadata(found, "bytes_out")) if in_metadata(found, "bytes_out") else None
        ),
    }


@examples
@given(seed=st.integers(0, 2**32), endpoint=st.sampled_from([None, None, "/a", "/none"]))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int, endpoint: str | None) -> None:
    asked = {} if endpoint is None else {"endpoint": endpoint}
    found = case(shared, "api_performance", seed, request, asked)
    requests = [
        one
        for one in found.events
        if one["event_type"] == "api.request" and endpoint in (None, one["endpoint"])
    ]
    groups = grouped(requests, lambda one: (one["endpoint"], one["method"]))
    rows = [figures(group, *key) for key, group in groups.items()]
    rows.sort(
        key=lambda row: (
            -row["request_count"],
            *((row[name] is None, row[name] or "") for name in ("endpoint", "method")),
        )
    )
    found.equals({"endpoints": rows, "total": figures(requests, None, None)})


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"hours": 0}, "hours"),
        ({"hours": 169}, "hours"),
        ({"days": 8}, "days"),
        ({"time_range": "30d"}, "time_range"),
        ({"start_date": "2025-01-01", "end_date": "2025-02-01"}, "start_date"),
    ],
)
def test_a_window_out_of_range_is_refused_with_the_range(
    recorder: Recorder, words: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidWindow) as error:
        recorder.ask("api_performance", **words)
    assert error.value.field == field
    told = f"{error.value.message} {error.value.hint}"
    assert "between 1 and 168" in told


def test_the_longest_window_is_taken_in_every_form(recorder: Recorder) -> None:
    dates = {"start_date": "2025-03-01", "end_date": "2025-03-08"}
    for words in ({"hours": 168}, {"days": 7}, {"time_range": "7d"}, dates):
        assert recorder.ask("api_performance", **words)["endpoints"] == []


def test_nothing_asked_is_nothing_known(recorder: Recorder) -> None:
    total = recorder.ask("api_performance", **DAY)["total"]
    assert total.pop("request_count") == 0
    assert total.pop("error_count") == 0
    assert set(total.values()) == {None}


def test_what_retention_has_removed_is_missed_and_said_so(tmp_path: Path) -> None:
    settings = load(
        environ={},
        overrides={"store": {"data_dir": str(tmp_path)}, "retention": {"raw_days": 2}},
    )
    now = datetime(2025, 3, 7, 12, tzinfo=UTC)
    with Store(settings) as store, time_machine.travel(now, tick=False):
        recorder = Recorder(store)
        for day in (3, 7):
            recorder.record(
                {
                    "event_type": "api.request",
                    "user_id": "ada",
                    "timestamp": f"2025-03-0{day}T08:00:00Z",
                    "metadata": {},
                }
            )
        before = recorder.ask("api_performance", days=7)
        store.retention.run(now)
        after = recorder.ask("api_performance", days=7)
        assert (before["total"]["request_count"], before["exact"]) == (2, True)
        assert (after["total"]["request_count"], after["exact"]) == (1, False)
        assert recorder.ask("api_performance", days=1)["exact"]
        # A person's totals outlive their events.
        assert recorder.ask("user", user_id="ada")["total_events"] == 2


def test_percentiles_are_by_nearest_rank(recorder: Recorder) -> None:
    request = {"event_type": "api.request", "timestamp": "2025-03-03T10:00:00Z"}
    recorder.record(*(request | {"duration_ms": number} for number in range(1, 141)))
    total = recorder.ask("api_performance", **DAY)["total"]
    assert [total[f"p{share}_response_time_ms"] for share in (50, 95, 99)] == [70, 133, 139]
