"""Audit: days counted again from their events and archive, and held against the rollups."""

import duckdb

from localytics.rollup.days import Days
from localytics.rollup.roll_up import gather
from localytics.rollup.rollups import tables
from localytics.rollup.sql import merged, rolled, statement


def drift(cursor: duckdb.DuckDBPyConnection, days: Days) -> dict[str, int]:
    """Rows of `days` that differ from a recount, by the table of the rollup; none where all agree.

    A stale day is nobody's drift: it is known not to agree.
    """
    gather(cursor, days)
    found = {}
    for rollup, grain in tables():
        table = rollup.table(grain)
        kept = merged(rollup, grain, statement("of_days", table=table))
        recounted = rolled(rollup, grain, "fresh")
        sql = statement("drift", kept=kept, recounted=recounted)
        ((rows,),) = cursor.execute(sql, days.bounds).fetchall()
        if rows:
            found[table] = int(rows)
    return found
