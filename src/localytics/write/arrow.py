"""Arrow: rows as columns that DuckDB reads with nothing left to parse."""

from collections.abc import Mapping, Sequence
from typing import Any

from arro3.core import Array, DataType, Field, RecordBatch, Schema, Table

TEXT = DataType.utf8()
COUNT = DataType.int64()
STATUS = DataType.int16()
NUMBER = DataType.float64()
FLAG = DataType.bool()
TIMESTAMP = DataType.timestamp("us")

_nothing: dict[DataType, Array] = {}


def column(values: Sequence[Any], kind: DataType) -> Array:
    """`values` of one `kind`, None among them; timestamps are microseconds since 1970."""
    # Most columns of most groups are empty: counting is far cheaper than converting.
    if values.count(None) == len(values):
        return _empty(len(values), kind)
    if kind == TIMESTAMP:
        return Array(values, COUNT).cast(TIMESTAMP)
    return Array(values, kind)


def table(columns: Mapping[str, tuple[DataType, Sequence[Any]]]) -> Table:
    """A table of `columns`, each of one kind and with its values."""
    schema = Schema([Field(name, kind) for name, (kind, _) in columns.items()])
    arrays = [column(values, kind) for kind, values in columns.values()]
    return Table.from_batches([RecordBatch.from_arrays(arrays, schema=schema)])


def _empty(length: int, kind: DataType) -> Array:
    known = _nothing.get(kind)
    if known is None or len(known) < length:
        known = _nothing[kind] = Array([None] * length, COUNT if kind == TIMESTAMP else kind)
        if kind == TIMESTAMP:
            known = _nothing[kind] = known.cast(TIMESTAMP)
    return known.slice(0, length)
