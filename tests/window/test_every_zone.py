"""What holds of every window, in every time zone, from 1970 to 2200."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from localytics.clock import Grain
from localytics.errors import InvalidWindow
from localytics.window import Window, WindowQuery, window_of
from tests.window.asking import DAY, GRAINS, HOUR, MINUTE, NEWEST, NOW, OLDEST, ZONES, at

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
    return settings(max_examples=120, deadline=None)(given(window=windows())(test))


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


@settings(max_examples=100, deadline=None)
@given(window=windows())
def test_previous_window_abuts_and_is_as_long(window: Window) -> None:
    previous = window.previous()
    assert previous.end == window.start
    assert previous.end - previous.start == window.end - window.start
    assert previous.hours == window.hours
    assert previous.timezone == window.timezone


@settings(max_examples=100, deadline=None)
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
