"""Replay: a history told again, in which an id names the same event whatever its timestamp.

Sources that keep their own files (transcripts, exports) are read more than once, while they grow
and after a crash. Of two versions of an event the one with more `output_tokens` is kept, a
streaming answer only ever grows, and it happened when it was first seen.
"""

from collections.abc import Sequence
from typing import NamedTuple

import duckdb
import pyarrow as pa

from localytics.write.batch import Row
from localytics.write.sql import statement

_REPLAYED_BEFORE = statement("replayed_before")


class Replay(NamedTuple):
    """What a replayed group changes: positions in it, and rows of the store by their seq."""

    rows: dict[int, Row]  # to be stored, by position
    superseded: list[int]  # seqs of which `rows` holds a fuller version
    moved: dict[int, tuple[int, int]]  # position -> (seq, the earlier timestamp)
    updated: set[int]  # positions that changed an event which was there
    duplicates: set[int]


def compare(cursor: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> Replay:
    """Hold `rows` against each other and against the store."""
    best: dict[str, int] = {}
    merged: dict[int, Row] = {}
    replay = Replay({}, [], {}, set(), set())
    for position, row in enumerate(rows):
        if row.event.id is None:
            replay.rows[position] = row
        elif row.event.id not in best:
            best[row.event.id] = position
            merged[position] = row
        else:
            kept = best[row.event.id]
            merged[kept] = _fuller(merged[kept], row)
            replay.duplicates.add(position)
    for position, (seq, timestamp, output_tokens) in _stored(cursor, merged).items():
        row = merged.pop(position)
        if _output(row) > output_tokens:
            replay.superseded.append(seq)
            replay.updated.add(position)
            replay.rows[position] = row._replace(timestamp=min(row.timestamp, timestamp))
        elif row.timestamp < timestamp and row.basis == "sent":
            replay.moved[position] = (seq, row.timestamp)
            replay.updated.add(position)
        else:
            replay.duplicates.add(position)
    replay.rows.update(merged)
    return replay


def _output(row: Row) -> int:
    return -1 if row.event.output_tokens is None else row.event.output_tokens


def _fuller(one: Row, other: Row) -> Row:
    fuller = other if _output(other) > _output(one) else one
    return fuller._replace(timestamp=min(one.timestamp, other.timestamp))


def _stored(
    cursor: duckdb.DuckDBPyConnection, rows: dict[int, Row]
) -> dict[int, tuple[int, int, int]]:
    suspects = pa.table(
        {
            "position": pa.array(list(rows), pa.int64()),
            "id": pa.array([row.event.id for row in rows.values()], pa.string()),
        }
    )
    cursor.register("suspects", suspects)
    try:
        found = cursor.execute(_REPLAYED_BEFORE).fetchall()
    finally:
        cursor.unregister("suspects")
    return {position: (seq, timestamp, output) for position, seq, timestamp, output in found}
