"""The ways to ask for a window."""

from datetime import UTC, timedelta, timezone
from typing import Any

import msgspec
import pytest

from localytics.window import Window
from tests.window.asking import DAY, GRAINS, HOUR, NOW, OLDEST, asked, at, between, shown


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ({"time_range": "24h"}, timedelta(hours=24)),
        ({"time_range": "7d"}, timedelta(days=7)),
        ({"time_range": "30d"}, timedelta(days=30)),
        ({"time_range": "90d"}, timedelta(days=90)),
        ({"time_range": "1y"}, timedelta(days=365)),
        ({"hours": 1}, timedelta(hours=1)),
        ({"hours": 168}, timedelta(days=7)),
        ({"hours": 876_000}, timedelta(days=36_500)),
        ({"days": 1}, timedelta(days=1)),
        ({"days": 36_500}, timedelta(days=36_500)),
    ],
)
def test_rolling_window_is_elapsed_time_before_now(
    words: dict[str, Any], length: timedelta
) -> None:
    window = asked(**words)
    assert (window.start, window.end, window.timezone) == (NOW - length, NOW, "UTC")
    assert window.start.tzinfo is UTC
    assert window.end.tzinfo is UTC


def test_rolling_day_is_24_hours_across_a_clock_change() -> None:
    now = at("2026-03-08T12:00-04:00")  # at noon of the day that New York's clocks go forward
    window = asked(days=1, timezone="America/New_York", now=now)
    assert window.start == at("2026-03-07T11:00-05:00")
    assert window.hours == 24.0


@pytest.mark.parametrize(
    ("default", "hours"), [("24h", 24), ("1h", 1), ("7d", 168), ("30d", 720), ("1y", 8760)]
)
def test_default_is_used_when_nothing_is_given(default: str, hours: int) -> None:
    window = asked(default=default)
    assert (window.hours, window.end) == (hours, NOW)


def test_default_is_used_when_only_a_zone_is_given() -> None:
    window = asked(default="7d", timezone="Asia/Kathmandu")
    assert window == Window(start=NOW - 7 * DAY, end=NOW, timezone="Asia/Kathmandu")


def test_default_gives_way_to_any_form() -> None:
    assert asked(default="all", hours=3).hours == 3.0
    assert asked(default="all", start_date="2026-03-15").start == at("2026-03-15T00:00Z")


@pytest.mark.parametrize("words", [{"time_range": "all"}, {}])
def test_all_reaches_from_the_oldest_event_to_now(words: dict[str, Any]) -> None:
    window = asked(default="all", **words)
    assert (window.start, window.end) == (OLDEST, NOW)


def test_all_includes_an_event_at_now_or_later() -> None:
    for newest in (NOW, NOW + 3 * HOUR):
        window = asked(time_range="all", newest=newest)
        assert window.end == newest + timedelta(microseconds=1)


def test_all_without_events_is_empty_at_now() -> None:
    window = asked(time_range="all", oldest=None, newest=None)
    assert (window.start, window.end, window.hours) == (NOW, NOW, 0.0)
    assert [window.buckets(grain) for grain in GRAINS] == [[], [], [], []]


def test_instants_given_in_another_zone_come_out_in_utc() -> None:
    east = timezone(timedelta(hours=9))
    window = asked(time_range="all", now=NOW.astimezone(east), oldest=OLDEST.astimezone(east))
    assert window.start.tzinfo is UTC
    assert window.end.tzinfo is UTC
    assert (window.start, window.end) == (OLDEST, NOW)


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-03-01", "UTC", "2026-03-01T00:00Z"),
        ("20260301", "UTC", "2026-03-01T00:00Z"),
        ("2026-W09-7", "UTC", "2026-03-01T00:00Z"),
        ("2026-03-01", "Europe/Berlin", "2026-02-28T23:00Z"),
        ("2026-03-01", "Asia/Kathmandu", "2026-02-28T18:15Z"),
        ("2026-03-01T09:30", "UTC", "2026-03-01T09:30Z"),
        ("2026-03-01 09:30:15.25", "Asia/Kolkata", "2026-03-01T04:00:15.250Z"),
        ("2026-03-01T09:30:00Z", "Asia/Kolkata", "2026-03-01T09:30Z"),
        ("2026-03-01T09:30:00-05:00", "Asia/Kolkata", "2026-03-01T14:30Z"),
        # lived twice: the first
        ("2025-11-02T01:30", "America/New_York", "2025-11-02T05:30Z"),
        # skipped: read with the offset before the jump
        ("2025-03-09T02:30", "America/New_York", "2025-03-09T07:30Z"),
        # a midnight that is skipped, one that is lived twice, a date that is skipped
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00Z"),
        ("2025-11-02", "America/Havana", "2025-11-02T04:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00Z"),
        # a midnight skipped by a jump to 01:30: the day starts at the jump
        ("1974-01-13", "America/Montevideo", "1974-01-13T03:00Z"),
    ],
)
def test_start_date_is_read_in_the_zone_unless_it_has_an_offset(
    text: str, zone: str, instant: str
) -> None:
    assert asked(start_date=text, timezone=zone).start == at(instant)


def test_end_date_is_now_when_left_out() -> None:
    window = asked(start_date="2026-03-01")
    assert (window.start, window.end) == (at("2026-03-01T00:00Z"), NOW)


def test_end_date_as_a_date_leaves_that_day_out() -> None:
    window = between("2026-03-01", "2026-03-03", "Europe/Berlin")
    assert window.end == at("2026-03-02T23:00Z")
    assert shown(window, "day") == ["2026-03-01T00:00+01:00", "2026-03-02T00:00+01:00"]


def test_dates_may_lie_in_the_future_when_both_are_given() -> None:
    assert between("2030-01-01", "2030-01-02").hours == 24.0


def test_dates_from_1970_to_2200_are_accepted() -> None:
    window = between("1970-01-01", "2200-12-31", "Asia/Tokyo")
    assert (window.start, window.end) == (at("1969-12-31T15:00Z"), at("2200-12-30T15:00Z"))


def test_window_is_written_as_its_three_fields() -> None:
    assert msgspec.json.encode(between("2026-03-01", "2026-03-02")) == (
        b'{"start":"2026-03-01T00:00:00Z","end":"2026-03-02T00:00:00Z","timezone":"UTC"}'
    )
