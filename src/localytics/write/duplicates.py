"""Duplicates: which events of a group the store has seen before, for all time and without an index.

A re-sent event carries the id and the timestamp that it carried before. So the store is only asked
about events that could be in it: those older than all that is remembered here, and those whose key
is remembered. Live events are neither, and cost a look-up in memory.
"""

from datetime import UTC, datetime

import duckdb

from localytics.event import NEWEST, epoch_us
from localytics.write.arrow import COUNT, TEXT, TIMESTAMP, table
from localytics.write.batch import Rows
from localytics.write.sql import statement

_SENT_BEFORE = statement("sent_before")
_ARRIVED_BEFORE = statement("arrived_before")
_AHEAD = statement("ahead")
_NEWEST = statement("newest")
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
        """Forget everything; whatever the store holds lies below the floor.

        But for a few events that are ahead of the clock: those are remembered, or the floor would
        rise above the present (see _turn).
        """
        now = epoch_us(datetime.now(UTC))
        ahead = cursor.execute(_AHEAD, {"now": now, "most": _REMEMBERED}).fetchall()
        if len(ahead) == _REMEMBERED:
            now, ahead = epoch_us(NEWEST), []
        ((newest,),) = cursor.execute(_NEWEST, {"until": now}).fetchall()
        self._floor = 0 if newest is None else newest + 1
        self._young = {hash(name): name[1] for name in ahead}
        self._old = {}

    def find(self, cursor: duckdb.DuckDBPyConnection, rows: Rows, suspects: list[int]) -> set[int]:
        """Which of the positions `suspects` are stored already, or stand earlier in `rows`."""
        if not suspects:
            return set()
        first: dict[tuple[str | None, int | None], int] = {}
        for position in range(len(rows)):
            first.setdefault(_key(rows, position), position)
        found = {position for position in suspects if first[_key(rows, position)] != position}
        asked = [position for position in suspects if position not in found]
        sent = [position for position in asked if rows.bases[position] != "arrival"]
        if sent:
            times = [rows.sent[position] for position in sent]
            bounds = {"earliest": min(times), "latest": max(times)}
            found |= _ask(cursor, _SENT_BEFORE, rows, sent, bounds)
        arrived = [position for position in asked if rows.bases[position] == "arrival"]
        if arrived:
            since = min(rows.received[position] for position in arrived) - self._window_us
            bounds = {"since": since, "window": self._window_us}
            found |= _ask(cursor, _ARRIVED_BEFORE, rows, arrived, bounds)
        return found

    def remember(self, rows: Rows) -> list[int]:
        """Take note of `rows`, about to be stored; return positions that may be duplicates."""
        if not rows:
            return []
        if len(self._young) > _REMEMBERED:
            self._turn(rows.received[0])
        ids = [event.id for event in rows.events]
        keys = list(map(hash, zip(ids, rows.sent, strict=True)))
        clean = (
            min(rows.sent) >= self._floor
            and "arrival" not in rows.bases
            and len(set(keys)) == len(keys)
            and self._young.keys().isdisjoint(keys)
            and self._old.keys().isdisjoint(keys)
        )
        suspects = [] if clean else self._suspects(ids, keys, rows)
        self._young.update(zip(keys, rows.sent, strict=True))
        return suspects

    def _suspects(self, ids: list[str | None], keys: list[int], rows: Rows) -> list[int]:
        seen: set[int] = set()
        suspects = []
        for position, key in enumerate(keys):
            if ids[position] is None:
                continue
            if (
                rows.sent[position] < self._floor
                or rows.bases[position] == "arrival"
                or key in seen
                or key in self._young
                or key in self._old
            ):
                suspects.append(position)
            seen.add(key)
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


def _key(rows: Rows, position: int) -> tuple[str | None, int | None]:
    time = None if rows.bases[position] == "arrival" else rows.sent[position]
    return (rows.events[position].id, time)


def _ask(
    cursor: duckdb.DuckDBPyConnection,
    question: str,
    rows: Rows,
    positions: list[int],
    bounds: dict[str, int],
) -> set[int]:
    suspects = table(
        {
            "position": (COUNT, positions),
            "id": (TEXT, [rows.events[position].id for position in positions]),
            "timestamp": (TIMESTAMP, [rows.sent[position] for position in positions]),
        }
    )
    cursor.register("suspects", suspects)
    try:
        return {position for (position,) in cursor.execute(question, bounds).fetchall()}
    finally:
        cursor.unregister("suspects")
