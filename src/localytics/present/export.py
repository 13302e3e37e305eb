"""Export: events as they stand in the store, all columns of them, in the order of their numbers.

They are read a stretch at a time from one snapshot, so that any number of them takes little memory,
and none that is stored or removed meanwhile makes a difference.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, get_args

import jinja2
from msgspec.structs import asdict, replace

from localytics.errors import InvalidParameter
from localytics.present.streams import STREAMS
from localytics.query.lifespan import course
from localytics.query.options import listed
from localytics.query.question import understand
from localytics.query.snapshot import Snapshot
from localytics.reports import events
from localytics.window import window_of

Format = Literal["ndjson", "csv", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
PATH = "export/events"

_STRETCH = 2_000  # numbers, and so at most as many events
_HEADING = re.compile(r"^-- (\w+):.*$", re.MULTILINE)


class Export(NamedTuple):
    """What is to be exported: of a window or all, narrowed by `filters`. `values` are bound."""

    form: Format
    windowed: bool
    filters: tuple[str, ...]
    values: dict[str, Any]

    @property
    def file_name(self) -> str:
        return f"localytics-events.{self.form}"


# It is asked for as a page of events is, but for the paging.
REPORT = replace(
    events.report,
    path=PATH,
    summary="All stored events, with all their columns",
    window="all",
    options=events.Narrowed,
)


def export_of(words: list[tuple[str, str]], now: datetime) -> Export:
    """The export that `words` ask for. Raises InvalidParameter or InvalidWindow."""
    forms = [value for word, value in words if word == "format"] or ["ndjson"]
    form: Any = forms[0]
    if len(forms) > 1:
        raise InvalidParameter("format is given twice", field="format")
    if form not in FORMATS:
        raise InvalidParameter(
            f"format {form[:40]!r} is not known",
            hint=f"Choose one of {listed(FORMATS)}.",
            field="format",
        )
    question = understand(REPORT, [pair for pair in words if pair[0] != "format"])
    window = window_of(question.window, default="all", now=now, oldest=None, newest=None)
    narrowed = {
        name: value for name, value in asdict(question.options).items() if value is not None
    }
    filters = question.filters | narrowed
    values: dict[str, Any] = dict(filters)
    windowed = course(question) != "growing" or question.window.start_date is not None
    if windowed:
        values |= {"start": _naive(window.start), "end": _naive(window.end)}
    return Export(form, windowed, tuple(sorted(filters)), values)


def exported(export: Export, snapshot: Snapshot) -> tuple[int, Iterator[bytes]]:
    """How many events `export` has in `snapshot`, and they themselves, piece by piece."""
    bounds, rows = _statements(export.windowed, export.filters)
    _, ((count, first, last),) = snapshot.rows(bounds, export.values)
    stretches = (
        export.values | {"after": after, "until": min(last, after + _STRETCH)}
        for after in range(first - 1, last, _STRETCH)
    )
    none = export.values | {"after": 0, "until": 0}
    return count, STREAMS[export.form](snapshot, rows, none, stretches)


@cache
def _statements(windowed: bool, filters: tuple[str, ...]) -> tuple[str, str]:
    """The queries of export.sql: bounds and rows."""
    text = files("localytics.present").joinpath("export.sql").read_text("utf-8")
    macro, _, bounds, _, rows = _HEADING.split(text)
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701  (SQL)
    made = [
        environment.from_string(macro + part).render(windowed=windowed, filters=filters).strip()
        for part in (bounds, rows)
    ]
    return made[0], made[1]


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
