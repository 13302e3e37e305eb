"""Erasure: events taken out for good, from the store and from every rollup.

Removing them and marking their days as stale is one transaction of the writer's, so that no answer
counts them from then on; the rollups of those days are made anew right after.
"""

from collections.abc import Callable
from typing import Any

import duckdb
from msgspec import Struct

from localytics.rollup.measures import MEASURES
from localytics.rollup.sql import statement

NAMING = ("changed_by", "initiated_by")  # the keys of metadata that name a person
_OF_USER = "user_id = $user_id"
_DELETION = ("event_type", "source", "message_id")  # what it takes
_AT = {
    "events": ("seq", "timestamp", "timestamp_basis", "sent_at", "received_at", "is_error"),
    "archive": ("slot", "first_at", "last_at", "n"),
}
_SERIES = ("metric", "labels", "source", "device_id")
_SAME = " and ".join(f"touched.{one} is not distinct from metric_ends.{one}" for one in _SERIES)
_UNTOUCHED = f"not exists (select 1 from touched_ends touched where {_SAME})"
_ZEROS = tuple(name for name, measure in MEASURES.items() if measure.counts and name != "n")


class Counted(Struct, frozen=True, kw_only=True):
    """How much was removed: `events` that were there whole, and `archived_events` of which only
    sums were left. Of a person who is forgotten, `kept_deletions` are those of messages of others:
    they stay, without a name, or these messages would come back; `unnamed_events` are others' that
    named them as `changed_by` or `initiated_by` in their metadata, and do no more."""

    events: int
    archived_events: int
    kept_deletions: int = 0
    unnamed_events: int = 0

    @property
    def changes(self) -> int:
        """How many events are no longer what they were."""
        return self.events + self.archived_events + self.kept_deletions + self.unnamed_events


class Erased(Counted, frozen=True, kw_only=True):
    """How much was removed, and of how many days the rollups were made anew without it."""

    renewed_days: int


Erasing = Callable[[duckdb.DuckDBPyConnection], Counted]


def forget(cursor: duckdb.DuckDBPyConnection, user_id: str) -> Counted:
    """Remove all there is of a person, in the open transaction."""
    values = {"user_id": user_id}
    for table, at in _AT.items():
        zeros = _ZEROS if table == "archive" else ()
        columns = (*at, *_DELETION)
        words = {"table": table, "columns": columns, "zeros": zeros}
        cursor.execute(statement("kept_deletions", **words), values)
    erased = erase(cursor, _OF_USER, _OF_USER, values)
    kept = {table: _count(cursor, table, f"kept_{table}", "true", {}) for table in _AT}
    for table in _AT:
        rows = f"select * from kept_{table}"
        cursor.execute(statement("insert", table=table, rows=rows))
    ((unnamed,),) = cursor.execute(statement("unname", keys=NAMING), values).fetchall()
    return Counted(
        events=erased.events - kept["events"],
        archived_events=erased.archived_events - kept["archive"],
        kept_deletions=sum(kept.values()),
        unnamed_events=int(unnamed),
    )


def erase(
    cursor: duckdb.DuckDBPyConnection, condition: str, archived: str, values: dict[str, Any]
) -> Counted:
    """Remove events that meet `condition` and rows of the archive that meet `archived`, in the open
    transaction."""
    tables = {"events": ("timestamp", condition), "archive": ("slot", archived)}
    counted = {}
    for table, (time, meant) in tables.items():
        words = {"table": table, "condition": meant}
        cursor.execute(statement("mark_stale", time=time, **words), values)
        counted[table] = _count(cursor, table, table, meant, values)
        cursor.execute(statement("erase", **words), values)
    erase_metrics(cursor, archived, values)
    return Counted(events=counted["events"], archived_events=counted["archive"])


def _count(
    cursor: duckdb.DuckDBPyConnection, kind: str, table: str, condition: str, values: dict[str, Any]
) -> int:
    """How many events those rows of `table` are that meet `condition`."""
    of = "count(*)" if kind == "events" else "sum(n)"
    counting = statement("erased_count", of=of, table=table, condition=condition)
    return int(cursor.execute(counting, values).fetchall()[0][0])


def erase_metrics(cursor: duckdb.DuckDBPyConnection, archived: str, values: dict[str, Any]) -> None:
    """Remove what is left of metrics that meet `archived`; counters of them then end before. Of the
    others some may have ended so long ago that nothing but their end is known.
    """
    cursor.execute(statement("touched_ends", condition=archived), values)
    erased = cursor.execute(statement("erase", table="metric_archive", condition=archived), values)
    ((count,),) = erased.fetchall()
    if count:
        renew_ends(cursor, statement("metric_ends", condition="true", known=_UNTOUCHED), {})


def restore_ends(cursor: duckdb.DuckDBPyConnection) -> int:
    """Have every counter end where its archive does, in the open transaction, if it does not end
    later: then what came last is nowhere else."""
    renew_ends(cursor, statement("metric_ends", condition="true", known="true"), {})
    return 1


def renew_ends(cursor: duckdb.DuckDBPyConnection, ends: str, values: dict[str, Any]) -> None:
    """Have in metric_ends what `ends` finds."""
    cursor.execute(ends, values)
    cursor.execute(statement("erase", table="metric_ends", condition="true"))
    cursor.execute(statement("insert", table="metric_ends", rows="select * from ends"))
