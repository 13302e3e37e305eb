"""Stickiness: how many of the people of a week and of a month are there on a day.

Days are local, and counted whole where the window cuts one. The last 7 days of a day are itself and
the six before, its last 30 days itself and the 29 before, also where these lie before the window.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import accumulate

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.presence import days_of
from localytics.query.report import Answer, Report
from localytics.query.series import mean
from localytics.window import Window

WEEK, MONTH = 7, 30


class StickyDay(Struct, frozen=True, kw_only=True):
    """The people of one day (`dau`), of the 7 days up to it (`wau`) and of the 30 (`mau`).

    Ratios are percent, null where there was nobody. A day that is `unfinished` has its figures so
    far; one that has not begun has none.
    """

    timestamp: datetime
    dau: int | None
    wau: int | None
    mau: int | None
    dau_wau: float | None
    dau_mau: float | None
    wau_mau: float | None
    unfinished: bool


class Averages(Struct, frozen=True, kw_only=True):
    """Means over the days of the window that have ended; of a ratio over those that have it."""

    days: int
    dau: float | None
    wau: float | None
    mau: float | None
    dau_wau: float | None
    dau_mau: float | None
    wau_mau: float | None


class Stickiness(Answer, frozen=True, kw_only=True):
    """Every day of the window, and what is usual."""

    daily: list[StickyDay]
    averages: Averages


class _Stays(Struct, frozen=True, kw_only=True):
    day: int
    length: int | None  # of those that end; null of those that begin
    people: int


def read(ask: Ask) -> Stickiness:
    """Each day, by how many stays have begun and ended up to it."""
    days = _days(ask)
    if ask.question.window.start_date is not None and any(end > ask.now for _, end in ask.periods):
        ask.fleeting = True  # days that the clock begins and ends, in a window that stays
    begun, ended = [0] * len(days), {length: [0] * len(days) for length in (WEEK, MONTH)}
    for one in ask.rows("stays", _Stays, **days_of(days), lengths=[WEEK, MONTH]):
        if one.day < len(days):
            (begun if one.length is None else ended[one.length])[one.day] += one.people
    people = {
        length: [*accumulate(b - e for b, e in zip(begun, ended[length], strict=True))]
        for length in (WEEK, MONTH)
    }
    told = range(len(days) - len(ask.buckets), len(days))
    daily = [
        _day(ask, days[day], begun[day], people[WEEK][day], people[MONTH][day]) for day in told
    ]
    return Stickiness(**ask.stamp() | {"exact": True}, daily=daily, averages=_averages(daily))


def _days(ask: Ask) -> list[tuple[datetime, datetime]]:
    """The days of the window, and those before it that belong to the last 30 days of its first."""
    if not ask.periods:
        return []
    window = Window(
        start=ask.periods[0][0] - timedelta(days=MONTH + 1),
        end=ask.periods[-1][1],
        timezone=ask.window.timezone,
    )
    return window.periods("day")[-(len(ask.periods) + MONTH - 1) :]


def _day(ask: Ask, day: tuple[datetime, datetime], dau: int, wau: int, mau: int) -> StickyDay:
    since, until = day
    known = since <= ask.now
    return StickyDay(
        timestamp=ask.local(since),
        dau=dau if known else None,
        wau=wau if known else None,
        mau=mau if known else None,
        dau_wau=_percentage(dau, wau) if known else None,
        dau_mau=_percentage(dau, mau) if known else None,
        wau_mau=_percentage(wau, mau) if known else None,
        unfinished=until > ask.now,
    )


def _percentage(part: int, whole: int) -> float | None:
    return float(Fraction(100 * part, whole)) if whole else None


def _averages(daily: list[StickyDay]) -> Averages:
    ended = [day for day in daily if not day.unfinished]

    def average(figure: Callable[[StickyDay], float | None]) -> float | None:
        found = mean([figure(day) for day in ended])
        return None if found is None else float(found)

    return Averages(
        days=len(ended),
        dau=average(lambda day: day.dau),
        wau=average(lambda day: day.wau),
        mau=average(lambda day: day.mau),
        dau_wau=average(lambda day: day.dau_wau),
        dau_mau=average(lambda day: day.dau_mau),
        wau_mau=average(lambda day: day.wau_mau),
    )


report = Report(
    path="analytics/stickiness",
    summary="People of the day, the week and the month, and their ratios",
    answer=Stickiness,
    read=read,
    table="daily",
    fixed_grain="day",
)
