from typing import Any

import pytest

from localytics.errors import InvalidParameter
from localytics.query.template import Shape, query
from localytics.rollup.rollups import GRAINS
from tests.conftest import Recorder
from tests.reports.week import EVENTS, THE_WEEK

NEW_YORK = "America/New_York"


def request(at: str, **more: Any) -> dict[str, Any]:
    return {"event_type": "api.request", "timestamp": at, **more}


def aggregations(recorder: Recorder, **words: Any) -> list[tuple[Any, ...]]:
    rows = recorder.ask("aggregations", **words)["aggregations"]
    return [
        (one["event_type"], one["period_start"], one["period_end"], one["count"]) for one in rows
    ]


@pytest.mark.parametrize("rolled_up", [False, True])
def test_each_type_has_a_row_for_every_day_with_events(recorder: Recorder, rolled_up: bool) -> None:
    recorder.record(*EVENTS)
    if rolled_up:
        recorder.store.rolling.roll_up()
    assert recorder.ask("aggregations", **THE_WEEK)["aggregations"] == [
        {
            "event_type": "message.sent",
            "period_start": "2025-03-01T00:00:00Z",
            "period_end": "2025-03-02T00:00:00Z",
            "count": 3,
            "avg_duration_ms": 2500.0,
            "min_duration_ms": 1000.0,
            "max_duration_ms": 4000.0,
            "error_count": 1,
            "success_rate": pytest.approx(200 / 3),
        },
        {
            "event_type": "api.request",
            "period_start": "2025-03-03T00:00:00Z",
            "period_end": "2025-03-04T00:00:00Z",
            "count": 1,
            "avg_duration_ms": 20.0,
            "min_duration_ms": 20.0,
            "max_duration_ms": 20.0,
            "error_count": 1,
            "success_rate": 0.0,
        },
        {
            "event_type": "message.sent",
            "period_start": "2025-03-03T00:00:00Z",
            "period_end": "2025-03-04T00:00:00Z",
            "count": 1,
            "avg_duration_ms": 3000.0,
            "min_duration_ms": 3000.0,
            "max_duration_ms": 3000.0,
            "error_count": 0,
            "success_rate": 100.0,
        },
        {
            "event_type": "message.sent",
            "period_start": "2025-03-07T00:00:00Z",
            "period_end": "2025-03-08T00:00:00Z",
            "count": 1,
            "avg_duration_ms": 2000.0,
            "min_duration_ms": 2000.0,
            "max_duration_ms": 2000.0,
            "error_count": 0,
            "success_rate": 100.0,
        },
    ]


def test_durations_of_events_that_have_none_are_unknown(recorder: Recorder) -> None:
    recorder.record(request("2025-03-03T14:00:00Z"))
    (row,) = recorder.ask("aggregations", **THE_WEEK)["aggregations"]
    assert {row[f"{figure}_duration_ms"] for figure in ("avg", "min", "max")} == {None}


def test_a_period_cut_by_the_window_keeps_its_own_bounds(recorder: Recorder) -> None:
    recorder.record(
        request("2025-03-03T11:59:59.999999Z"),
        request("2025-03-03T12:00:00Z"),
        request("2025-03-12T11:59:59.999999Z"),
        request("2025-03-12T12:00:00Z"),
    )
    cut = {"start_date": "2025-03-03T12:00:00Z", "end_date": "2025-03-12T12:00:00Z"}
    assert aggregations(recorder, **cut) == [
        ("api.request", "2025-03-03T00:00:00Z", "2025-03-04T00:00:00Z", 1),
        ("api.request", "2025-03-12T00:00:00Z", "2025-03-13T00:00:00Z", 1),
    ]
    assert aggregations(recorder, **cut, aggregation_type="weekly") == [
        ("api.request", "2025-03-03T00:00:00Z", "2025-03-10T00:00:00Z", 1),
        ("api.request", "2025-03-10T00:00:00Z", "2025-03-17T00:00:00Z", 1),
    ]


def test_one_event_type_alone(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    assert aggregations(recorder, **THE_WEEK, event_type="api.request") == [
        ("api.request", "2025-03-03T00:00:00Z", "2025-03-04T00:00:00Z", 1)
    ]


def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is(recorder: Recorder) -> None:
    recorder.record(
        request("2025-03-09T04:59:59Z"),
        request("2025-03-09T05:00:00Z"),
        request("2025-03-10T03:59:59Z"),
        request("2025-03-10T04:00:00Z"),
    )
    assert aggregations(
        recorder, start_date="2025-03-08", end_date="2025-03-11", timezone=NEW_YORK
    ) == [
        ("api.request", "2025-03-08T00:00:00-05:00", "2025-03-09T00:00:00-05:00", 1),
        ("api.request", "2025-03-09T00:00:00-05:00", "2025-03-10T00:00:00-04:00", 2),
        ("api.request", "2025-03-10T00:00:00-04:00", "2025-03-11T00:00:00-04:00", 1),
    ]


def test_an_hour_that_is_lived_twice_is_two_periods(recorder: Recorder) -> None:
    recorder.record(
        request("2025-11-02T05:30:00Z"),
        request("2025-11-02T06:30:00Z"),
        request("2025-11-02T06:45:00Z"),
    )
    assert aggregations(
        recorder,
        start_date="2025-11-02",
        end_date="2025-11-03",
        timezone=NEW_YORK,
        aggregation_type="hourly",
    ) == [
        ("api.request", "2025-11-02T01:00:00-04:00", "2025-11-02T01:00:00-05:00", 1),
        ("api.request", "2025-11-02T01:00:00-05:00", "2025-11-02T02:00:00-05:00", 2),
    ]


def test_the_error_names_the_allowed_values(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("aggregations", aggregation_type="monthly")
    assert error.value.message == "aggregation_type must be one of daily, hourly or weekly"
    assert error.value.field == "aggregation_type"


def test_group_by_is_refused_with_the_word_that_is_meant(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("aggregations", group_by="day")
    assert (error.value.field, error.value.hint) == ("group_by", "Use aggregation_type.")


def test_it_is_answered_from_the_rollup_of_types() -> None:
    shape = Shape(
        filters=frozenset({"event_type"}),
        grains=frozenset(GRAINS),
        has_fresh=False,
        has_archive=False,
        has_stale=False,
    )
    everything = query("aggregations", "aggregations", shape)
    ends = {piece for spell in everything.spells for piece in spell.pieces if not piece.grain}
    sql = query("aggregations", "aggregations", shape._replace(empty=frozenset(ends))).sql
    assert "from rollup_types_days" in sql
    assert "from events" not in sql
