"""Tables: those of the declared rollups, made where they are missing or were declared otherwise."""

import duckdb

from localytics.rollup.rollups import tables
from localytics.rollup.sql import parts, rolled, statement

_KNOWN = "select name, definition from rollup_tables"
_FORGET = "delete from rollup_tables"
_NOTE = "insert into rollup_tables values ($name, $definition)"


def make_tables(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Bring the tables in line with the declaration; whether anything had to be made anew.

    What is made anew is empty, and every day is stale until it has been rolled up again.
    """
    declared = {
        rollup.table(grain): f"{rolled(rollup, grain, 'archive')};{parts('true')}"
        for rollup, grain in tables()
    }
    known = dict(cursor.execute(_KNOWN).fetchall())
    if known == declared:
        return False
    remake(cursor, known.keys() | declared.keys())
    return True


def remake(cursor: duckdb.DuckDBPyConnection, old: set[str] | None = None) -> None:
    """Throw every rollup away, with the tables of `old` names, and mark all days as stale."""
    cursor.begin()
    try:
        for table in old or {rollup.table(grain) for rollup, grain in tables()}:
            cursor.execute(statement("drop_table", table=table))
        cursor.execute(_FORGET)
        for rollup, grain in tables():
            table, rows = rollup.table(grain), rolled(rollup, grain, "archive")
            cursor.execute(statement("create_table", table=table, rows=rows))
            definition = f"{rows};{parts('true')}"
            cursor.execute(_NOTE, {"name": table, "definition": definition})
        cursor.execute(statement("all_stale"))
    except BaseException:
        cursor.rollback()
        raise
    cursor.commit()
