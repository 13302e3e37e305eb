"""Merge: partial rows of some days into one for each slot and keys, and row groups of few rows into
full ones. No figure changes by it.
"""

from datetime import datetime

import duckdb

from localytics.rollup.days import Days, runs
from localytics.rollup.rollups import ROLLUPS, Rollup
from localytics.rollup.sql import count_links, merged, statement

_EVER = Days(datetime.min, datetime.max)  # noqa: DTZ901  (without a zone, as in the store)
_FEW = 1


def touched_days(cursor: duckdb.DuckDBPyConnection) -> list[Days]:
    """Days that have been added to since they were last merged."""
    return runs(cursor, "touched_days")


def merge(cursor: duckdb.DuckDBPyConnection, days: Days) -> None:
    """Merge the rows of `days` in every rollup; in a transaction of the caller's."""
    for rollup in ROLLUPS:
        for table in rollup.tables.values():
            _merge(cursor, rollup, table, days)
    cursor.execute(statement("untouch"), days.bounds)


def scattered(cursor: duckdb.DuckDBPyConnection) -> list[tuple[Rollup, str]]:
    """Tables in over twice as many row groups as would do. Every checkpoint begins one, however few
    rows have come, and each takes up a block at least.
    """

    def is_scattered(table: str) -> bool:
        ((there, enough),) = cursor.execute(statement("row_groups", table=table)).fetchall()
        return bool(there > _FEW + 2 * enough)

    return [
        (rollup, table)
        for rollup in ROLLUPS
        for table in rollup.tables.values()
        if is_scattered(table) or (rollup.linked and is_scattered(rollup.links))
    ]


def pack(cursor: duckdb.DuckDBPyConnection, rollup: Rollup, table: str) -> None:
    """Put the rows of a table into as few row groups as will do, in a transaction of the caller's;
    what they took up is free after a checkpoint.
    """
    _merge(cursor, rollup, table, _EVER)


def _merge(cursor: duckdb.DuckDBPyConnection, rollup: Rollup, table: str, days: Days) -> None:
    rows = merged(rollup, statement("of_days", table=table))
    cursor.execute(statement("added", rows=rows), days.bounds)
    cursor.execute(statement("clear_days", table=table), days.bounds)
    cursor.execute(statement("insert", table=table, rows="select * from added"))
    if rollup.linked:
        cursor.execute(statement("clear_days", table=rollup.links), days.bounds)
        cursor.execute(count_links(rollup, "added"))
