"""Exported: files of events that `localytics export` wrote, and lines of events as they are sent.

Whatever the format, an event becomes a line of JSON: the store checks it as it would check any.
"""

import hashlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from localytics.cell import as_it_was
from localytics.errors import SetupError
from localytics.stored import Stored

Progress = Callable[[int, int], None]  # done, of so much

_HINT = "It takes NDJSON, CSV or Parquet of `localytics export`, or NDJSON of events."
_ROWS = 2_000
_NOT_TEXT = (
    inspect.IntType,
    inspect.FloatType,
    inspect.BoolType,
    inspect.DecimalType,
    inspect.DictType,
)
_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Line(NamedTuple):
    """An event as JSON, and where it stands: lines count from 1, and so do rows of a table.

    With a `problem` it is not to be stored.
    """

    number: int
    text: bytes
    problem: str | None = None


class Source(NamedTuple):
    """What a file holds: events as they were `exported`, or else as they are sent."""

    exported: bool
    lines: Iterator[Line]


def source(path: Path, show: Progress) -> Source:
    """The events of the file at `path`. Raises SetupError where it is none that is understood."""
    try:
        with path.open("rb") as file:
            head = file.readline(1 << 20).removeprefix(BOM_UTF8).strip()
    except OSError as error:
        raise SetupError(f"Can't read {path}: {error.strerror}") from None
    if head.startswith(b"PAR1"):
        return Source(True, _parquet(path, show))
    if head.startswith(b"{"):
        try:
            exported = "timestamp_basis" in _object(head)
        except (msgspec.MsgspecError, RecursionError):
            exported = False
        return Source(exported, _ndjson(path, show, exported=exported))
    if b"timestamp_basis" in head.split(b","):
        return Source(True, _csv(path, show))
    raise SetupError(f"{path} is no file of events", hint=_HINT)


def _ndjson(path: Path, show: Progress, *, exported: bool) -> Iterator[Line]:
    size = path.stat().st_size
    done = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            done += len(line)
            if text := line.removeprefix(BOM_UTF8 if number == 1 else b"").strip():
                yield Line(number, text) if exported else _named(number, text)
            if number % _ROWS == 0:
                show(done, size)


def _named(number: int, text: bytes) -> Line:
    """An event with an id that it will have the next time as well, where it brings none.

    It is made of the line and its place: a log that only grows can be read again and again.
    """
    try:
        found = _object(text)
    except (msgspec.MsgspecError, RecursionError):
        return Line(number, text)  # the store says what is wrong with it
    if "timestamp" not in found:
        return Line(number, text, "It has no timestamp, and so no place in a history")
    if "id" in found:
        return Line(number, text)
    name = hashlib.sha256(b"%d %b" % (number, text)).hexdigest()[:32]
    return Line(number, _encode({"id": f"line-{name}", **found}))


def _parquet(path: Path, show: Progress) -> Iterator[Line]:
    import pyarrow as pa  # noqa: PLC0415  (only for this)
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield Line(number, _line(row))
                show(number, file.metadata.num_rows)
    except pa.ArrowException as error:
        raise SetupError(f"{path} is no whole Parquet file: {error}", hint=_HINT) from None


def _line(row: dict[str, Any]) -> bytes:
    found = {name: value for name, value in row.items() if value is not None}
    if isinstance(metadata := found.get("metadata"), str):
        found["metadata"] = _raw(metadata)
    return _encode(found)


def _csv(path: Path, show: Progress) -> Iterator[Line]:
    import pyarrow as pa  # noqa: PLC0415  (only for this)
    from pyarrow import csv  # noqa: PLC0415

    not_text = _not_text()
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            reader = csv.open_csv(
                file,
                parse_options=csv.ParseOptions(newlines_in_values=True),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(Stored.__struct_fields__, pa.string()),
                    null_values=[""],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
            number = 0
            for batch in reader:
                for row in batch.to_pylist():
                    number += 1
                    yield Line(number, _encode(dict(_cells(row, not_text))))
                show(file.tell(), size)
    except pa.ArrowException as error:
        raise SetupError(f"{path} is no whole CSV file: {error}", hint=_HINT) from None


def _cells(row: dict[str, Any], not_text: set[str]) -> Iterator[tuple[str, Any]]:
    for name, cell in row.items():
        if cell is not None:
            yield name, _raw(cell) if name in not_text else as_it_was(str(cell))


def _raw(text: str) -> Any:
    """JSON as it is; what would not stay on its line is not JSON of an export."""
    return text if "\n" in text or "\r" in text else msgspec.Raw(text.encode())


def _not_text() -> set[str]:
    """The columns of which the cells are numbers, truths and objects."""
    described: Any = inspect.type_info(Stored)
    found = set()
    for field in described.fields:
        kinds = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
        if any(isinstance(kind, _NOT_TEXT) for kind in kinds):
            found.add(field.name)
    return found
