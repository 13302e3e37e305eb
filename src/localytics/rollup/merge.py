"""Merge: partial rows of some days into one for each slot and keys. No figure changes by it."""

import duckdb

from localytics.rollup.days import Days, runs
from localytics.rollup.rollups import ROLLUPS
from localytics.rollup.sql import count_links, merged, statement


def touched_days(cursor: duckdb.DuckDBPyConnection) -> list[Days]:
    """Days that have been added to since they were last merged."""
    return runs(cursor, "touched_days")


def merge(cursor: duckdb.DuckDBPyConnection, days: Days) -> None:
    """Merge the rows of `days` in every rollup; in a transaction of the caller's."""
    for rollup in ROLLUPS:
        for table in rollup.tables.values():
            rows = merged(rollup, statement("of_days", table=table), linked=rollup.linked)
            cursor.execute(statement("added", rows=rows), days.bounds)
            cursor.execute(statement("clear_days", table=table), days.bounds)
            cursor.execute(statement("insert", table=table, rows="select * from added"))
            if rollup.linked:
                cursor.execute(statement("clear_days", table=rollup.links), days.bounds)
                cursor.execute(count_links(rollup, "added"))
    cursor.execute(statement("untouch"), days.bounds)
