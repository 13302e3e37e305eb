"""Clock: where hours, days, weeks and months start by the clock on the wall of a time zone.

The rules make buckets cover time without hole or overlap, whatever the zone's clock is made to do:

- A day, week or month starts at the first instant at which the local clock shows its first
  midnight or later. So a midnight that happens twice starts its day the first time; a midnight
  that a jump forward skips starts its day at the jump; a date that never happened (30 December
  2011 in Apia) has no bucket; and an hour that is lived again across midnight (the clock goes from
  00:01 back to 23:01) stays with the day that had begun.
- An hour starts whenever the local clock shows a whole hour, or jumps forward over one. So an hour
  lived twice is two buckets; a clock that goes from 02:00 back to 01:30 makes one of 90 minutes,
  and one that goes from 02:00 on to 02:30 makes one of 30.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

Grain = Literal["hour", "day", "week", "month"]

_STEP = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
_HOUR = timedelta(hours=1)
_SECOND = timedelta(seconds=1)
_MICROSECOND = timedelta(microseconds=1)


def starts(zone: tzinfo, instant: datetime, grain: Grain) -> Iterator[datetime]:
    """Bucket starts without end, from that of the bucket that holds the instant."""
    if grain == "hour":
        start = _hour_start(zone, instant.astimezone(UTC))
        while True:
            yield start
            start = _next_hour_start(zone, start)
    wall = instant.astimezone(zone).replace(
        tzinfo=None, fold=0, hour=0, minute=0, second=0, microsecond=0
    )
    wall = _truncate(wall, grain)
    start = first_showing(zone, wall)
    while True:
        wall = _truncate(wall + _STEP[grain], grain)
        following = first_showing(zone, wall)
        # Not so for a day that the clock went back to after the next had begun, nor for a date
        # that never happened: neither has any time of its own.
        if following > max(start, instant):
            yield start
        start = following


def _truncate(midnight: datetime, grain: Grain) -> datetime:
    if grain == "week":
        return midnight - timedelta(days=midnight.weekday())
    return midnight.replace(day=1) if grain == "month" else midnight


def first_showing(zone: tzinfo, wall: datetime) -> datetime:
    """The first instant at which the zone's clock shows `wall` or later."""
    start = wall.replace(tzinfo=zone).astimezone(UTC)
    other = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # PEP 495: only for a wall time that is skipped does fold=1 come first, and then the two
    # lie on either side of the jump.
    return change_between(zone, other, start) if other < start else start


def _hour_start(zone: tzinfo, instant: datetime) -> datetime:
    local = instant.astimezone(zone)
    start = instant - _past_hour(local)
    if start.astimezone(zone).utcoffset() == local.utcoffset():
        return start
    change = change_between(zone, start, instant)
    before = (change - _MICROSECOND).astimezone(zone)
    after = change.astimezone(zone)
    skips_whole_hour = before.replace(tzinfo=None) < after.replace(tzinfo=None) - _past_hour(after)
    return change if skips_whole_hour else _hour_start(zone, change - _MICROSECOND)


def _next_hour_start(zone: tzinfo, start: datetime) -> datetime:
    local = start.astimezone(zone)
    following = start + (_HOUR - _past_hour(local))
    if following.astimezone(zone).utcoffset() == local.utcoffset():
        return following
    change = change_between(zone, start, following)
    if _hour_start(zone, change) == change:
        return change
    return change + (_HOUR - _past_hour(change.astimezone(zone)))


def _past_hour(local: datetime) -> timedelta:
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def change_between(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The instant in (before, after] at which the zone's offset changes; always a whole second."""
    offset = before.astimezone(zone).utcoffset()
    before, after = before.replace(microsecond=0), after.replace(microsecond=0)
    while after - before > _SECOND:
        middle = before + (after - before) // (2 * _SECOND) * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def seconds_east(instant: datetime, zone: tzinfo) -> int:
    """How far the local clock is ahead of UTC at the instant."""
    offset = instant.astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())
