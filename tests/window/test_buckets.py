"""Buckets on ordinary days, and how many there may be."""

from datetime import timedelta

import pytest

from localytics.errors import InvalidWindow
from localytics.window import Window
from tests.window.asking import HOUR, NOW, asked, at, between, minutes, shown


def test_window_excludes_its_end() -> None:
    window = between("2026-03-01", "2026-03-02")
    assert shown(window, "day") == ["2026-03-01T00:00+00:00"]
    longer = Window(start=window.start, end=window.end + timedelta(microseconds=1), timezone="UTC")
    assert shown(longer, "day") == ["2026-03-01T00:00+00:00", "2026-03-02T00:00+00:00"]


def test_first_bucket_may_start_before_the_window() -> None:
    window = between("2026-03-04T10:20:30", "2026-03-04T11:00:01")
    assert shown(window, "hour") == ["2026-03-04T10:00+00:00", "2026-03-04T11:00+00:00"]
    assert shown(window, "day") == ["2026-03-04T00:00+00:00"]
    assert shown(window, "week") == ["2026-03-02T00:00+00:00"]
    assert shown(window, "month") == ["2026-03-01T00:00+00:00"]


def test_window_of_a_microsecond_has_one_bucket() -> None:
    last = at("2026-02-28T23:59:59.999999Z")
    window = Window(start=last, end=last + timedelta(microseconds=1), timezone="UTC")
    assert shown(window, "hour") == ["2026-02-28T23:00+00:00"]
    assert shown(window, "month") == ["2026-02-01T00:00+00:00"]


def test_rolling_30_days_touch_31_dates() -> None:
    window = asked(days=30)
    assert len(window.buckets("day")) == 31
    assert len(window.buckets("hour")) == 721


def test_leap_day_is_a_day_of_february() -> None:
    window = between("2024-02-01", "2024-03-01")
    assert len(window.buckets("day")) == 29
    assert shown(window, "day")[-1] == "2024-02-29T00:00+00:00"
    assert shown(window, "month") == ["2024-02-01T00:00+00:00"]
    assert len(between("2023-02-01", "2023-03-01").buckets("day")) == 28
    assert len(between("2100-02-01", "2100-03-01").buckets("day")) == 28


def test_months_start_on_their_first_whatever_their_length() -> None:
    window = between("2023-11-30", "2024-05-31", "Asia/Kolkata")
    assert shown(window, "month") == [
        "2023-11-01T00:00+05:30",
        "2023-12-01T00:00+05:30",
        "2024-01-01T00:00+05:30",
        "2024-02-01T00:00+05:30",
        "2024-03-01T00:00+05:30",
        "2024-04-01T00:00+05:30",
        "2024-05-01T00:00+05:30",
    ]


@pytest.mark.parametrize(
    ("start", "end", "weeks"),
    [
        # 2020 has a week 53, which reaches into 2021
        ("2020-12-27", "2021-01-05", ["2020-W52-1", "2020-W53-1", "2021-W01-1"]),
        # 2026 too: 1 January 2027 is a Friday
        ("2026-12-28", "2027-01-05", ["2026-W53-1", "2027-W01-1"]),
        # week 1 of 2025 starts in 2024
        ("2024-12-29", "2025-01-07", ["2024-W52-1", "2025-W01-1", "2025-W02-1"]),
        ("2027-01-03T23:59", "2027-01-04T00:01", ["2026-W53-1", "2027-W01-1"]),
    ],
)
def test_weeks_start_on_monday_across_the_end_of_a_year(
    start: str, end: str, weeks: list[str]
) -> None:
    window = between(start, end, "Europe/Berlin")
    local = [window.local(instant) for instant in window.buckets("week")]
    assert ["{}-W{:02}-{}".format(*day.isocalendar()) for day in local] == weeks
    assert {(day.hour, day.minute) for day in local} == {(0, 0)}


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "UTC"])
def test_zone_without_clock_changes_has_equal_buckets(zone: str) -> None:
    window = between("2026-01-01", "2027-01-01", zone)
    assert minutes(window, "day") == [1440] * 364
    assert minutes(window, "hour") == [60] * 8759
    assert window.hours == 8760.0


def test_buckets_of_a_quarter_hour_zone_start_off_the_utc_hour() -> None:
    window = between("2026-03-01", "2026-03-02", "Asia/Kathmandu")
    assert window.buckets("hour")[:2] == [at("2026-02-28T18:15Z"), at("2026-02-28T19:15Z")]


def test_local_shows_the_instant_in_the_zone() -> None:
    window = asked(timezone="Australia/Lord_Howe")
    assert window.local(NOW).isoformat() == "2026-03-15T23:30:15.250000+11:00"


def test_window_may_have_100000_buckets_and_no_more() -> None:
    start = at("2010-01-01T00:00Z")
    most = Window(start=start, end=start + 100_000 * HOUR, timezone="UTC")
    assert len(most.buckets("hour")) == 100_000
    for more in (timedelta(microseconds=1), timedelta(days=50_000)):
        window = Window(start=start, end=most.end + more, timezone="UTC")
        with pytest.raises(InvalidWindow) as caught:
            window.buckets("hour")
        assert caught.value.field == "group_by"
        assert caught.value.message == "the window has more than 100,000 buckets of one hour"
        assert caught.value.hint == "Choose a coarser group_by or a shorter window."


def test_two_centuries_of_days_are_allowed() -> None:
    window = between("1970-01-01", "2200-12-31", "Europe/Berlin")
    assert len(window.buckets("day")) == 84_370
    assert len(window.buckets("month")) == 231 * 12
