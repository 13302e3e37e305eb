import os
import subprocess
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from importlib.util import find_spec
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from localytics.clock import Grain
from localytics.errors import InvalidParameter, InvalidWindow
from localytics.window import Window, WindowQuery, grain_of, window_of

NOW = datetime(2026, 3, 15, 12, 30, 15, 250_000, tzinfo=UTC)
OLDEST = datetime(2025, 11, 2, 8, 0, tzinfo=UTC)
NEWEST = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GRAINS: tuple[Grain, ...] = ("hour", "day", "week", "month")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def between(start: str, end: str, zone: str = "UTC") -> Window:
    """The window from one wall time of the zone to another."""
    return asked(start_date=start, end_date=end, timezone=zone)


def asked(
    *,
    default: str = "30d",
    now: datetime = NOW,
    oldest: datetime | None = OLDEST,
    newest: datetime | None = NEWEST,
    **words: Any,
) -> Window:
    query = msgspec.convert(words, WindowQuery)
    return window_of(query, default=default, now=now, oldest=oldest, newest=newest)


def refused(**words: Any) -> InvalidWindow:
    with pytest.raises(InvalidWindow) as caught:
        asked(**words)
    assert caught.value.status == 400
    assert caught.value.hint
    msgspec.json.encode(caught.value.answer())
    return caught.value


def shown(window: Window, grain: Grain) -> list[str]:
    """The buckets as the zone's clock shows their starts, with the offset that tells them apart."""
    return [window.local(start).isoformat(timespec="minutes") for start in window.buckets(grain)]


def minutes(window: Window, grain: Grain) -> list[int]:
    """How long each bucket is, but for the last."""
    return [(after - before) // MINUTE for before, after in pairwise(window.buckets(grain))]


# The ways to ask for a window


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


# What is refused


@pytest.mark.parametrize(
    ("words", "field", "message"),
    [
        ({"time_range": "7d", "days": 7}, "days", "time_range and days are both given"),
        ({"hours": 1, "days": 7}, "days", "hours and days are both given"),
        ({"days": 7, "start_date": "2026-03-01"}, "start_date", "days and start_date are both"),
        ({"time_range": "7d", "end_date": "2026-03-01"}, "end_date", "time_range and end_date are"),
        (
            {"hours": 1, "start_date": "2026-03-01", "end_date": "2026-03-02"},
            "start_date",
            "hours and start_date are both given",
        ),
        ({"time_range": "2w"}, "time_range", "time_range is '2w'"),
        ({"time_range": "7D"}, "time_range", "time_range is '7D'"),
        ({"time_range": "14d"}, "time_range", "time_range is '14d'"),
        ({"time_range": ""}, "time_range", "time_range is ''"),
        ({"hours": 0}, "hours", "hours is not between 1 and 876,000"),
        ({"hours": 876_001}, "hours", "hours is not between 1 and 876,000"),
        ({"days": 0}, "days", "days is not between 1 and 36,500"),
        ({"days": -7}, "days", "days is not between 1 and 36,500"),
        ({"days": 36_501}, "days", "days is not between 1 and 36,500"),
        ({"days": 10**5000}, "days", "days is not between 1 and 36,500"),
        ({"end_date": "2026-03-01"}, "start_date", "end_date is given without start_date"),
        ({"start_date": "2026-03-16"}, "start_date", "start_date is not in the past"),
        ({"start_date": NOW.isoformat()}, "start_date", "start_date is not in the past"),
        (
            {"start_date": "2026-03-02", "end_date": "2026-03-01"},
            "end_date",
            "end_date is before start_date",
        ),
        (
            {"start_date": "2026-03-01", "end_date": "2026-03-01T00:00Z"},
            "end_date",
            "the window is empty",
        ),
        ({"start_date": "1969-12-31"}, "start_date", "start_date is in the year 1969"),
        ({"start_date": "0001-01-01T00:00+14:00"}, "start_date", "start_date is in the year 1"),
        (
            {"start_date": "2026-03-01", "end_date": "2201-01-01"},
            "end_date",
            "end_date is in the year 2201",
        ),
        (
            {"start_date": "2026-03-01", "end_date": "9999-12-31T23:59-14:00"},
            "end_date",
            "end_date is in the year 9999",
        ),
    ],
)
def test_window_that_makes_no_sense_is_refused_by_field(
    words: dict[str, Any], field: str, message: str
) -> None:
    error = refused(**words)
    assert error.field == field
    assert error.message.startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026",
        "2026-3-1",
        "2026-02-29",
        "2026-13-01",
        "2026-03-01T",
        "2026-03-01T25:00",
        "2026-03-01T10:00:00 02:00",  # a + that a URL turned into a space
        "2026-03-01T10:00+24:00",
        "1772323200",
        "1772323200000",
        " 2026-03-01",
        "２０２６-０３-０１",  # noqa: RUF001
        "2026-03-01\0",
        "2026-03-01T10:00\ud800",
        "2026-03-01T10:00" + "0" * 5000,
    ],
)
def test_text_that_is_no_date_is_refused(text: str) -> None:
    asks: dict[str, dict[str, Any]] = {
        "start_date": {"start_date": text},
        "end_date": {"start_date": "2026-03-01", "end_date": text},
    }
    for field, words in asks.items():
        with pytest.raises(InvalidWindow) as caught:
            window_of(WindowQuery(**words), default="7d", now=NOW, oldest=None, newest=None)
        assert caught.value.field == field
        assert caught.value.hint
        assert len(caught.value.message) < 400
        msgspec.json.encode(caught.value.answer())


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "/",
        "../etc/passwd",
        "/etc/localtime",
        "Europe/../UTC",
        "Europe/Berlin/",
        "Europe//Berlin",
        "America",
        "localtime",
        "Factory",
        "posixrules",
        "posix/Europe/Berlin",
        "right/UTC",
        "zone.tab",
        "tzdata.zi",
        "utc",
        "europe/berlin",
        "EUROPE/BERLIN",
        "Europe/Berlin\0",
        "\0",
        "UTC\ud800",
        "UTC+2",
        "+02:00",
        "C:\\Windows",
        "A" * 100_000,
        "Mars/Olympus",
    ],
)
def test_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidWindow) as caught:
        window_of(WindowQuery(timezone=name), default="7d", now=NOW, oldest=None, newest=None)
    error = caught.value
    assert error.field == "timezone"
    assert error.message.startswith("timezone is ")
    assert len(error.message) < 400
    assert error.hint
    msgspec.json.encode(error.answer())
    with pytest.raises(InvalidWindow):
        Window(start=OLDEST, end=NOW, timezone=name).floor(NOW, "day")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("europe/berlin", "Europe/Berlin"),
        ("Europe/Berln", "Europe/Berlin"),
        ("America/New York", "America/New_York"),
        ("Asia/Katmandoo", "Asia/Katmandu"),
        ("utc", "UTC"),
    ],
)
def test_misspelt_zone_is_answered_with_the_name_that_was_meant(name: str, meant: str) -> None:
    assert refused(timezone=name).hint == f"Did you mean {meant}?"


def test_every_iana_zone_is_accepted() -> None:
    assert len(ZONES) > 400
    for name in ZONES:
        assert asked(timezone=name).timezone == name


@pytest.mark.skipif(find_spec("tzdata") is not None, reason="tzdata stands in for the system's")
def test_utc_works_on_a_machine_without_time_zone_data() -> None:
    script = (
        "from datetime import UTC, datetime\n"
        "from localytics.errors import InvalidWindow\n"
        "from localytics.window import WindowQuery, window_of\n"
        "def ask(zone):\n"
        "    return window_of(WindowQuery(timezone=zone), default='2d', oldest=None, newest=None,\n"
        "                     now=datetime(2026, 3, 1, tzinfo=UTC))\n"
        "print(len(ask('UTC').buckets('day')))\n"
        "try:\n"
        "    ask('Europe/Berlin')\n"
        "except InvalidWindow as error:\n"
        "    print(error.field, error.hint)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.splitlines() == [
        "2",
        "timezone This machine has no time zone data: install tzdata, or use UTC.",
    ]


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("hour", "hour"),
        ("day", "day"),
        ("week", "week"),
        ("month", "month"),
        ("hourly", "hour"),
        ("daily", "day"),
        ("weekly", "week"),
        ("monthly", "month"),
    ],
)
def test_group_by_takes_both_forms_of_the_word(text: str, grain: Grain) -> None:
    assert grain_of(text) == grain


@pytest.mark.parametrize("text", ["", "Hour", "year", "days", "quarter", "x" * 5000])
def test_any_other_group_by_is_refused_with_the_words_allowed(text: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        grain_of(text)
    assert caught.value.field == "group_by"
    assert caught.value.hint == (
        "Use one of hour, day, week, month, hourly, daily, weekly, monthly."
    )
    assert len(caught.value.message) < 200


# Buckets on ordinary days


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


# Buckets on the days the clocks change


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


# Limits


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


def fastest_ms(job: Callable[[], object]) -> float:
    def once() -> float:
        start = time.process_time()
        job()
        return (time.process_time() - start) * 1000

    return min(once() for _ in range(7))


def test_a_year_of_buckets_is_quick() -> None:
    window = between("2026-01-01", "2027-01-01", "America/New_York")
    assert len(window.buckets("day")) == 365
    assert len(window.buckets("hour")) == 8760
    assert fastest_ms(lambda: window.buckets("day")) < 3
    assert fastest_ms(lambda: window.buckets("hour")) < 40


# Properties, over every zone and 1970 to 2200

instants = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
lengths = st.timedeltas(min_value=timedelta(microseconds=1), max_value=5 * DAY)


def next_clock_change(zone: ZoneInfo, instant: datetime) -> datetime:
    """The first change within 400 days to the second; the instant itself if there is none."""
    offset = instant.astimezone(zone).utcoffset()
    before = instant.replace(microsecond=0)
    for _ in range(400):
        after = before + DAY
        if after.astimezone(zone).utcoffset() != offset:
            while after - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(after - before).total_seconds() // 2)
                if middle.astimezone(zone).utcoffset() == offset:
                    before = middle
                else:
                    after = middle
            return after
        before = after
    return instant


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Short windows, most of them around the next change of the zone's clock."""
    zone = draw(st.sampled_from(ZONES))
    instant = draw(instants)
    if draw(st.integers(0, 4)):
        instant = next_clock_change(ZoneInfo(zone), instant)
    start = instant - draw(st.one_of(st.integers(0, 3000).map(lambda n: n * MINUTE), lengths))
    return Window(start=start, end=start + draw(lengths), timezone=zone)


def around(zone: str, instant: str) -> Window:
    return Window(start=at(instant) - 30 * HOUR, end=at(instant) + 30 * HOUR, timezone=zone)


AWKWARD = (
    around("Pacific/Apia", "2011-12-30T10:00Z"),
    around("Pacific/Kwajalein", "1993-08-21T12:00Z"),
    around("America/Goose_Bay", "1988-10-30T02:01Z"),
    around("America/St_Johns", "1988-04-03T03:31Z"),
    around("America/Montevideo", "1974-01-13T03:00Z"),
    around("Antarctica/Casey", "2010-03-04T15:00Z"),
    around("Antarctica/Casey", "2020-10-03T16:01Z"),
    around("Antarctica/Troll", "2026-10-25T01:00Z"),
    around("Asia/Bishkek", "1997-10-25T20:30Z"),
    around("Asia/Colombo", "1996-10-25T18:00Z"),
    around("Asia/Kathmandu", "1985-12-31T18:30Z"),
    around("Asia/Pyongyang", "2018-05-04T15:00Z"),
    around("Africa/Monrovia", "1972-01-07T00:44:30Z"),
    around("Pacific/Guam", "1976-08-21T15:01Z"),
    around("NZ-CHAT", "1975-02-22T14:00Z"),
    around("America/Caracas", "2007-12-09T07:00Z"),
    around("Africa/Casablanca", "2027-02-07T02:00Z"),
    around("Europe/Dublin", "2026-10-25T01:00Z"),
)


def with_awkward_windows(test: Callable[[Window], None]) -> Callable[[Window], None]:
    for window in AWKWARD:
        test = example(window=window)(test)
    return settings(max_examples=250, deadline=None)(given(window=windows())(test))


@with_awkward_windows
def test_every_instant_is_in_exactly_one_bucket_which_is_its_floor(window: Window) -> None:
    step = max((window.end - window.start) / 97, timedelta(microseconds=1))
    change = next_clock_change(ZoneInfo(window.timezone), window.start)
    probes = [window.start + n * step for n in range(97)]
    probes += [change + n * timedelta(microseconds=1) for n in (-1, 0, 1)]
    probes += [window.end - timedelta(microseconds=1)]
    for grain in GRAINS:
        buckets = window.buckets(grain)
        assert all(before < after for before, after in pairwise(buckets))
        assert buckets[0] <= window.start
        assert buckets[-1] < window.end
        assert buckets == [window.floor(start, grain) for start in buckets]
        for instant in probes:
            if window.start <= instant < window.end:
                holder = buckets[bisect_right(buckets, instant) - 1]
                assert window.floor(instant, grain) == holder


@with_awkward_windows
def test_days_never_split_an_hour_nor_months_a_day(window: Window) -> None:
    hours, days = window.buckets("hour"), window.buckets("day")
    assert set(days[1:]) <= set(hours)
    assert set(window.buckets("week")[1:]) <= set(days)
    assert set(window.buckets("month")[1:]) <= set(days)
    assert all(window.floor(hour, "day") in days for hour in hours)


@with_awkward_windows
def test_offsets_give_the_local_time_of_every_instant(window: Window) -> None:
    offsets = window.offsets()
    assert all(since.microsecond == 0 for since, _ in offsets[1:])
    sinces = [since for since, _ in offsets]
    zone = ZoneInfo(window.timezone)
    probes = [window.start, window.end - timedelta(microseconds=1), *sinces]
    probes += [since - timedelta(microseconds=1) for since in sinces[1:]]
    for instant in probes:
        seconds = offsets[bisect_right(sinces, instant) - 1][1]
        assert instant.astimezone(zone).utcoffset() == timedelta(seconds=seconds)


def key(wall: datetime, grain: Grain) -> tuple[int, ...]:
    if grain == "week":
        return wall.isocalendar()[:2]
    return (wall.year, wall.month, wall.day)[: 2 if grain == "month" else 3]


def recount(window: Window, grain: Grain) -> Iterator[datetime]:
    """Bucket starts after the window's own, by watching the clock on the wall every 30 seconds.

    Every offset and every change since 1970 falls on such a tick.
    """
    zone = ZoneInfo(window.timezone)
    tick = timedelta(seconds=30)
    instant = window.start.replace(second=0, microsecond=0) - 2 * DAY
    wall = instant.astimezone(zone).replace(tzinfo=None)
    reached = key(wall, grain)
    while (instant := instant + tick) < window.end:
        before, wall = wall, instant.astimezone(zone).replace(tzinfo=None, fold=0)
        if grain == "hour":
            whole = wall.replace(minute=0, second=0)
            begins = wall == whole or before < whole
        else:
            begins = key(wall, grain) > reached
            reached = max(reached, key(wall, grain))
        if begins and instant > window.start:
            yield instant


def check_recount(window: Window) -> None:
    for grain in GRAINS:
        starts = [start for start in window.buckets(grain) if start > window.start]
        assert starts == list(recount(window, grain))


@pytest.mark.parametrize("window", AWKWARD, ids=lambda window: window.timezone)
def test_buckets_agree_with_a_watched_clock_on_awkward_days(window: Window) -> None:
    check_recount(window)


@settings(max_examples=40, deadline=None)
@given(window=windows())
def test_buckets_agree_with_a_watched_clock(window: Window) -> None:
    check_recount(window)


@settings(max_examples=100, deadline=None)
@given(instant=instants, days=st.integers(1, 1500), zone=st.sampled_from(ZONES))
def test_months_of_a_long_window_are_the_months_on_the_calendar(
    instant: datetime, days: int, zone: str
) -> None:
    window = Window(start=instant, end=instant + days * DAY, timezone=zone)
    first = window.local(window.start)
    last = window.local(window.end - timedelta(microseconds=1))
    months = [(start.year, start.month) for start in map(window.local, window.buckets("month"))]
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    assert months == [(number // 12, number % 12 + 1) for number in numbers]


@settings(max_examples=200, deadline=None)
@given(window=windows())
def test_previous_window_abuts_and_is_as_long(window: Window) -> None:
    previous = window.previous()
    assert previous.end == window.start
    assert previous.end - previous.start == window.end - window.start
    assert previous.hours == window.hours
    assert previous.timezone == window.timezone


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_is_understood_or_refused_as_a_window(text: str) -> None:
    asks: list[dict[str, Any]] = [{"time_range": text}, {"start_date": text}, {"timezone": text}]
    for words in asks:
        try:
            window = window_of(
                WindowQuery(**words), default="7d", now=NOW, oldest=OLDEST, newest=NEWEST
            )
        except InvalidWindow as error:
            assert error.field in words  # noqa: PT017
            msgspec.json.encode(error.answer())
        else:
            assert window.start < window.end == NOW
