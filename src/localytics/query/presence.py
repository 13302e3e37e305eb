"""Presence: in which periods people were there, worked out from one row a day.

No local day lies whole within a day of UTC with time of others before and after it: none has in
any time zone since 1970. So a day of UTC is cut by one bound of local periods at most, and whoever
was there on it was there in the period of their first moment and in that of their last, and in no
other. That is why rollups by days of UTC answer for the days, weeks and months of every time zone.
"""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import Any

_DAY = timedelta(days=1)


def days_of(periods: list[tuple[datetime, datetime]]) -> dict[str, Any]:
    """What `presence` and `days` bind to speak of `periods`, which follow one another.

    Each day of UTC comes with the moment that cuts it, and with the numbers of the periods before
    and after that; a number is null outside of them all. Bounds are texts, because they don't move
    with the clock as those of windows do.
    """
    bounds = [since for since, _ in periods] + [until for _, until in periods[-1:]]
    if not bounds:
        return {"from_day": None, "to_day": None} | {name: [] for name in _ROWS}
    last = len(periods)
    rows = []
    day = bounds[0].astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    from_day = day
    while day < bounds[-1]:
        place = bisect_right(bounds, day)
        following = day + _DAY
        cut = bounds[place] if place <= last and bounds[place] < following else following
        after = place if cut < following else place - 1
        rows.append((day, cut, _number(place - 1, last), _number(after, last)))
        day = following
    columns = zip(*rows, strict=True)
    listed = dict(zip(_ROWS, ([_naive(one) for one in column] for column in columns), strict=True))
    return {"from_day": _text(from_day), "to_day": _text(day), **listed}


_ROWS = ("days", "cuts", "periods_before", "periods_after")


def _number(place: int, last: int) -> int | None:
    return place if 0 <= place < last else None


def _naive(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def _text(instant: datetime) -> str:
    return instant.replace(tzinfo=None).isoformat()
