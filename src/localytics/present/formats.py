"""Formats: one answer as JSON, CSV, Parquet or Arrow.

JSON is the whole answer. The others are tables: the rows that the report names or makes as its
`table`, or one row of its plain figures. Figures nested in a row are JSON text there. Money and
tokens stay exact, times are in UTC.
"""

import csv
import hashlib
import io
from datetime import UTC, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import fields

from localytics.cell import harmless
from localytics.query.question import Format
from localytics.query.report import Answer, Report, moments

_STAMP = {field.name for field in fields(Answer)}
# With the clock, not the data.
_MOVING = ("generated_at", "timestamp", "window", "period_hours", "next_cursor")
_INT64 = 2**63 - 1
_json = msgspec.json.Encoder(decimal_format="number")


def encoded(report: Report, answer: Answer, form: Format) -> bytes:
    """`answer` in the format `form`."""
    if form == "json":
        return _json.encode(answer)
    row, rows = _table(report, answer)
    if form == "csv":
        return _csv(row, rows)
    return _columnar(row, rows, form)


def etag(answer: Answer, form: Format) -> str:
    """A tag that is the same as long as the figures are, whenever they were worked out."""
    plain = msgspec.to_builtins(answer, builtin_types=(datetime, Decimal))
    for moving in _MOVING:
        plain.pop(moving, None)
    for name, _ in moments(answer):
        plain[name].pop("timestamp")
    plain["timezone"] = answer.window.timezone
    return f'"{hashlib.sha256(form.encode() + _json.encode(plain)).hexdigest()[:32]}"'


def _table(report: Report, answer: Answer) -> tuple[type[Struct], list[Any]]:
    if report.table is None:
        return type(answer), [answer]
    if callable(report.table):
        return report.table(answer)
    rows = getattr(answer, report.table)
    (kind,) = (field.type for field in fields(answer) if field.name == report.table)
    return kind.__args__[0], rows


def _columns(row: type[Struct]) -> list[tuple[str, Any]]:
    return [(field.name, field.type) for field in fields(row) if field.name not in _STAMP]


def _csv(row: type[Struct], rows: list[Any]) -> bytes:
    names = [name for name, _ in _columns(row)]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(names)
    for one in rows:
        writer.writerow([_cell(getattr(one, name)) for name in names])
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict | list | Struct):
        return _json.encode(value).decode()
    return value


def _columnar(row: type[Struct], rows: list[Any], form: Format) -> bytes:
    import pyarrow as pa  # noqa: PLC0415  (26 MB that only these formats need)
    import pyarrow.parquet as pq  # noqa: PLC0415

    types: dict[type, Any] = {
        str: pa.string(),
        int: pa.int64(),
        float: pa.float64(),
        bool: pa.bool_(),
        Decimal: pa.decimal128(38, 9),
        datetime: pa.timestamp("us", "UTC"),
    }
    columns = {}
    for name, declared in _columns(row):
        values = [getattr(one, name) for one in rows]
        kind = _kind(declared, values)
        if kind is str and not _alternatives(declared) & {str}:
            values = [None if value is None else _json.encode(value).decode() for value in values]
        elif kind is datetime:
            values = [None if value is None else value.astimezone(UTC) for value in values]
        elif kind is float:
            values = [None if value is None else float(value) for value in values]
        huge = kind is int and any(abs(value or 0) > _INT64 for value in values)
        columns[name] = pa.array(values, pa.decimal128(38, 0) if huge else types[kind])
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    if form == "parquet":
        pq.write_table(table, sink)
    else:
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    return bytes(sink.getvalue())


def _kind(declared: Any, values: list[Any]) -> type:
    """What a column holds. Of several kinds of number that which holds all of its values."""
    kinds = _alternatives(declared) & {str, int, float, bool, Decimal, datetime}
    if len(kinds) > 1:
        found = {type(value) for value in values if value is not None}
        return next((kind for kind in (float, Decimal, int) if kind in found), float)
    return next(iter(kinds), str)  # anything nested is JSON text


def _alternatives(declared: Any) -> set[Any]:
    """The types of a union, or the one type."""
    union = get_origin(declared) in {Union, UnionType}
    return set(get_args(declared)) if union else {declared}
