"""Ask: a question being answered: its window, its values and the rows that come back.

A report's `read` is handed one of these. All its queries see the same state of the store.
"""

import math
from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import duckdb
from msgspec import Struct

from localytics.event import NEWEST, OLDEST
from localytics.query.question import Question
from localytics.query.report import WindowAnswer
from localytics.query.template import Query, Shape, Spell, needs, query, render
from localytics.rollup.rollups import DAY, HOUR, QUARTER
from localytics.window import Window, window_of

R = TypeVar("R", bound=Struct)
GRAINS = (QUARTER, HOUR, DAY)
_EXTENT = "select {{ first() }} as oldest, {{ last() }} as newest from {{ events() }}"
_STATE = """
select
    watermark,
    coalesce((select list(distinct day) from stale_days), []),
    (select max(last_at) from archive)
from rollup_state
"""
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Ask:
    """One question over one snapshot of the store; `now` is when it was asked."""

    def __init__(
        self, question: Question, cursor: duckdb.DuckDBPyConnection, now: datetime
    ) -> None:
        self.question = question
        self.now = now
        self._cursor = cursor
        whole = "all" in (question.window.time_range, question.report.window)
        oldest, newest = self._extent if whole else (None, None)
        self.window: Window = window_of(
            question.window, default=question.report.window, now=now, oldest=oldest, newest=newest
        )
        grain = question.grain
        self.buckets: list[datetime] = [] if grain is None else self.window.buckets(grain)

    @property
    def options(self) -> Any:
        """The parameters that only this report takes."""
        return self.question.options

    def hold(self, start: datetime, end: datetime) -> None:
        """Ask about the window that an earlier page settled; for reports without a series."""
        self.window = Window(start=start, end=end, timezone=self.window.timezone)

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
        """The rows of a section of the report's .sql, each as a `row`, times in the zone.

        `more` is bound as well, or instead: `start` and `end` ask the same about another window.
        """
        return [row(**self._localized(columns)) for columns in self._run(section, more)]

    def values(self, section: str, **more: Any) -> dict[str, Any]:
        """The columns of a section that has exactly one row."""
        (columns,) = self._run(section, more)
        return self._localized(columns)

    def series(self, section: str, row: type[R], **more: Any) -> list[R]:
        """One `row` for every bucket of the window, those that the section has none for included.

        The section's column `timestamp` is the bucket; `row` has defaults for all its other fields.
        """
        found = {columns.pop("timestamp"): columns for columns in self._run(section, more)}
        return [
            row(timestamp=self.local(bucket), **found.get(_naive(bucket), {}))
            for bucket in self.buckets
        ]

    def rows_by_bucket(self, section: str, row: type[R], **more: Any) -> list[list[R]]:
        """The rows of each bucket of the window, in step with `series`: one list for every bucket.

        The section's column `timestamp` is the bucket, and no field of `row`.
        """
        found: dict[datetime, list[R]] = {}
        for columns in self._run(section, more):
            found.setdefault(columns.pop("timestamp"), []).append(row(**columns))
        return [found.get(_naive(bucket), []) for bucket in self.buckets]

    def _run(self, section: str, more: dict[str, Any]) -> list[dict[str, Any]]:
        wanted = needs(self.question.report.name, section)
        times = self._times(clock=wanted.clock) if wanted.timed else None
        found = query(self.question.report.name, section, self._shape(times))
        return self._fetch(found, self._values() | (times.values if times else {}) | more)

    def _fetch(self, found: Query, values: dict[str, Any]) -> list[dict[str, Any]]:
        for spell in found.spells:
            values |= _whole_slots(spell, values[spell.start], values[spell.end])
        values |= {"watermark": self._state.watermark, "stale": self._state.stale}
        cursor = self._cursor.execute(
            found.sql, {name: _bindable(values[name]) for name in found.binds}
        )
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        return [dict(zip(names, map(_plain, row), strict=True)) for row in rows]

    def _shape(self, times: "_Times | None" = None) -> Shape:
        grains = frozenset(GRAINS if times is None else times.grains)
        return Shape(
            filters=frozenset(self.question.filters),
            grains=grains if self._state.watermark else frozenset(),
            has_archive=self._state.archived_until is not None,
            has_stale=bool(self._state.stale),
        )

    def _localized(self, columns: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self.local(value) if isinstance(value, datetime) else value
            for name, value in columns.items()
        }

    def _values(self) -> dict[str, Any]:
        window = self.window
        before = window.previous()
        return {
            "start": window.start,
            "end": window.end,
            "previous_start": before.start,
            **self.question.filters,
        }

    def _times(self, *, clock: bool) -> "_Times":
        """What `timed` binds: the stretches of the window in which neither the bucket nor the
        offset from UTC changes, and a slot that divides them all; where a `clock` is read, one that
        divides its hours too.
        """
        # Only where there are events: a century of slots, as fine as the odd offsets of its first
        # half would have them, takes seconds.
        oldest, newest = self._extent
        start = max(self.window.start, oldest or self.window.end)
        end = min(self.window.end, (newest or start) + _MICROSECOND)
        buckets = self.buckets[max(0, bisect_right(self.buckets, start) - 1) :]
        buckets = buckets[: bisect_left(buckets, end)]
        offsets = Window(start=start, end=end, timezone=self.window.timezone).offsets()
        cuts = {*buckets[1:], *dict(offsets[1:])}
        seconds = [_epoch(cut) for cut in cuts]
        if clock:
            seconds += [HOUR, *(offset for _, offset in offsets)]
        slot = math.gcd(DAY, *seconds)
        starts = [datetime.fromtimestamp(_epoch(start) // slot * slot, UTC), *sorted(cuts)]
        changes = [since for since, _ in offsets[1:]]
        values = {
            "slot_seconds": slot,
            "stretch_starts": [_naive(one) for one in starts],
            "stretch_ends": [_naive(one) for one in (*starts[1:], end)],
            "stretch_buckets": [
                _naive(buckets[max(0, bisect_right(buckets, one) - 1)]) for one in starts if buckets
            ],
            "stretch_offsets": [offsets[bisect_right(changes, one)][1] for one in starts],
        }
        return _Times(values, tuple(grain for grain in GRAINS if slot % grain == 0))

    @cached_property
    def _state(self) -> "_State":
        """How far the rollups can be relied on."""
        (row,) = self._cursor.execute(_STATE).fetchall()
        return _State(*row)

    @cached_property
    def _extent(self) -> tuple[datetime | None, datetime | None]:
        """When the first and the last event of the store were."""
        found = render(_EXTENT, self._shape()._replace(filters=frozenset()))
        (row,) = self._fetch(found, {"start": OLDEST, "end": NEWEST})
        oldest, newest = row["oldest"], row["newest"]
        return (oldest and oldest.replace(tzinfo=UTC)), (newest and newest.replace(tzinfo=UTC))


class _Times(NamedTuple):
    """What `timed` binds, and the grains whose slots no bucket divides."""

    values: dict[str, Any]
    grains: tuple[int, ...]


class _State(NamedTuple):
    """How far the rollups go, the days they are not to be relied on for, and the time up to which
    retention has removed events."""

    watermark: int
    stale: list[datetime]
    archived_until: datetime | None


def _whole_slots(spell: Spell, start: datetime, end: datetime) -> dict[str, datetime]:
    """Where the slots of the spell's grain begin and end that lie between `start` and `end` whole,
    and where what is cut off on the left ends and on the right begins."""
    up = datetime.fromtimestamp(-(-_epoch_us(start) // (spell.grain * 1_000_000)) * spell.grain, UTC)
    down = datetime.fromtimestamp(_epoch_us(end) // (spell.grain * 1_000_000) * spell.grain, UTC)
    left = min(up, end)
    name = f"{spell.start}_{spell.end}_{spell.grain}"
    return {
        f"{name}_up": up,
        f"{name}_down": down,
        f"{name}_left": left,
        f"{name}_right": max(down, left),
    }


def _plain(value: Any) -> Any:
    """Money without the zeros that its column adds: 0.0087, not 0.008700000, and 0, not 0E-9."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def _bindable(value: Any) -> Any:
    return _naive(value) if isinstance(value, datetime) and value.tzinfo else value


def _epoch_us(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def _epoch(instant: datetime) -> int:
    return math.floor(instant.timestamp())


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
