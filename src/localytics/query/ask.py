"""Ask: a question being answered: its window, its values and the rows that come back.

A report's `read` is handed one of these. All its queries see the same state of the store.
"""

import math
from datetime import UTC, datetime
from typing import Any, TypeVar

import duckdb
from msgspec import Struct

from localytics.query.question import Question
from localytics.query.report import WindowAnswer
from localytics.query.template import query
from localytics.window import Window, window_of

R = TypeVar("R", bound=Struct)
_SLOT_SECONDS = 900
_LONG_AGO = datetime(1900, 1, 1)  # noqa: DTZ001  (bound as UTC)


class Ask:
    """One question over one snapshot of the store; `now` is when it was asked."""

    def __init__(
        self, question: Question, cursor: duckdb.DuckDBPyConnection, now: datetime
    ) -> None:
        self.question = question
        self.now = now
        self._cursor = cursor
        whole = "all" in (question.window.time_range, question.report.window)
        oldest, newest = self._extent() if whole else (None, None)
        self.window: Window = window_of(
            question.window, default=question.report.window, now=now, oldest=oldest, newest=newest
        )
        grain = question.grain
        self.buckets: list[datetime] = [] if grain is None else self.window.buckets(grain)

    @property
    def options(self) -> Any:
        """The parameters that only this report takes."""
        return self.question.options

    def stamp(self) -> dict[str, Any]:
        """What every answer says about itself."""
        window = self.window
        return {
            "window": WindowAnswer(
                start=self.local(window.start),
                end=self.local(window.end),
                timezone=window.timezone,
            ),
            "generated_at": self.now,
        }

    def local(self, instant: datetime) -> datetime:
        """An instant (naive ones are UTC, as the store keeps them) in the zone of the window."""
        aware = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        return self.window.local(aware)

    def rows(self, section: str, row: type[R], **more: Any) -> list[R]:
        """The rows of a section of the report's .sql, each as a `row`; `more` is bound as well."""
        names, values = self._run(section, more)
        return [row(**dict(zip(names, one, strict=True))) for one in values]

    def values(self, section: str, **more: Any) -> dict[str, Any]:
        """The columns of a section that has exactly one row."""
        names, (values,) = self._run(section, more)
        return dict(zip(names, values, strict=True))

    def series(self, section: str, row: type[R], **more: Any) -> list[R]:
        """One `row` for every bucket of the window, those that the section has none for included.

        The section's column `timestamp` is the bucket; `row` has defaults for all its other fields.
        """
        found: dict[datetime, dict[str, Any]] = {}
        names, values = self._run(section, more)
        for one in values:
            columns = dict(zip(names, one, strict=True))
            found[columns.pop("timestamp")] = columns
        return [
            row(timestamp=self.local(bucket), **found.get(_naive(bucket), {}))
            for bucket in self.buckets
        ]

    def _run(self, section: str, more: dict[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
        found = query(self.question.report.name, section, frozenset(self.question.filters))
        values = self._values() | more
        if "slot_seconds" in found.binds:
            values |= self._times()
        cursor = self._cursor.execute(found.sql, {name: values[name] for name in found.binds})
        return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def _values(self) -> dict[str, Any]:
        window = self.window
        before = window.previous()
        return {
            "start": _naive(window.start),
            "end": _naive(window.end),
            "previous_start": _naive(before.start),
            **self.question.filters,
        }

    def _times(self) -> dict[str, Any]:
        """What `timed` binds: the buckets, and where the offset from UTC changes."""
        offsets = self.window.offsets()
        edges = [*self.buckets, *(since for since, _ in offsets[1:])]
        return {
            "slot_seconds": math.gcd(_SLOT_SECONDS, *(int(edge.timestamp()) for edge in edges)),
            "buckets": [_naive(bucket) for bucket in self.buckets] or [_LONG_AGO],
            "offset_starts": [_LONG_AGO, *(_naive(since) for since, _ in offsets[1:])],
            "offset_seconds": [seconds for _, seconds in offsets],
        }

    def _extent(self) -> tuple[datetime | None, datetime | None]:
        row = self._cursor.execute("select min(timestamp), max(timestamp) from events").fetchone()
        oldest, newest = row or (None, None)
        return (oldest and oldest.replace(tzinfo=UTC)), (newest and newest.replace(tzinfo=UTC))


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
