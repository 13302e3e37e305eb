"""Audit: days counted again from their events and archive, and held against the rollups."""

from datetime import datetime

import duckdb

from localytics.rollup.days import Days, runs
from localytics.rollup.roll_up import gather
from localytics.rollup.rollups import ROLLUPS, TABLES
from localytics.rollup.sql import coarser, rows, statement

_KNOWN_DAYS = statement("known_days", tables=TABLES)


def drift(cursor: duckdb.DuckDBPyConnection, days: Days) -> dict[str, int]:
    """Rows of `days` that differ from a recount, by the table of the rollup; none where all agree.

    A stale day is nobody's drift: it is known not to agree.
    """
    gather(cursor, days)
    found = {}
    for rollup in ROLLUPS:
        for grain, table in rollup.tables.items():
            kept = coarser(rollup, grain, statement("of_days", table=table))
            checks = [statement("drift", kept=kept, recounted=rows(rollup, grain, "fresh"))]
            if rollup.linked:
                checks.append(
                    statement("miscounted", table=table, links=rollup.links, keys=rollup.keys)
                )
            wrong = sum(cursor.execute(check, days.bounds).fetchall()[0][0] for check in checks)
            if wrong:
                found[table] = int(wrong)
    return found


def ends_drift(cursor: duckdb.DuckDBPyConnection) -> int:
    """Rows by which `metric_ends` differs from where counters end, or did later, by the archive."""
    cursor.execute(statement("metric_ends", condition="true", known="true"))
    ends = {"kept": "select * from metric_ends", "recounted": "select * from ends"}
    return int(cursor.execute(statement("drift", **ends)).fetchall()[0][0])


def known_days(cursor: duckdb.DuckDBPyConnection) -> list[datetime]:
    """Every day that has rows of any rollup, events that were rolled up or an archive, in order."""
    return [day for (day,) in cursor.execute(f"{_KNOWN_DAYS} order by day").fetchall()]


def stretches(cursor: duckdb.DuckDBPyConnection) -> list[Days]:
    """The same days, packed."""
    return runs(cursor, f"({_KNOWN_DAYS})")
