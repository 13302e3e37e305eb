"""Columns: a group of rows as the table that insert.sql reads, with nothing left to parse."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from arro3.core import Array, DataType, Field, RecordBatch, Schema, Table
from msgspec.structs import astuple

from localytics.event import Event, named
from localytics.pricing import Rates, has_hours, rates_of
from localytics.write.arrow import COUNT, FLAG, NUMBER, STATUS, TEXT, TIMESTAMP, column
from localytics.write.batch import Batch, Prepared, Rows, rows_of

# The columns that are fields of the event as they are.
_FIELDS: dict[str, DataType] = {
    "id": TEXT,
    "event_type": TEXT,
    "source": TEXT,
    "user_id": TEXT,
    "session_id": TEXT,
    "project_id": TEXT,
    "conversation_id": TEXT,
    "device_id": TEXT,
    "duration_ms": NUMBER,
    "status_code": STATUS,
    "is_error": FLAG,
    "error_message": TEXT,
    "role": TEXT,
    "model": TEXT,
    "agent": TEXT,
    "input_tokens": COUNT,
    "output_tokens": COUNT,
    "cache_read_tokens": COUNT,
    "cache_write_tokens": COUNT,
    "cache_write_1h_tokens": COUNT,
    "message_type": TEXT,
    "message_length": COUNT,
    "endpoint": TEXT,
    "method": TEXT,
    "category": TEXT,
    "severity": TEXT,
    "status": TEXT,
    "value": NUMBER,
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
_WORKED_OUT: dict[str, DataType] = {
    "timestamp": TIMESTAMP,
    "timestamp_basis": TEXT,
    "sent_at": TIMESTAMP,
    "received_at": TIMESTAMP,
    "reported_nanousd": COUNT,
    "priced_nanousd": COUNT,
    "metadata": TEXT,
} | dict.fromkeys(_LIFTED, TEXT)
_KINDS = _FIELDS | _WORKED_OUT
_UNNUMBERED = Schema([Field(name, kind) for name, kind in _KINDS.items()])
_SEQ = Field("seq", COUNT)
SCHEMA = _UNNUMBERED.append(_SEQ)
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


def columns(rows: Rows, first_seq: int) -> Table:
    """`rows` numbered from `first_seq` in their order; money as integers of 1e-9 USD."""
    numbered = []
    for part in rows.parts or [_columns(rows)]:
        seqs = range(first_seq, first_seq := first_seq + part.num_rows)
        numbered.append(part.append_column(_SEQ, Array(seqs, COUNT)))
    return Table.from_batches(numbered, schema=SCHEMA)


def _columns(rows: Rows) -> RecordBatch:
    events = rows.events
    values: dict[str, Sequence[Any]] = dict(
        zip(Event.__struct_fields__, zip(*map(astuple, events), strict=True), strict=True)
    )
    metadata = values["metadata"]
    values["priced_nanousd"] = _priced(rows, values)
    values["reported_nanousd"] = _nanodollars(values["cost_usd"])
    values["timestamp"] = rows.times
    values["timestamp_basis"] = rows.bases
    values["sent_at"] = _not_believed(rows)
    values["received_at"] = rows.received
    for name in _LIFTED:
        values[name] = _lifted(name, values.get(name), metadata)
    if metadata.count(None) != len(metadata):
        values["metadata"] = [None if one is None else _encode(one).decode() for one in metadata]
    arrays = [column(values[name], kind) for name, kind in _KINDS.items()]
    return RecordBatch.from_arrays(arrays, schema=_UNNUMBERED)


def _not_believed(rows: Rows) -> Sequence[int | None]:
    if "future" not in rows.bases:
        return (None,) * len(rows)
    return [
        sent if basis == "future" else None
        for sent, basis in zip(rows.sent, rows.bases, strict=True)
    ]


def _nanodollars(costs: Sequence[Decimal | None]) -> list[int | None]:
    return [None if one is None else int(one.quantize(_NANODOLLAR).scaleb(9)) for one in costs]


def _lifted(name: str, own: Sequence[Any] | None, metadata: Sequence[Any]) -> Sequence[str | None]:
    """Each event's `own` field `name`, or where it has none, the name its metadata says by that."""
    values = own or (None,) * len(metadata)
    if not any(one is not None and name in one for one in metadata):
        return values
    return tuple(
        named(said.get(name)) if value is None and said is not None else value
        for value, said in zip(values, metadata, strict=True)
    )


def _priced(rows: Rows, values: dict[str, Sequence[Any]]) -> Sequence[int | None]:
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
    return costs
