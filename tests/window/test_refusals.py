"""Windows that are refused, each with the field and what is allowed."""

import os
import subprocess
import sys
from importlib.util import find_spec
from typing import Any

import msgspec
import pytest

from localytics.clock import Grain
from localytics.errors import InvalidParameter, InvalidWindow
from localytics.window import Window, WindowQuery, grain_of, window_of
from tests.window.asking import NOW, OLDEST, ZONES, asked, refused


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
