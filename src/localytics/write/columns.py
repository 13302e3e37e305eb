"""Rows to columns: what DuckDB takes in without parsing anything."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from localytics.event import MAX_COST_USD
from localytics.pricing import price
from localytics.write.batch import Row

_TIMESTAMP = pa.timestamp("us")
_USD = pa.decimal128(18, 9)
_TEXT = pa.string()
_COUNT = pa.int64()
_NUMBER = pa.float64()

# The columns that are fields of the event as they are.
_FIELDS: dict[str, pa.DataType] = {
    "id": _TEXT,
    "event_type": _TEXT,
    "source": _TEXT,
    "user_id": _TEXT,
    "session_id": _TEXT,
    "project_id": _TEXT,
    "conversation_id": _TEXT,
    "device_id": _TEXT,
    "duration_ms": _NUMBER,
    "status_code": pa.int16(),
    "is_error": pa.bool_(),
    "error_message": _TEXT,
    "role": _TEXT,
    "model": _TEXT,
    "agent": _TEXT,
    "input_tokens": _COUNT,
    "output_tokens": _COUNT,
    "cache_read_tokens": _COUNT,
    "cache_write_tokens": _COUNT,
    "cache_write_1h_tokens": _COUNT,
    "message_type": _TEXT,
    "message_length": _COUNT,
    "endpoint": _TEXT,
    "method": _TEXT,
    "category": _TEXT,
    "severity": _TEXT,
    "status": _TEXT,
    "value": _NUMBER,
}
_NANODOLLAR = Decimal("1e-9")
_json = msgspec.json.Encoder()


def columns(rows: Sequence[Row], first_seq: int) -> pa.Table:
    """`rows` as the table that insert.sql reads, numbered from `first_seq` in their order."""
    events = [row.event for row in rows]
    table = {name: _column([getattr(e, name) for e in events], _FIELDS[name]) for name in _FIELDS}
    table["seq"] = pa.array(range(first_seq, first_seq + len(rows)), _COUNT)
    table["timestamp"] = pa.array([row.timestamp for row in rows], _COUNT).cast(_TIMESTAMP)
    table["timestamp_basis"] = pa.array([row.basis for row in rows], _TEXT)
    table["received_at"] = pa.array([row.received for row in rows], _COUNT).cast(_TIMESTAMP)
    reported = [None if e.cost_usd is None else e.cost_usd.quantize(_NANODOLLAR) for e in events]
    table["reported_usd"] = _column(reported, _USD)
    priced = [None if row.event.model is None else _price(row) for row in rows]
    table["priced_usd"] = _column(priced, _USD)
    metadata = [None if e.metadata is None else _json.encode(e.metadata).decode() for e in events]
    table["metadata"] = _column(metadata, _TEXT)
    return pa.table(table)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    # Most columns of most groups are empty: counting is far cheaper than converting.
    if values.count(None) == len(values):
        return pa.nulls(len(values), kind)
    return pa.array(values, kind)


def _price(row: Row) -> Decimal | None:
    event = row.event
    if event.model is None or (event.input_tokens is None and event.output_tokens is None):
        return None
    cost = price(
        event.model,
        datetime.fromtimestamp(row.timestamp // 1_000_000, UTC),
        input_tokens=event.input_tokens or 0,
        output_tokens=event.output_tokens or 0,
        cache_read_tokens=event.cache_read_tokens or 0,
        cache_write_tokens=event.cache_write_tokens or 0,
        cache_write_1h_tokens=event.cache_write_1h_tokens or 0,
    )
    return cost if cost is None or cost < MAX_COST_USD else None
