"""Tables: those of the declared rollups, made where they are missing or were declared otherwise."""

import duckdb

from localytics.rollup.rollups import ROLLUPS, Rollup
from localytics.rollup.sql import parts, rows, statement

_KNOWN = "select name, definition from rollup_tables"
_FORGET = "delete from rollup_tables"
_NOTE = "insert into rollup_tables values ($name, $definition)"


def make_tables(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Bring the tables in line with the declaration; whether there were others before."""
    known = dict(cursor.execute(_KNOWN).fetchall())
    if known == _declared():
        return False
    remake(cursor, [*known])
    return bool(known)


def remake(cursor: duckdb.DuckDBPyConnection, old: list[str]) -> None:
    """Throw the rollups away, with the tables named in `old`, and make them empty.

    Every day is stale until it has been rolled up again.
    """
    declared = _declared()
    cursor.begin()
    try:
        for table in {*old, *declared}:
            cursor.execute(statement("drop_table", table=table))
        cursor.execute(_FORGET)
        for rollup in ROLLUPS:
            cursor.execute(_create(rollup))
            definition = declared[rollup.table]
            cursor.execute(_NOTE, {"name": rollup.table, "definition": definition})
        cursor.execute(statement("all_stale"))
    except BaseException:
        cursor.rollback()
        raise
    cursor.commit()


def _create(rollup: Rollup) -> str:
    return statement("create_table", table=rollup.table, rows=_rows(rollup), linked=rollup.linked)


def _declared() -> dict[str, str]:
    """The rollups by table, each with all that decides what is in it."""
    return {
        rollup.table: f"{rollup.grains} {_create(rollup)} {parts('true')}" for rollup in ROLLUPS
    }


def _rows(rollup: Rollup) -> str:
    return rows(rollup, "archive")
