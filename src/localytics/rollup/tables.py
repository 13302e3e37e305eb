"""Tables: those of the declared rollups, made where they are missing or were declared otherwise."""

import duckdb

from localytics.rollup.rollups import ROLLUPS, Rollup
from localytics.rollup.sql import parts, rows, singles, statement

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

    Every day is stale until it has been rolled up again, and the watermark is not past the last
    event.
    """
    declared = _declared()
    cursor.begin()
    try:
        for table in {*old, *declared}:
            cursor.execute(statement("drop_table", table=table))
        cursor.execute(_FORGET)
        for rollup in ROLLUPS:
            for grain in rollup.grains:
                cursor.execute(_create(rollup, grain))
            if rollup.linked:
                cursor.execute(_create_links(rollup))
        for table, definition in declared.items():
            cursor.execute(_NOTE, {"name": table, "definition": definition})
        cursor.execute(statement("rewind"))
        cursor.execute(statement("all_stale"))
    except BaseException:
        cursor.rollback()
        raise
    cursor.commit()


def _create(rollup: Rollup, grain: int) -> str:
    table, own = rollup.tables[grain], rows(rollup, grain, f"({singles('false')})")
    return statement("create_table", table=table, rows=own, linked=rollup.linked)


def _create_links(rollup: Rollup) -> str:
    (table,) = rollup.tables.values()
    return statement("create_links", links=rollup.links, table=table, keys=rollup.keys)


def _declared() -> dict[str, str]:
    """The tables of the rollups, each with all that decides what is in it."""
    declared = {}
    for rollup in ROLLUPS:
        for grain, table in rollup.tables.items():
            declared[table] = f"{_create(rollup, grain)} {parts('true')}"
        if rollup.linked:
            declared[rollup.links] = _create_links(rollup)
    return declared
