"""Erasure: events taken out for good, from the store and from every rollup.

Removing them and marking their days as stale is one transaction of the writer's, so that no answer
counts them from then on; the rollups of those days are made anew right after.
"""

from typing import Any

import duckdb
from msgspec import Struct

from localytics.rollup.sql import statement

METRICS = ("metric_archive", "metric_ends")


class Erased(Struct, frozen=True, kw_only=True):
    """How much was removed: `events` that were there whole, and `archived_events` of which only
    sums were left. `renewed_days` are those whose rollups were made anew without them."""

    events: int
    archived_events: int
    renewed_days: int


def erase(
    cursor: duckdb.DuckDBPyConnection, condition: str, archived: str, values: dict[str, Any]
) -> tuple[int, int]:
    """Remove events that meet `condition` and rows of the archive that meet `archived`, in the open
    transaction; how many events were removed of either kind."""
    tables = {"events": ("timestamp", condition), "archive": ("slot", archived)}
    counted = []
    for table, (time, meant) in tables.items():
        words = {"table": table, "condition": meant}
        cursor.execute(statement("mark_stale", time=time, **words), values)
        ((count,),) = cursor.execute(
            statement("erased_count", of="count(*)" if table == "events" else "sum(n)", **words),
            values,
        ).fetchall()
        cursor.execute(statement("erase", **words), values)
        counted.append(int(count))
    erase_metrics(cursor, archived, values)
    return counted[0], counted[1]


def erase_metrics(cursor: duckdb.DuckDBPyConnection, archived: str, values: dict[str, Any]) -> None:
    """Remove what is left of metrics that meet `archived`; counters then end before."""
    erased = cursor.execute(statement("erase", table="metric_archive", condition=archived), values)
    ((count,),) = erased.fetchall()
    if count:
        renew_ends(cursor, statement("metric_ends", condition="true", known="false"), {})


def renew_ends(cursor: duckdb.DuckDBPyConnection, ends: str, values: dict[str, Any]) -> None:
    """Have in metric_ends what `ends` finds."""
    cursor.execute(ends, values)
    cursor.execute(statement("erase", table="metric_ends", condition="true"))
    cursor.execute(statement("insert", table="metric_ends", rows="select * from ends"))
