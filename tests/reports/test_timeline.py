from collections import defaultdict
from datetime import datetime, timedelta
from random import Random

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


@pytest.mark.parametrize("group_by", ["hour", "day", "week"])
@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu"])
def test_people_are_counted_once_in_a_bucket_however_far_their_rows_are_merged(
    recorder: Recorder, group_by: str, zone: str
) -> None:
    dice = Random(f"{group_by} {zone}")
    people: dict[str, set[str]] = defaultdict(set)
    events: dict[str, int] = defaultdict(int)
    length = {"hour": 1, "day": 24, "week": 24 * 7}[group_by]
    since = datetime(2026, 6, 1)  # noqa: DTZ001  (the wall clock of the zone; a Monday)
    of_zone = "+00:00" if zone == "UTC" else "+05:45"
    for work in (
        "roll up",
        "roll up",
        "merge",
        "roll up",
        "nothing",
        "roll up",
        "merge",
        "nothing",
    ):
        for _ in range(12):
            hours, user = dice.randrange(24 * 14), f"u{dice.randrange(3)}"
            clock = since + timedelta(hours=hours, minutes=dice.randrange(60))
            recorder.record(message(f"{clock.isoformat()}{of_zone}", user_id=user))
            bucket = since + timedelta(hours=hours // length * length)
            people[bucket.isoformat()].add(user)
            events[bucket.isoformat()] += 1
        if work != "nothing":
            recorder.store.rolling.roll_up()
        if work == "merge":
            recorder.store.rolling.merge()
        timeline = recorder.ask(
            "timeline",
            start_date="2026-06-01",
            end_date="2026-06-15",
            timezone=zone,
            group_by=group_by,
        )["timeline"]
        assert {
            one["timestamp"][:19]: (one["count"], one["unique_users"])
            for one in timeline
            if one["count"]
        } == {at: (events[at], len(people[at])) for at in events}
