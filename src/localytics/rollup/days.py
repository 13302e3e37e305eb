"""Days: stretches of whole days (UTC), in which rollups are merged, made anew and audited."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import duckdb

from localytics.rollup.sql import statement

_MOST_EVENTS = 500_000
_MOST_DAYS = 31
_DAY = timedelta(days=1)


class Days(NamedTuple):
    """From the start of one day to the start of another, exclusive."""

    since: datetime
    until: datetime

    @property
    def each(self) -> "list[Days]":
        """Every day of them, alone."""
        return [Days.of(self.since + number * _DAY) for number in range(self.length)]

    @property
    def length(self) -> int:
        """How many days."""
        return (self.until - self.since) // _DAY

    @property
    def bounds(self) -> dict[str, datetime]:
        """As statements bind them."""
        return {"since": self.since, "until": self.until}

    @classmethod
    def of(cls, day: datetime) -> "Days":
        """One day alone."""
        return cls(day, day + _DAY)


def runs(cursor: duckdb.DuckDBPyConnection, table: str) -> list[Days]:
    """The days that `table` lists, packed."""
    return packed(cursor.execute(statement("listed_days", table=table)).fetchall())


def packed(listed: Iterable[tuple[datetime, int]]) -> list[Days]:
    """Days, in order and each with how many events it has, as few stretches: each no more than a
    transaction should hold. A stretch may cover days in between that are not listed.
    """
    found: list[Days] = []
    size = 0
    for start, events in listed:
        within = bool(found) and start - found[-1].since < _MOST_DAYS * _DAY
        if within and size + events <= _MOST_EVENTS:
            found[-1] = Days(found[-1].since, start + _DAY)
        else:
            found.append(Days.of(start))
            size = 0
        size += events
    return found
