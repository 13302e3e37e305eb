"""Columns: a group of rows as the table that insert.sql reads, with nothing left to parse."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
from msgspec.structs import astuple

from localytics.event import Event, named
from localytics.pricing import Rates, has_hours, rates_of
from localytics.write.batch import Batch, Prepared, Rows, rows_of

_TIMESTAMP = pa.timestamp("us")
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
_PRICED_BY = (
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "metadata",
)
# What metadata says of people, conversations and messages, and reports look for by itself.
_LIFTED = ("message_id", "username", "title", "conversation_type")
_USD = pa.decimal128(18, 9)
_WORKED_OUT: dict[str, pa.DataType] = {
    "timestamp": _TIMESTAMP,
    "timestamp_basis": _TEXT,
    "sent_at": _TIMESTAMP,
    "received_at": _TIMESTAMP,
    "reported_usd": _USD,
    "priced_nanousd": _COUNT,
    "metadata": _TEXT,
} | dict.fromkeys(_LIFTED, _TEXT)
_UNNUMBERED = pa.schema(list((_FIELDS | _WORKED_OUT).items()))
SCHEMA = _UNNUMBERED.append(pa.field("seq", _COUNT))
_NANODOLLAR = Decimal("1e-9")
_DAY_US = 24 * 3600 * 1_000_000
_MINUTE_US = 60 * 1_000_000
_encode = msgspec.json.Encoder().encode


def prepare(batch: Batch) -> None:
    """Work out what the writer would, in the thread that has the batch anyway: it has the most to
    do. Only for events that are new as they stand, so not for replays. A batch with an event that
    can't be stored stays as it is: the writer finds out which one that is.
    """
    rows = rows_of([batch])
    with suppress(Exception):
        batch.prepared = Prepared(rows.times, rows.bases, rows.sent, _columns(rows))


def columns(rows: Rows, first_seq: int) -> pa.Table:
    """`rows` numbered from `first_seq` in their order; prices as integers of 1e-9 USD."""
    table = pa.concat_tables(rows.tables) if rows.tables else _columns(rows)
    return table.append_column(
        SCHEMA.field("seq"), pa.array(range(first_seq, first_seq + len(rows)), _COUNT)
    )


def _columns(rows: Rows) -> pa.Table:
    events = rows.events
    values = dict(
        zip(Event.__struct_fields__, zip(*map(astuple, events), strict=True), strict=True)
    )
    table = {name: _column(values[name], kind) for name, kind in _FIELDS.items()}
    table["timestamp"] = pa.array(rows.times, _COUNT).view(_TIMESTAMP)
    table["timestamp_basis"] = pa.array(rows.bases, _TEXT)
    table["sent_at"] = pa.nulls(len(rows), _TIMESTAMP)
    if "future" in rows.bases:
        not_believed = [
            sent if basis == "future" else None
            for sent, basis in zip(rows.sent, rows.bases, strict=True)
        ]
        table["sent_at"] = pa.array(not_believed, _COUNT).view(_TIMESTAMP)
    table["received_at"] = pa.array(rows.received, _COUNT).view(_TIMESTAMP)
    reported = values["cost_usd"]
    if reported.count(None) != len(reported):
        reported = tuple(None if cost is None else cost.quantize(_NANODOLLAR) for cost in reported)
    table["reported_usd"] = _column(reported, _USD)
    table["priced_nanousd"] = _column(_priced(rows, values), _COUNT)
    metadata = values["metadata"]
    for name in _LIFTED:
        table[name] = _column(_lifted(name, values.get(name), metadata), _TEXT)
    if metadata.count(None) != len(metadata):
        metadata = tuple(None if one is None else _encode(one).decode() for one in metadata)
    table["metadata"] = _column(metadata, _TEXT)
    return pa.table(table, schema=_UNNUMBERED)


def _lifted(
    name: str, own: tuple[Any, ...] | None, metadata: tuple[Any, ...]
) -> tuple[str | None, ...]:
    """Each event's `own` field `name`, or where it has none, the name its metadata says by that."""
    values = own or (None,) * len(metadata)
    if not any(one is not None and name in one for one in metadata):
        return values
    return tuple(
        named(said.get(name)) if value is None and said is not None else value
        for value, said in zip(values, metadata, strict=True)
    )


def _column(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    # Most columns of most groups are empty: counting is far cheaper than converting.
    if values.count(None) == len(values):
        return pa.nulls(len(values), kind)
    return pa.array(values, kind)


def _priced(rows: Rows, values: dict[str, tuple[Any, ...]]) -> tuple[int | None, ...]:
    """What each event costs by its tokens; rates are looked up once for a model and a day."""
    models = values["model"]
    if models.count(None) == len(models):
        return models
    known: dict[tuple[str, int, bool], Rates | None] = {}
    units = {model: _MINUTE_US if has_hours(model) else _DAY_US for model in {*models} - {None}}
    costs: list[int | None] = []
    for model, time, fresh, output, read, write, hour, metadata in zip(
        models, rows.times, *(values[name] for name in _PRICED_BY), strict=True
    ):
        if model is None or (fresh is None and output is None and read is None and write is None):
            costs.append(None)
            continue
        fast = metadata is not None and metadata.get("speed") == "fast"
        key = (model, time // units[model], fast)
        if key not in known:
            known[key] = rates_of(model, datetime.fromtimestamp(time // 1_000_000, UTC), fast=fast)
        rates = known[key]
        costs.append(
            None
            if rates is None
            else rates.nanodollars(fresh or 0, output or 0, read or 0, write or 0, hour or 0)
        )
    return tuple(costs)
