"""Replay: a history told again, in which an id names the same event whatever its timestamp.

Sources that keep their own files (transcripts, exports) are read more than once, while they grow
and after a crash. Of two versions of an event the one with more `output_tokens` is kept, since a
streaming answer only ever grows, and of equally long ones the later, which knows more; it happened
when it was first seen. Where events of one id were sent at several times, the one at the time that
is told is meant, or else the last that came.
"""

from typing import NamedTuple

import duckdb
import msgspec

from localytics.event import Event
from localytics.write.arrow import COUNT, TEXT, table
from localytics.write.batch import Rows
from localytics.write.sql import statement

_ARCHIVED_BEFORE = statement("archived_before")
_REPLAYED_BEFORE = statement("replayed_before")
_json = msgspec.json.Encoder()


class When(NamedTuple):
    """When an event happened, and whose word that is (see Rows)."""

    time: int
    basis: str


class Replay(NamedTuple):
    """What a replayed group changes: positions in it, and rows of the store by their seq."""

    new: dict[int, When]  # positions to be stored
    superseded: list[int]  # seqs of which one of those is a fuller version
    moved: dict[int, tuple[int, When]]  # position -> seq of a row that is kept, but was earlier
    updated: set[int]  # positions that changed an event which was there
    duplicates: set[int]


class _Stored(NamedTuple):
    seq: int
    time: int
    basis: str
    output_tokens: int
    agent: str | None
    metadata: str | None


def compare(cursor: duckdb.DuckDBPyConnection, rows: Rows) -> Replay:
    """Hold `rows` against each other and against the store."""
    replay = Replay({}, [], {}, set(), set())
    fullest: dict[str, int] = {}  # by id: the position of the version to keep
    earliest: dict[str, When] = {}
    told = zip(rows.events, map(When, rows.times, rows.bases), strict=True)
    for position, (event, when) in enumerate(told):
        if event.id is None:
            replay.new[position] = when
            continue
        earliest[event.id] = min(when, earliest.get(event.id, when))
        kept = fullest.setdefault(event.id, position)
        if kept != position:
            fuller = _output(event) >= _output(rows.events[kept])
            fullest[event.id] = position if fuller else kept
            replay.duplicates.add(kept if fuller else position)
    stored, archived = _stored(cursor, fullest, earliest)
    for name, position in fullest.items():
        when = earliest[name]
        known = stored.get(position)
        if known is None and position in archived:
            replay.duplicates.add(position)
        elif known is None:
            replay.new[position] = when
        elif _says_more(rows.events[position], known):
            replay.superseded.append(known.seq)
            replay.updated.add(position)
            replay.new[position] = min(when, When(known.time, known.basis))
        elif when.time < known.time:
            replay.moved[position] = (known.seq, when)
            replay.updated.add(position)
        else:
            replay.duplicates.add(position)
    return replay


def _output(event: Event) -> int:
    return -1 if event.output_tokens is None else event.output_tokens


def _says_more(event: Event, known: _Stored) -> bool:
    if _output(event) != known.output_tokens:
        return _output(event) > known.output_tokens
    metadata = None if event.metadata is None else _json.encode(event.metadata).decode()
    return (event.agent, metadata) != (known.agent, known.metadata)


def _stored(
    cursor: duckdb.DuckDBPyConnection, positions: dict[str, int], whens: dict[str, When]
) -> tuple[dict[int, _Stored], set[int]]:
    """What the store has of each position, and positions that it had before retention."""
    suspects = table(
        {
            "position": (COUNT, list(positions.values())),
            "id": (TEXT, list(positions)),
            "time": (COUNT, [whens[name].time for name in positions]),
        }
    )
    cursor.register("suspects", suspects)
    try:
        found = cursor.execute(_REPLAYED_BEFORE).fetchall()
        archived = cursor.execute(_ARCHIVED_BEFORE).fetchall()
    finally:
        cursor.unregister("suspects")
    stored = {position: _Stored(*known) for position, *known in found}
    return stored, {position for (position,) in archived}
