from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from localytics.errors import InvalidParameter, NotFound
from localytics.maintenance import forget
from localytics.settings import load
from localytics.store import Store
from tests.conftest import Recorder
from tests.recount import Counted
from tests.reports.operations import Case, case, examples, mean, nearest_rank, present, shared

__all__ = ["shared"]
LABELS: list[Any] = [
    None,
    {"host": "a", "n": 5},
    {"n": "5", "host": "a"},
    {"host": "b"},
    {'odd/"~é': "x"},
]
HOUR = {"start_date": "2025-03-03T10:00", "end_date": "2025-03-03T11:00"}


def reading(random: Random) -> dict[str, Any]:
    metadata = {
        name: value
        for name, value in {
            "metric_type": random.choice(["counter"] * 4 + ["gauge", "histogram", "odd", None]),
            "labels": random.choice(LABELS),
            "temporality": random.choice([None, None, "cumulative", "delta"]),
        }.items()
        if value is not None
    }
    return {
        "event_type": random.choice(["metric.recorded"] * 6 + ["page.viewed"]),
        "source": random.choice([None, "app"]),
        "user_id": random.choice([None, "ada"]),
        "device_id": random.choice([None, None, "d1"]),
        "category": random.choice(["hits"] * 5 + ["other"]),
        "value": random.choice([None, 0, *[random.randrange(800) / 8] * 6]),
        "metadata": metadata,
    }


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


def hits(at: str, value: float, **metadata: Any) -> dict[str, Any]:
    return {
        "event_type": "metric.recorded",
        "category": "hits",
        "timestamp": f"2025-03-03T{at}Z",
        "value": value,
        "metadata": {"metric_type": "counter", **metadata},
    }


def test_a_counter_that_begins_anew_counts_from_zero(recorder: Recorder) -> None:
    recorder.record(*(hits(f"10:{n:02}:00", value) for n, value in enumerate([10, 15, 3, 8])))
    answer = recorder.ask("metric", metric_name="hits", **HOUR)["counter"]
    assert (answer["sum"], answer["rate"]) == (10 + 5 + 3 + 5, 23 / 3600)


def test_a_counter_that_stands_still_adds_nothing(recorder: Recorder) -> None:
    recorder.record(*(hits(f"10:{n:02}:00", 7) for n in range(3)))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 7


def test_the_last_reading_before_the_window_is_where_it_begins(recorder: Recorder) -> None:
    recorder.record(hits("03:00:00", 100), hits("10:00:00", 104), hits("10:59:59.999999", 105))
    recorder.record(hits("11:00:00", 300))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 5


def test_the_last_reading_before_the_window_is_found_however_long_ago_it_was(
    recorder: Recorder,
) -> None:
    recorder.record(hits("00:00:00", 1) | {"timestamp": "2024-01-01T00:00:00Z"})
    past = {
        "new": None,
        "hours": "2025-03-03T03",
        "days": "2025-02-27T10",
        "months": "2024-06-01T10",
    }
    for host, at in past.items():
        labels = {"host": host}
        if at is not None:
            recorder.record(hits("00:00:00", 100, labels=labels) | {"timestamp": f"{at}:00:00Z"})
        recorder.record(hits("10:10:00", 103, labels=labels), hits("10:20:00", 107, labels=labels))
        told = recorder.ask("metric", metric_name="hits", **HOUR, **{"labels.host": host})
        assert told["counter"]["sum"] == (107 if at is None else 7), host
    whole = HOUR | {"metric_name": "hits"}
    assert recorder.ask("metric", **whole)["counter"]["sum"] == 107 + 3 * 7
    # What is remembered of the past follows it: one that comes late, and goes.
    late = hits("00:00:00", 102, labels={"host": "months"}) | {"timestamp": "2025-02-01T00:00:00Z"}
    recorder.record(late | {"user_id": "bo"})
    assert recorder.ask("metric", **whole, timezone="Asia/Tokyo")["counter"]["sum"] == 0
    assert recorder.ask("metric", **whole)["counter"]["sum"] == 107 + 7 + 7 + 5
    forget(recorder.store, "bo")
    assert recorder.ask("metric", **whole)["counter"]["sum"] == 107 + 3 * 7


def test_senders_are_told_apart_by_labels_in_any_order(recorder: Recorder) -> None:
    recorder.record(
        hits("09:00:00", 50, labels={"a": "1", "b": "2"}),
        hits("09:00:00", 900, labels={"a": "2", "b": "2"}),
        hits("10:00:00", 51, labels={"b": "2", "a": "1"}),
        hits("10:00:01", 907, labels={"b": "2", "a": "2"}),
    )
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 8
    one = recorder.ask("metric", metric_name="hits", **HOUR, **{"labels.a": "2", "labels.b": "2"})
    assert one["counter"]["sum"] == 7


def test_what_is_sent_as_a_delta_is_added_as_it_is(recorder: Recorder) -> None:
    recorder.record(*(hits(f"10:0{n}:00", 4, temporality="delta") for n in range(3)))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 12


DAYS = {"start_date": "2025-03-01", "end_date": "2025-03-07", "group_by": "day"}


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """A store that keeps events for two days."""
    overrides: dict[str, dict[str, Any]] = {
        "store": {"data_dir": str(tmp_path_factory.mktemp("short"))},
        "retention": {"raw_days": 2},
    }
    with Store(load(environ={}, overrides=overrides)) as store:
        yield Recorder(store)


@settings(examples, max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_what_retention_has_removed_still_counts(short_lived: Recorder, seed: int) -> None:
    random, name = Random(seed), f"hits {seed}"
    words = DAYS | {"metric_name": name}
    asked = [words, words | {"user_id": "ada", "labels.host": "a"}]
    for day in (2, 4, 6):
        now = datetime(2025, 3, day, 23, 59, tzinfo=UTC)
        made = [reading(random) | {"category": name} for _ in range(40)]
        for one in made:
            at = now - timedelta(hours=random.randrange(47), seconds=random.randrange(3000))
            one |= {"event_type": "metric.recorded", "timestamp": at.isoformat()}
        with time_machine.travel(now, tick=False):
            short_lived.record(
                *({key: value for key, value in one.items() if value is not None} for one in made)
            )
            before = [short_lived.ask("metric", **one) for one in asked]
            removed = short_lived.store.retention.run(now).events
            assert (removed > 0) == (day > 2)
            after = [short_lived.ask("metric", **one) for one in asked]
        for was, is_ in zip(before, after, strict=True):
            assert is_["counter"] == was["counter"]
            assert is_["gauge"] == was["gauge"]
            assert is_["histogram"] == approx_percentiles(was["histogram"])
            values = is_["histogram"] and is_["histogram"]["count"]
            assert is_["exact"] or (day > 2 and values)


def approx_percentiles(histogram: dict[str, Any] | None) -> Any:
    """Its percentiles to 1 %, and anything else as it is."""
    if histogram is None:
        return None

    def near(told: dict[str, Any]) -> dict[str, Any]:
        percentiles = {name: told[name] for name in ("p50", "p95", "p99")}
        return told | {
            name: pytest.approx(value, rel=0.01)
            for name, value in percentiles.items()
            if value is not None
        }

    return near(histogram) | {"points": [near(one) for one in histogram["points"]]}


def test_a_reading_older_than_what_retention_has_removed_adds_nobody_knows_what(
    short_lived: Recorder,
) -> None:
    now = datetime(2025, 3, 5, tzinfo=UTC)
    words = DAYS | {"metric_name": "late"}

    def late(at: str, value: float) -> dict[str, Any]:
        return hits(at, value) | {"category": "late", "timestamp": f"2025-03-{at}Z"}

    with time_machine.travel(now, tick=False):
        short_lived.record(late("01T10:00:00", 10), late("01T11:00:00", 15))
        short_lived.store.retention.run(now)
        short_lived.record(late("04T10:00:00", 18))
        in_time = short_lived.ask("metric", **words)
        short_lived.record(late("01T10:30:00", 12))
        answers = [short_lived.ask("metric", **words)]
        short_lived.store.retention.run(now)
        answers.append(short_lived.ask("metric", **words))
    assert (in_time["counter"]["sum"], in_time["exact"]) == (18, True)
    for one in answers:
        assert (one["counter"]["sum"], one["exact"]) == (18, False)


def test_a_person_who_is_forgotten_is_no_part_of_a_metrics_past(short_lived: Recorder) -> None:
    now = datetime(2025, 3, 5, tzinfo=UTC)
    words = DAYS | {"metric_name": "people"}
    with time_machine.travel(now, tick=False):
        for hour, value, who in ((9, 10, "bob"), (10, 15, "ada"), (11, 21, "bob"), (12, 29, "ada")):
            told = hits("10:00:00", value) | {"category": "people", "user_id": who}
            short_lived.record(told | {"timestamp": f"2025-03-01T{hour:02}:00:00Z"})
        short_lived.store.retention.run(now)
        assert short_lived.ask("metric", **words)["counter"]["sum"] == 29
        forget(short_lived.store, "ada")
        assert short_lived.ask("metric", **words)["counter"]["sum"] == 16
        assert short_lived.ask("metric", **words, user_id="ada")["counter"]["sum"] == 0
        told = hits("10:00:00", 30) | {"category": "people", "timestamp": "2025-03-04T10:00:00Z"}
        short_lived.record(told)
        assert short_lived.ask("metric", **words)["counter"]["sum"] == 16 + 30 - 21


def test_filters_choose_among_additions_that_the_whole_series_made(recorder: Recorder) -> None:
    readings = ((0, 10, "ada"), (1, 15, "bob"), (2, 21, "ada"), (3, 2, "bob"))
    for minute, value, who in readings:
        recorder.record(hits(f"10:0{minute}:00", value) | {"user_id": who})
    sums = [
        recorder.ask("metric", metric_name="hits", **HOUR, **words)["counter"]["sum"]
        for words in ({}, {"user_id": "ada"}, {"user_id": "bob"}, {"user_id": "cy"})
    ]
    assert sums == [23, 10 + 6, 5 + 2, 0]


def test_a_counter_below_zero_counts_nothing(recorder: Recorder) -> None:
    recorder.record(hits("10:00:00", 3), hits("10:01:00", -5), hits("10:02:00", 4))
    recorder.record(hits("10:03:00", -5, temporality="delta"))
    assert recorder.ask("metric", metric_name="hits", **HOUR)["counter"]["sum"] == 4


def test_a_sum_beyond_all_floats_is_not_known(recorder: Recorder) -> None:
    recorder.record(*(hits(f"{hour}:00:00", 1.7e308, temporality="delta") for hour in (10, 11)))
    words = HOUR | {"metric_name": "hits", "group_by": "hour", "end_date": "2025-03-03T12:00"}
    answer = recorder.ask("metric", **words)["counter"]
    assert (answer["sum"], [point["sum"] for point in answer["points"]]) == (None, [1.7e308] * 2)


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
