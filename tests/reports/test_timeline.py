import pytest

from tests.conftest import Recorder
from tests.reports.week import EVENTS, THE_WEEK, message


def test_timeline_counts_events_errors_and_users_of_every_day(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    timeline = recorder.ask("timeline", **THE_WEEK)["timeline"]
    assert [
        (one["timestamp"], one["count"], one["error_count"], one["unique_users"])
        for one in timeline
    ] == [
        ("2025-03-01T00:00:00Z", 3, 1, 1),
        ("2025-03-02T00:00:00Z", 0, 0, 0),
        ("2025-03-03T00:00:00Z", 2, 1, 2),
        ("2025-03-04T00:00:00Z", 0, 0, 0),
        ("2025-03-05T00:00:00Z", 0, 0, 0),
        ("2025-03-06T00:00:00Z", 0, 0, 0),
        ("2025-03-07T00:00:00Z", 1, 0, 1),
    ]


def test_timeline_of_one_event_type(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    timeline = recorder.ask("timeline", **THE_WEEK, event_type="api.request", group_by="week")
    assert [(one["timestamp"], one["count"]) for one in timeline["timeline"]] == [
        ("2025-02-24T00:00:00Z", 0),
        ("2025-03-03T00:00:00Z", 1),
    ]


@pytest.mark.parametrize(
    ("day", "after", "hours"),
    [
        ("2025-03-09", "2025-03-10", 23),
        ("2025-11-02", "2025-11-03", 25),
        ("2025-06-01", "2025-06-02", 24),
    ],
)
def test_a_day_has_as_many_hours_as_the_clock_makes_it(
    recorder: Recorder, day: str, after: str, hours: int
) -> None:
    timeline = recorder.ask(
        "timeline", start_date=day, end_date=after, timezone="America/New_York", group_by="hour"
    )["timeline"]
    assert len({one["timestamp"] for one in timeline}) == len(timeline) == hours


def test_an_hour_that_is_lived_twice_is_two_points(recorder: Recorder) -> None:
    recorder.record(
        message("2025-11-02T05:30:00Z"),
        message("2025-11-02T06:30:00Z"),
        message("2025-11-02T06:45:00Z"),
    )
    timeline = recorder.ask(
        "timeline",
        start_date="2025-11-02T00:00:00",
        end_date="2025-11-02T03:00:00",
        timezone="America/New_York",
        group_by="hour",
    )["timeline"]
    assert [(one["timestamp"], one["count"]) for one in timeline] == [
        ("2025-11-02T00:00:00-04:00", 0),
        ("2025-11-02T01:00:00-04:00", 1),
        ("2025-11-02T01:00:00-05:00", 2),
        ("2025-11-02T02:00:00-05:00", 0),
    ]
