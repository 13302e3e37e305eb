"""Duplicates: which events of a group the store has seen before, for all time and without an index.

A re-sent event carries the id and the timestamp that it carried before. So the store is only asked
about events that could be in it: those older than all that is remembered here, and those whose key
is remembered. Live events are neither, and cost a look-up in memory.
"""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from localytics.write.batch import Row
from localytics.write.sql import statement

_SENT_BEFORE = statement("sent_before")
_ARRIVED_BEFORE = statement("arrived_before")
_REMEMBERED = 50_000


class Duplicates:
    """Finds duplicates by (id, timestamp), or by id within `window_hours` where no time was sent.

    What is remembered is hashes only, of the newest events: whatever it suspects, the store
    confirms. Its one promise is that a stored event at or after `_floor` is remembered, so that an
    event it does not suspect is certainly new.
    """

    def __init__(self, window_hours: int) -> None:
        self._window_us = window_hours * 3600 * 1_000_000
        self._floor = 0
        self._young: dict[int, int] = {}
        self._old: dict[int, int] = {}

    def start(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Forget everything; whatever the store holds now lies below the floor."""
        newest = cursor.execute("select epoch_us(max(timestamp)) from events").fetchone()
        self._floor = newest[0] + 1 if newest and newest[0] is not None else 0
        self._young, self._old = {}, {}

    def find(self, cursor: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> set[int]:
        """Positions of the rows that are stored already, or stand earlier in `rows`."""
        suspects = self.remember(rows)
        if not suspects:
            return set()
        first: dict[tuple[str, int | None], int] = {}
        for position, row in enumerate(rows):
            first.setdefault(_key(row), position)
        found = {position for position in suspects if first[_key(rows[position])] != position}
        asked = [position for position in suspects if position not in found]
        sent = [position for position in asked if rows[position].basis == "sent"]
        if sent:
            times = [rows[position].timestamp for position in sent]
            found |= _ask(
                cursor, _SENT_BEFORE, rows, sent, {"earliest": min(times), "latest": max(times)}
            )
        arrived = [position for position in asked if rows[position].basis != "sent"]
        if arrived:
            since = min(rows[position].received for position in arrived) - self._window_us
            found |= _ask(cursor, _ARRIVED_BEFORE, rows, arrived, {"since": since})
        return found

    def remember(self, rows: Sequence[Row]) -> list[int]:
        """Take note of `rows`, about to be stored; return positions that may be duplicates."""
        if rows and len(self._young) > _REMEMBERED:
            self._turn(rows[0].received)
        floor, young, old = self._floor, self._young, self._old
        suspects = []
        for position, row in enumerate(rows):
            if row.event.id is None:
                continue
            key = hash((row.event.id, row.timestamp))
            if row.timestamp < floor or row.basis != "sent" or key in young or key in old:
                suspects.append(position)
            young[key] = row.timestamp
        return suspects

    def _turn(self, now: int) -> None:
        """Let the older generation go, and raise the floor above it.

        Its few events that lie in the future are kept, or the floor would rise above the present
        and every live event would have to be looked up until the clock catches up.
        """
        ahead = {key: at for key, at in self._old.items() if at > now}
        if len(ahead) > _REMEMBERED // 2:
            ahead = {}
        gone = max((at for key, at in self._old.items() if key not in ahead), default=0)
        self._floor = max(self._floor, gone + 1)
        self._old = {**ahead, **self._young}
        self._young = {}


def _key(row: Row) -> tuple[str, int | None]:
    return (row.event.id or "", row.timestamp if row.basis == "sent" else None)


def _ask(
    cursor: duckdb.DuckDBPyConnection,
    question: str,
    rows: Sequence[Row],
    positions: list[int],
    bounds: dict[str, int],
) -> set[int]:
    suspects = pa.table(
        {
            "position": pa.array(positions, pa.int64()),
            "id": pa.array([rows[position].event.id for position in positions], pa.string()),
            "timestamp": pa.array(
                [rows[position].timestamp for position in positions], pa.int64()
            ).cast(pa.timestamp("us")),
        }
    )
    cursor.register("suspects", suspects)
    try:
        return {position for (position,) in cursor.execute(question, bounds).fetchall()}
    finally:
        cursor.unregister("suspects")
