"""What a metric is: every figure, recounted, of whatever types and labels it was recorded with."""

from datetime import UTC
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import InvalidParameter, NotFound
from localytics.maintenance import forget
from tests.conftest import Recorder
from tests.counted import Counted
from tests.reports.operations import Case, case, examples, mean, nearest_rank, present, shared
from tests.reports.readings import HOUR, hits, reading

__all__ = ["shared"]


def kind(event: Counted) -> str:
    told = (event["metadata"] or {}).get("metric_type")
    return told if told in {"counter", "histogram"} else "gauge"


def labels(event: Counted) -> dict[str, str]:
    told = (event["metadata"] or {}).get("labels") or {}
    return {name: str(value) for name, value in told.items()}


def added(readings: list[Counted]) -> dict[int, Fraction]:
    """What each reading of a counter adds, by its identity: told in order of time."""
    before: dict[Any, Fraction] = {}
    found = {}
    for one in readings:
        value = Fraction(one["value"])
        if (one["metadata"] or {}).get("temporality") == "delta":
            found[id(one)] = value
            continue
        series = (*sorted(labels(one).items()), one["source"], one["device_id"])
        last = before.get(series, Fraction(0))
        found[id(one)] = value - last if value >= last else value
        before[series] = value
    return found


def expected(found: Case, wanted: dict[str, str]) -> dict[str, Any]:
    recount = found.recount
    readings = [
        one
        for one in sorted(recount.everything, key=lambda event: event.at)
        if (one["event_type"], one["category"]) == ("metric.recorded", "hits")
        and one["value"] is not None
    ]
    steps = added([one for one in readings if kind(one) == "counter"])
    asked = {id(one) for one in recount.events}  # that filters let through
    inside = [one for one in readings if id(one) in asked and wanted.items() <= labels(one).items()]
    ever = {kind(one) for one in readings}
    answer: dict[str, Any] = {"metric_name": "hits"}
    for name, figures in (("counter", counter), ("gauge", gauge), ("histogram", histogram)):
        of_kind = [one for one in inside if kind(one) == name]
        answer[name] = figures(found, of_kind, steps) if name in ever else None
    return answer


def counter(found: Case, readings: list[Counted], steps: dict[int, Fraction]) -> dict[str, Any]:
    recount = found.recount
    points = recount.by_bucket(readings)
    ends = [*(start for start, _ in points[1:]), recount.after(recount.end, "hour")]

    def figures(all_: list[Counted], seconds: float) -> dict[str, Any]:
        whole = sum((steps[id(one)] for one in all_), Fraction(0))
        return {"sum": whole, "rate": whole / Fraction(seconds).limit_denominator(10**6)}

    return figures(readings, (recount.end - recount.start).total_seconds()) | {
        "points": [
            {"timestamp": start}
            | figures(
                all_,
                (
                    min(end.astimezone(UTC), recount.end)
                    - max(start.astimezone(UTC), recount.start)
                ).total_seconds(),
            )
            for (start, all_), end in zip(points, ends, strict=True)
        ]
    }


def gauge(found: Case, readings: list[Counted], _: object) -> dict[str, Any]:
    def figures(all_: list[Counted]) -> dict[str, Any]:
        values = present(all_, "value")
        return {
            "last": values[-1] if values else None,
            "min": min(values, default=None),
            "max": max(values, default=None),
            "avg": mean(values),
        }

    return figures(readings) | {"points": points(found, readings, figures)}


def histogram(found: Case, readings: list[Counted], _: object) -> dict[str, Any]:
    def figures(all_: list[Counted]) -> dict[str, Any]:
        values = present(all_, "value")
        return {
            "count": len(values),
            "sum": sum(values),
            "p50": nearest_rank(values, 50),
            "p95": nearest_rank(values, 95),
            "p99": nearest_rank(values, 99),
        }

    return figures(readings) | {"points": points(found, readings, figures)}


def points(found: Case, readings: list[Counted], figures: Any) -> list[dict[str, Any]]:
    return [
        {"timestamp": at} | figures(all_) for at, all_ in found.recount.by_bucket(readings, "hour")
    ]


@examples
@given(
    seed=st.integers(0, 2**32),
    label=st.sampled_from([{}, {}, {"host": "a"}, {"n": "5"}]),
    wanted=st.sampled_from([{}, {"user_id": "ada"}]),
)
def test_every_figure_equals_its_recount(
    shared: Recorder, seed: int, label: dict[str, str], wanted: dict[str, str]
) -> None:
    first = reading(Random(1)) | {
        "event_type": "metric.recorded",
        "category": "hits",
        "timestamp": "2024-01-01T00:00:00+00:00",
        "value": 3,
    }
    asked = {"metric_name": "hits", "group_by": "hour", **wanted}
    asked |= {f"labels.{name}": value for name, value in label.items()}
    found = case(shared, "metric", seed, reading, asked, fixed=[first])
    found.equals(expected(found, label))


def test_types_that_a_metric_never_had_are_null(recorder: Recorder) -> None:
    recorder.record(hits("10:00:00", 1))
    answer = recorder.ask("metric", metric_name="hits", **HOUR)
    assert answer["gauge"] is None
    assert answer["histogram"] is None
    assert [point["sum"] for point in answer["counter"]["points"]] == [1]


def test_a_type_is_there_as_soon_as_it_is_recorded_and_until_it_is_forgotten(
    recorder: Recorder,
) -> None:
    def kinds() -> set[str]:
        answer = recorder.ask("metric", metric_name="hits", **HOUR)
        return {name for name in ("counter", "gauge", "histogram") if answer[name] is not None}

    recorder.record(hits("10:00:00", 1), hits("10:01:00", -1, metric_type="counter"))
    assert kinds() == {"counter"}
    for user, metric_type in (("ada", "gauge"), ("bo", "histogram")):
        recorder.record(hits("09:00:00", 1, metric_type=metric_type) | {"user_id": user})
    assert kinds() == {"counter", "gauge", "histogram"}
    forget(recorder.store, "bo")
    assert kinds() == {"counter", "gauge"}
    recorder.record(hits("09:00:00", 1, metric_type="histogram"))
    forget(recorder.store, "ada")
    assert kinds() == {"counter", "histogram"}


def test_a_metric_that_was_never_recorded_is_unknown(recorder: Recorder) -> None:
    recorder.record(hits("10:00:00", 1))
    with pytest.raises(NotFound) as error:
        recorder.ask("metric", metric_name="misses")
    assert error.value.field == "metric_name"


@pytest.mark.parametrize("word", ["labels", "label.host", "labels.", "host"])
def test_other_words_for_labels_are_errors(recorder: Recorder, word: str) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("metric", metric_name="hits", **{word: "a"})
    assert error.value.field == word
    assert "labels.NAME" in (error.value.hint or "")
