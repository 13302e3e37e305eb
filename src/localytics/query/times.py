"""Times: what `timed` binds: the stretches of a window, and a slot that divides them all.

A stretch is time in which neither the bucket nor the offset from UTC changes.
"""

import math
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from localytics.query.state import State
from localytics.rollup.rollups import DAY, GRAINS, HOUR
from localytics.window import Window

_MICROSECOND = timedelta(microseconds=1)


class Times(NamedTuple):
    """What to bind, and the grains whose slots no bucket divides. They are `even` where every
    bucket is one slot, and no clock is read: then there is nothing to look up."""

    values: dict[str, Any]
    grains: tuple[int, ...]
    even: bool


def times(
    window: Window, periods: list[tuple[datetime, datetime]], state: State, *, clock: bool
) -> Times:
    """The times of `window` with its buckets, the `periods`; where a `clock` is read, a slot
    divides its hours too.
    """
    # Only where there are events: a century of slots, as fine as the odd offsets of its first half
    # would have them, takes seconds.
    start = max(window.start, state.oldest or window.end)
    end = min(window.end, (state.newest or start) + _MICROSECOND)
    buckets = [begins for begins, _ in periods]
    periods = periods[max(0, bisect_right(buckets, start) - 1) : bisect_left(buckets, end)]
    buckets = [begins for begins, _ in periods]
    ends = [*buckets[1:], end]
    offsets = Window(start=start, end=end, timezone=window.timezone).offsets()
    cuts = {*buckets[1:], *dict(offsets[1:])}
    seconds = [_epoch(cut) for cut in cuts]
    if clock:
        seconds += [HOUR, *(offset for _, offset in offsets)]
    slot = math.gcd(DAY, *seconds)
    starts = [datetime.fromtimestamp(_epoch(start) // slot * slot, UTC), *sorted(cuts)]
    changes = [since for since, _ in offsets[1:]]
    places = [max(0, bisect_right(buckets, one) - 1) for one in starts if buckets]
    values = {
        "slot_seconds": slot,
        "stretch_starts": [_naive(one) for one in starts],
        "stretch_ends": [_naive(one) for one in (*starts[1:], end)],
        "stretch_buckets": [_naive(buckets[place]) for place in places],
        "stretch_bucket_ends": [_naive(ends[place]) for place in places],
        "stretch_offsets": [offsets[bisect_right(changes, one)][1] for one in starts],
    }
    even = not clock and all(
        _epoch(begins) % slot == 0 and _epoch(ends) - _epoch(begins) == slot
        for begins, ends in periods
    )
    return Times(values, tuple(grain for grain in GRAINS if slot % grain == 0), even)


def _epoch(instant: datetime) -> int:
    return math.floor(instant.timestamp())


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
