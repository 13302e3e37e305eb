"""Buckets on the days when the clocks change."""

from itertools import pairwise

import pytest

from localytics.window import Window
from tests.window.asking import DAY, MINUTE, at, between, minutes, shown


@pytest.mark.parametrize(
    ("zone", "day", "after", "day_minutes", "hours"),
    [
        ("America/New_York", "2026-03-08", "2026-03-09", 23 * 60, [60] * 23),
        ("America/New_York", "2026-11-01", "2026-11-02", 25 * 60, [60] * 25),
        ("Europe/Berlin", "2026-03-29", "2026-03-30", 23 * 60, [60] * 23),
        ("Europe/Berlin", "2026-10-25", "2026-10-26", 25 * 60, [60] * 25),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-05", 1410, [60] * 2 + [30] + [60] * 21),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-06", 1470, [60] + [90] + [60] * 22),
        ("Antarctica/Troll", "2026-03-29", "2026-03-30", 22 * 60, [60] * 22),
        ("Antarctica/Troll", "2026-10-25", "2026-10-26", 26 * 60, [60] * 26),
        ("America/Havana", "2026-03-08", "2026-03-09", 23 * 60, [60] * 23),
        ("America/Havana", "2026-11-01", "2026-11-02", 25 * 60, [60] * 25),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-05", 23 * 60, [60] * 23),
        ("America/Sao_Paulo", "2019-02-16", "2019-02-17", 25 * 60, [60] * 25),
        ("Asia/Beirut", "2026-03-29", "2026-03-30", 23 * 60, [60] * 23),
        ("Asia/Beirut", "2026-10-24", "2026-10-25", 25 * 60, [60] * 25),
        ("Africa/Cairo", "2026-04-24", "2026-04-25", 23 * 60, [60] * 23),
        ("Africa/Cairo", "2026-10-29", "2026-10-30", 25 * 60, [60] * 25),
        ("Asia/Kathmandu", "1986-01-01", "1986-01-02", 1425, [45] + [60] * 23),
        ("Asia/Pyongyang", "2015-08-14", "2015-08-15", 1470, [60] * 23 + [90]),
        ("Asia/Colombo", "1996-10-26", "1996-10-27", 1470, [30] + [60] * 24),
        ("America/St_Johns", "2010-03-14", "2010-03-15", 1380, [1, 59] + [60] * 22),
    ],
)
def test_day_of_a_clock_change_has_its_true_length_and_hours(
    zone: str, day: str, after: str, day_minutes: int, hours: list[int]
) -> None:
    window = between(day, after, zone)
    assert window.hours * 60 == day_minutes
    assert window.buckets("day") == [window.start]
    starts = [*window.buckets("hour"), window.end]
    assert [(end - start) // MINUTE for start, end in pairwise(starts)] == hours


@pytest.mark.parametrize(
    ("zone", "start", "end", "hours"),
    [
        (
            "America/New_York",
            "2026-11-01T04:30Z",
            "2026-11-01T07:30Z",
            ["01T00:00-04:00", "01T01:00-04:00", "01T01:00-05:00", "01T02:00-05:00"],
        ),
        (
            "America/New_York",
            "2026-03-08T06:30Z",
            "2026-03-08T07:30Z",
            ["08T01:00-05:00", "08T03:00-04:00"],
        ),
        (
            "Europe/Berlin",
            "2026-10-25T00:00Z",
            "2026-10-25T02:30Z",
            ["25T02:00+02:00", "25T02:00+01:00", "25T03:00+01:00"],
        ),
        (
            "Europe/Berlin",
            "2026-03-29T00:00Z",
            "2026-03-29T01:30Z",
            ["29T01:00+01:00", "29T03:00+02:00"],
        ),
        (  # 02:00 back to 01:30
            "Australia/Lord_Howe",
            "2026-04-04T14:00Z",
            "2026-04-04T16:00Z",
            ["05T01:00+11:00", "05T02:00+10:30"],
        ),
        (  # 02:00 on to 02:30
            "Australia/Lord_Howe",
            "2026-10-03T14:30Z",
            "2026-10-03T16:30Z",
            ["04T01:00+10:30", "04T02:30+11:00", "04T03:00+11:00"],
        ),
        (  # 00:00 on to 00:15
            "Asia/Kathmandu",
            "1985-12-31T18:00Z",
            "1985-12-31T19:30Z",
            ["31T23:00+05:30", "01T00:15+05:45", "01T01:00+05:45"],
        ),
        (  # 00:01 back to 23:01: those 59 minutes stay with the hour that had begun
            "America/St_Johns",
            "2010-11-07T01:30Z",
            "2010-11-07T04:30Z",
            ["06T23:00-02:30", "07T00:00-02:30", "07T00:00-03:30"],
        ),
        (  # 00:30 back to 00:00
            "Asia/Colombo",
            "1996-10-25T16:30Z",
            "1996-10-25T19:30Z",
            ["25T23:00+06:30", "26T00:00+06:30", "26T00:00+06:00", "26T01:00+06:00"],
        ),
        (  # 00:00 on to 00:44:30
            "Africa/Monrovia",
            "1972-01-07T00:00Z",
            "1972-01-07T01:30Z",
            ["06T23:00-00:44:30", "07T00:44+00:00", "07T01:00+00:00"],
        ),
    ],
)
def test_hours_of_a_clock_change_are_told_apart(
    zone: str, start: str, end: str, hours: list[str]
) -> None:
    window = Window(start=at(start), end=at(end), timezone=zone)
    assert [text[8:] for text in shown(window, "hour")] == hours


@pytest.mark.parametrize(
    ("zone", "start", "end", "days", "lengths"),
    [
        # a date that never happened
        ("Pacific/Apia", "2011-12-29", "2012-01-01", ["29T00:00-10:00", "31T00:00+14:00"], [1440]),
        (
            "Pacific/Kwajalein",
            "1993-08-20",
            "1993-08-23",
            ["20T00:00-12:00", "22T00:00+12:00"],
            [1440],
        ),
        # a midnight that never happened
        (
            "America/Sao_Paulo",
            "2018-11-03",
            "2018-11-05",
            ["03T00:00-03:00", "04T01:00-02:00"],
            [1440],
        ),
        # a midnight lived twice: 01:00 back to 00:00
        (
            "America/Havana",
            "2026-11-01",
            "2026-11-03",
            ["01T00:00-04:00", "02T00:00-05:00"],
            [1500],
        ),
        # 00:01 back to 23:01: the hour lived again stays with the day that had begun
        (
            "America/St_Johns",
            "2010-11-06",
            "2010-11-09",
            ["06T00:00-02:30", "07T00:00-02:30", "08T00:00-03:30"],
            [1440, 1500],
        ),
        # 02:00 back to 23:00
        (
            "Antarctica/Casey",
            "2010-03-04",
            "2010-03-07",
            ["04T00:00+11:00", "05T00:00+11:00", "06T00:00+08:00"],
            [1440, 1620],
        ),
    ],
)
def test_days_follow_the_date_on_the_wall_without_going_back(
    zone: str, start: str, end: str, days: list[str], lengths: list[int]
) -> None:
    window = between(start, end, zone)
    assert [text[8:] for text in shown(window, "day")] == days
    assert minutes(window, "day") == lengths


def test_instant_lived_again_across_midnight_belongs_to_the_day_that_had_begun() -> None:
    window = between("2010-11-01", "2010-12-01", "America/St_Johns")
    again = at("2010-11-06T23:30-03:30")
    assert window.local(again).isoformat() == "2010-11-06T23:30:00-03:30"
    assert window.floor(again, "day") == at("2010-11-07T00:00-02:30")
    assert window.floor(again, "hour") == at("2010-11-07T00:00-02:30")
    assert window.floor(again, "week") == at("2010-11-01T00:00-02:30")


def test_offsets_tell_to_the_second_when_the_clock_changes() -> None:
    start = at("2026-02-27T21:13:14.987654Z")
    window = Window(start=start, end=start + 365 * DAY, timezone="America/New_York")
    assert window.offsets() == [
        (start, -5 * 3600),
        (at("2026-03-08T07:00Z"), -4 * 3600),
        (at("2026-11-01T06:00Z"), -5 * 3600),
    ]
    assert between("2026-01-01", "2027-01-01", "Asia/Kathmandu").offsets() == [
        (at("2025-12-31T18:15Z"), 20_700)
    ]


def test_day_whose_midnight_is_inside_a_jump_starts_at_the_jump() -> None:
    # 23:30 on to 00:30; no zone has done so since, any may again
    window = Window(
        start=at("1919-03-30T12:00Z"), end=at("1919-04-01T12:00Z"), timezone="America/Toronto"
    )
    assert shown(window, "day") == [
        "1919-03-30T00:00-05:00",
        "1919-03-31T00:30-04:00",
        "1919-04-01T00:00-04:00",
    ]
    assert minutes(window, "day") == [23 * 60 + 30, 23 * 60 + 30]
