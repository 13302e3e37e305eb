"""State: what has to be known of a store before anything is read of it: how far its rollups can be
relied on, and between which moments there is anything at all.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import duckdb

from localytics.event import OLDEST
from localytics.query.ever import Ever
from localytics.write.database import Database

_WATERMARK = "select watermark from rollup_state"
# Apart, because each alone is told from statistics; together they take ten times as long.
_STATE = (
    _WATERMARK,
    "select coalesce(max(seq), 0) from events",
    "select count(*) from events",
    "select coalesce(list(distinct day), []) from stale_days",
    "select min(first_at), max(last_at) from archive",
    "select min(timestamp) from events",
    "select max(timestamp) from events",
    "select max(value) from store_facts where name = 'dropped_until_us'",
    "select count(*) > 0 from metric_ends",
)


class State(NamedTuple):
    """Events up to number `watermark` of `last_seq` are in the rollups, but for those of `stale`
    days; of all that were numbered, `events` are left. `oldest` and `newest` are when the first and
    the last event was, kept whole or not; `archive_oldest` and `archive_newest`, of those that
    retention has removed. What was before `dropped_until` is not known in any form, if there is
    such a time; `has_ends` says whether it is known where counters ended that went. `ever`
    remembers what is true of all.
    """

    watermark: int
    last_seq: int
    events: int
    stale: list[datetime]
    archive_oldest: datetime | None
    archive_newest: datetime | None
    oldest: datetime | None
    newest: datetime | None
    ever: Ever
    dropped_until: datetime | None = None
    has_ends: bool = False

    @property
    def has_archive(self) -> bool:
        """Whether retention has removed anything of which something is left."""
        return self.archive_newest is not None or self.has_ends


def state_of(cursor: duckdb.DuckDBPyConnection, ever: Ever) -> State:
    """The state of the store that the open transaction of `cursor` sees."""
    rows = [cursor.execute(one).fetchall()[0] for one in _STATE]
    (
        (watermark,),
        (last_seq,),
        (events,),
        (stale,),
        archived,
        (first,),
        (last,),
        (dropped,),
        (ends,),
    ) = rows
    archive_oldest, archive_newest = archived
    return State(
        watermark=watermark,
        last_seq=last_seq,
        events=events,
        stale=stale,
        archive_oldest=archive_oldest,
        archive_newest=archive_newest,
        oldest=_utc(min(filter(None, (first, archive_oldest)), default=None)),
        newest=_utc(max(filter(None, (last, archive_newest)), default=None)),
        ever=ever,
        dropped_until=None if dropped is None else OLDEST + timedelta(microseconds=dropped),
        has_ends=ends,
    )


class States:
    """The states of a store, each told again until the next commit that changes answers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ever = Ever()
        self._known: tuple[int, State] | None = None

    def begin(self, cursor: duckdb.DuckDBPyConnection) -> State:
        """Begin a transaction of `cursor`; the state that it sees."""
        before, known = self._database.settled, self._known
        cursor.begin()
        cursor.execute(
            _WATERMARK
        ).fetchall()  # what a transaction sees is settled by its first read
        if self._database.complete(cursor) or before is None or before != self._database.settled:
            return state_of(cursor, self._ever)
        if known is None or known[0] != before:
            self._known = known = before, state_of(cursor, self._ever)
        return known[1]


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
