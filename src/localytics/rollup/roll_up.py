"""Roll up: events past the watermark into every rollup, and stale days anew.

Each function runs inside a transaction that its caller begins and commits, so that rollups and
watermark move together or not at all.
"""

from datetime import datetime

import duckdb

from localytics.rollup.days import Days, runs
from localytics.rollup.rollups import ROLLUPS, Rollup
from localytics.rollup.sql import coarser, count_links, rows, singles, statement

SLICE_EVENTS = 500_000
_PAST_WATERMARK = f"({singles('seq > $watermark and seq <= $upto')})"
_OF_DAYS = singles(
    "timestamp >= $since and timestamp < $until and seq <= (select watermark from rollup_state)"
)


def watermark_of(cursor: duckdb.DuckDBPyConnection) -> int:
    """The number up to which events are in the rollups."""
    ((watermark,),) = cursor.execute(statement("watermark")).fetchall()
    return int(watermark)


def last_number(cursor: duckdb.DuckDBPyConnection) -> int:
    """The number of the last event there is."""
    ((last,),) = cursor.execute(statement("last_number")).fetchall()
    return int(last)


def roll_up_slice(cursor: duckdb.DuckDBPyConnection, goal: int) -> int:
    """Add the next events up to the number `goal`, and move the watermark; by how many numbers."""
    watermark = watermark_of(cursor)
    upto = _next(cursor, watermark, goal)
    if upto is None:
        return 0
    bounds = {"watermark": watermark, "upto": upto}
    _add(cursor, _PAST_WATERMARK, bounds)
    cursor.execute(statement("touch", source=_PAST_WATERMARK), bounds)
    cursor.execute(statement("advance"), {"watermark": upto})
    return upto - watermark


def stale_days(cursor: duckdb.DuckDBPyConnection) -> list[Days]:
    """Days whose rollups don't agree with their events, in runs that are small enough to renew."""
    return runs(cursor, "stale_days")


def stale(cursor: duckdb.DuckDBPyConnection) -> list[datetime]:
    """The same days, each by itself."""
    return [
        day for day, _ in cursor.execute(statement("listed_days", table="stale_days")).fetchall()
    ]


def renew(cursor: duckdb.DuckDBPyConnection, days: Days) -> None:
    """Roll `days` up from nothing, and call them stale no more."""
    gather(cursor, days)
    for rollup in ROLLUPS:
        for table in rollup.tables.values():
            if rollup.linked:
                _clear_linked(cursor, rollup, table, days)
            else:
                cursor.execute(statement("clear_days", table=table), days.bounds)
    _add(cursor, "fresh", {})
    cursor.execute(statement("touch", source="fresh"))  # merging puts them in order
    cursor.execute(statement("fresh_enough"), days.bounds)


def gather(cursor: duckdb.DuckDBPyConnection, days: Days) -> None:
    """All there is of `days`, from events and archive, as the table `fresh`."""
    cursor.execute(statement("fresh", singles=_OF_DAYS), days.bounds)


def _next(cursor: duckdb.DuckDBPyConnection, watermark: int, goal: int) -> int | None:
    bounds = {"watermark": watermark, "goal": goal, "most": SLICE_EVENTS}
    ((upto,),) = cursor.execute(statement("next_slice"), bounds).fetchall()
    if upto is None:  # removed events may have left a gap wider than a slice
        del bounds["most"]
        ((upto,),) = cursor.execute(statement("next_number"), bounds).fetchall()
    return None if upto is None else int(upto)


def _add(cursor: duckdb.DuckDBPyConnection, source: str, values: dict[str, int]) -> None:
    """Add what is in `source`, in the form of the archive, to every rollup. That it is read for
    each takes less than to have it in a table of its own.
    """
    for rollup in ROLLUPS:
        (finest, table), *others = rollup.tables.items()
        of_finest = rows(rollup, finest, source)
        if not (others or rollup.linked):
            cursor.execute(statement("insert", table=table, rows=of_finest), values)
            continue
        cursor.execute(statement("added", rows=of_finest), values)
        if rollup.linked:
            cursor.execute(statement("linked", table=table, keys=rollup.keys))
            cursor.execute(statement("insert", table=table, rows="select * from linked"))
            cursor.execute(count_links(rollup, "linked"))
        else:
            cursor.execute(statement("insert", table=table, rows="select * from added"))
        for grain, table in others:
            wider = coarser(rollup, grain, "added")
            cursor.execute(statement("insert", table=table, rows=wider))


def _clear_linked(
    cursor: duckdb.DuckDBPyConnection, rollup: Rollup, table: str, days: Days
) -> None:
    """Remove the rows of `days`, and link anew what remains of what they were about."""
    words = {"table": table, "keys": rollup.keys}
    cursor.execute(statement("cleared", **words), days.bounds)
    cursor.execute(count_links(rollup, statement("of_cleared", **words), sign="-"))
    cursor.execute(statement("clear_days", table=table), days.bounds)
    cursor.execute(statement("linked_anew", **words))
    cursor.execute(statement("clear_linked", **words))
    cursor.execute(statement("insert", table=table, rows="select * from added"))
    cursor.execute(count_links(rollup, "added"))
