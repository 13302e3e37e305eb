"""Streams: stored events in a format, written piece by piece.

NDJSON has an event a line, without the columns that it has nothing in; CSV and Parquet have all
columns. Times are in UTC, money and durations exact. In CSV nothing at all is an empty cell, and an
empty text is `""`.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from localytics.cell import harmless
from localytics.query.ask import plain
from localytics.query.snapshot import Snapshot, Values

# Of a snapshot and a query: its values that find nothing, and those of each stretch.
Stream = Callable[[Snapshot, str, Values, Iterator[Values]], Iterator[bytes]]

_LINES_A_PIECE = 100
_GROUP_ROWS = 20_000  # of Parquet; small groups take more room and more time
_GROUP_BYTES = 16 * 1024 * 1024
_lines = msgspec.json.Encoder(decimal_format="number").encode_lines
_QUOTED = re.compile(r'[",\r\n]')


def ndjson(
    snapshot: Snapshot,
    sql: str,
    none: Values,  # noqa: ARG001  (it has no head)
    stretches: Iterator[Values],
) -> Iterator[bytes]:
    for values in stretches:
        names, rows = snapshot.rows(sql, values)
        for at in range(0, len(rows), _LINES_A_PIECE):
            yield _lines([_object(names, row) for row in rows[at : at + _LINES_A_PIECE]])


def _object(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in zip(names, row, strict=True):
        if value is None:
            continue
        if name == "metadata":
            found[name] = msgspec.Raw(value.encode())
        else:
            found[name] = value.replace(tzinfo=UTC) if type(value) is datetime else plain(value)
    return found


def csv(snapshot: Snapshot, sql: str, none: Values, stretches: Iterator[Values]) -> Iterator[bytes]:
    names, _ = snapshot.rows(sql, none)
    yield f"{','.join(names)}\r\n".encode()
    for values in stretches:
        _, rows = snapshot.rows(sql, values)
        for at in range(0, len(rows), _LINES_A_PIECE):
            lines = [",".join(map(_cell, row)) for row in rows[at : at + _LINES_A_PIECE]]
            yield "".join(f"{line}\r\n" for line in lines).encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = harmless(value)
        quoted = not text or _QUOTED.search(text)
        return '"' + text.replace('"', '""') + '"' if quoted else text
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value.isoformat()}Z"
    return f"{plain(value):f}" if isinstance(value, Decimal) else str(value)


def parquet(
    snapshot: Snapshot, sql: str, none: Values, stretches: Iterator[Values]
) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415  (only for this)
    import pyarrow.parquet as pq  # noqa: PLC0415

    utc = pa.timestamp("us", "UTC")
    schema = pa.schema(
        one.with_type(utc) if pa.types.is_timestamp(one.type) else one
        for one in snapshot.table(sql, none).schema
    )
    written = _Written()
    group = schema.empty_table()
    with pq.ParquetWriter(pa.PythonFile(written, "w"), schema, compression="zstd") as writer:
        for values in stretches:
            group = pa.concat_tables([group, snapshot.table(sql, values).cast(schema)])
            if group.num_rows >= _GROUP_ROWS or group.nbytes >= _GROUP_BYTES:
                writer.write_table(group)
                group = schema.empty_table()
                yield written.take()
        writer.write_table(group)
    yield written.take()


class _Written:
    """A file that hands on what is written to it."""

    closed = False

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


STREAMS: dict[str, Stream] = {"ndjson": ndjson, "csv": csv, "parquet": parquet}
