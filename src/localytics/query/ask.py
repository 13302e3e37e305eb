"""Ask: a question being answered: its window, its values and the rows that come back.

A report's `read` is handed one of these. All its queries see the same state of the store.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import duckdb
from msgspec import Struct
from msgspec.structs import asdict

from localytics.errors import InvalidWindow
from localytics.query.question import Question, understand
from localytics.query.report import Answer, WindowAnswer, catalogue
from localytics.query.template import (
    EdgeShape,
    Query,
    Shape,
    edges,
    needs,
    query,
    reads_raw,
    sketches,
)
from localytics.rollup.rollups import DAY, GRAINS, HOUR
from localytics.window import Window, window_of

R = TypeVar("R", bound=Struct)
T = TypeVar("T")
# Apart, because each alone is told from statistics; together they take ten times as long.
_STATE = (
    "select watermark from rollup_state",
    "select coalesce(list(distinct day), []) from stale_days",
    "select min(first_at), max(last_at) from archive",
)
_EXTENT = ("select min(timestamp) from events", "select max(timestamp) from events")
_SKETCHED = """
select exists(
    select 1 from archive
    where first_at < $end::timestamp and last_at >= $start::timestamp
      and ($raw::boolean or $in_order::boolean and len(bins) > 0
           or exists(select 1 from unnest($edges::timestamp[]) as edges(edge)
                     where first_at < edge and last_at >= edge))
)
"""
_MICROSECOND = timedelta(microseconds=1)
_EVER, _FOREVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 2, tzinfo=UTC)
_FIXED = {"ever", "forever"}  # edges that no clock moves


class Ask:
    """One question over one snapshot of the store; `now` is when it was asked.

    `edges` are the instants at which what was read begins or ends; `held` says that these are no
    longer where the question put them, and `fleeting` that the answer has figures which change with
    the clock alone, so that it is true for this moment only. It is `complete` unless the report
    finds that something is missing from what it read.
    """

    def __init__(
        self, question: Question, cursor: duckdb.DuckDBPyConnection, now: datetime
    ) -> None:
        self.question = question
        self.now = now
        self._cursor = cursor
        self.edges: set[datetime] = set()
        self.held = False
        self._gathered: dict[tuple[datetime, datetime], _Edges] = {}
        whole = "all" in (question.window.time_range, question.report.window)
        oldest, newest = self._extent if whole else (None, None)
        self.window: Window = window_of(
            question.window, default=question.report.window, now=now, oldest=oldest, newest=newest
        )
        grain = question.grain
        self.periods = [] if grain is None else self.window.periods(grain)
        self.buckets: list[datetime] = [start for start, _ in self.periods]
        self.fleeting = False
        self.complete = True
        if question.report.longest:
            _check_length(self.window, question)

    @property
    def options(self) -> Any:
        """The parameters that only this report takes."""
        return self.question.options

    def hold(self, start: datetime, end: datetime) -> None:
        """Ask about the window that an earlier page settled; for reports without a series."""
        self.window = Window(start=start, end=end, timezone=self.window.timezone)
        self.held = True

    @property
    def until(self) -> datetime:
        """The end of the window, or now where that comes first."""
        return min(self.window.end, self.now)

    def report(self, name: str, **words: str) -> Answer:
        """What another report says about the same snapshot, with this one's filters and zone."""
        question = understand(
            catalogue()[name],
            [*words.items(), *self.question.filters.items(), ("timezone", self.window.timezone)],
        )
        part = Ask(question, self._cursor, self.now)
        answer = question.report.read(part)
        self.edges |= part.edges
        self.fleeting = self.fleeting or part.fleeting
        self.complete = self.complete and answer.exact
        return answer

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
            "exact": self._exact and self.complete,
        }

    def local(self, instant: datetime) -> datetime:
        """An instant (naive ones are UTC, as the store keeps them) in the zone of the window."""
        aware = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
        return self.window.local(aware)

    def rows(self, section: str, row: Callable[..., T], **more: Any) -> list[T]:
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

    def rows_by_bucket(self, section: str, row: Callable[..., T], **more: Any) -> list[list[T]]:
        """The rows of each bucket of the window, in step with `series`: one list for every bucket.

        The section's column `timestamp` is the bucket, and is not given to `row`.
        """
        found: dict[datetime, list[T]] = {}
        for columns in self._run(section, more):
            found.setdefault(columns.pop("timestamp"), []).append(row(**columns))
        return [found.get(_naive(bucket), []) for bucket in self.buckets]

    def _run(self, section: str, more: dict[str, Any]) -> list[dict[str, Any]]:
        report = self.question.report.name
        wanted = needs(report, section)
        times = self._times(clock=wanted.clock) if wanted.timed else None
        shape = self._shape(times)
        found = query(report, section, shape)
        values = self._values() | (times.values if times else {}) | more
        values |= {"watermark": self._state.watermark, "stale": self._state.stale}
        named = found.binds.union(*((spell.start, spell.end) for spell in found.spells))
        self.edges |= {
            values[name] for name in named - _FIXED if isinstance(values.get(name), datetime)
        }
        left_over = 0
        for spell in found.spells:
            start, end = values[spell.start], values[spell.end]
            left = self._edges(start, end)
            left_over += left.rows
            name = f"{spell.start}_{spell.end}"
            values[f"{name}_span"] = left.span
            for grain in spell.grains:
                values[f"{name}_{grain}_up"] = _slot_after(start, grain)
                values[f"{name}_{grain}_down"] = _slot_before(end, grain)
        if not left_over:
            found = query(report, section, shape._replace(has_edges=False))
        return self._fetch(found, values)

    def _fetch(self, found: Query, values: dict[str, Any]) -> list[dict[str, Any]]:
        cursor = self._cursor.execute(
            found.statement, {name: _bindable(values[name]) for name in found.binds}
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]

    def _shape(self, times: "_Times | None" = None) -> Shape:
        grains = frozenset(GRAINS if times is None else times.grains)
        return Shape(
            filters=frozenset(self.question.filters),
            grains=grains if self._state.watermark else frozenset(),
            has_archive=self._state.archive_newest is not None,
            has_stale=bool(self._state.stale),
        )

    def _edges(self, start: datetime, end: datetime) -> "_Edges":
        """Gather what of a window no rollup holds whole; once."""
        if (start, end) in self._gathered:
            return self._gathered[start, end]
        left = min(_slot_after(start, HOUR), end)
        right = max(left, _slot_before(end, HOUR))
        sides = {"left": (start, left), "right": (right, end)}
        span = len(self._gathered)
        values = {
            "span": span,
            "start": start,
            "end": end,
            **{f"{side}_since": since for side, (since, _) in sides.items()},
            **{f"{side}_until": until for side, (_, until) in sides.items()},
            "watermark": self._state.watermark,
            "stale": self._state.stale,
        }
        shape = EdgeShape(
            report=self.question.report.name,
            filters=frozenset(self.question.filters),
            sides=tuple(side for side, (since, until) in sides.items() if since < until),
            has_archive=self._state.archive_newest is not None,
            has_stale=bool(self._state.stale),
            first=not self._gathered,
        )
        (counted,) = self._fetch(edges(shape), values)
        (rows,) = counted.values()
        self._gathered[start, end] = found = _Edges(span, rows)
        return found

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
            "ever": _EVER,
            "forever": _FOREVER,
            **asdict(self.options),
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
        ends = [*buckets[1:], end]
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
            "stretch_bucket_ends": [
                _naive(ends[max(0, bisect_right(buckets, one) - 1)]) for one in starts if buckets
            ],
            "stretch_offsets": [offsets[bisect_right(changes, one)][1] for one in starts],
        }
        return _Times(values, tuple(grain for grain in GRAINS if slot % grain == 0))

    @cached_property
    def _exact(self) -> bool:
        """Whether nothing of the answer is from sums where it takes the events they were made of:
        the size of durations, and 15 minutes that the window cuts in two."""
        if self._state.archive_oldest is None:
            return True
        edges = [self.window.start, self.window.end]
        if self.question.report.looks_back:
            edges.append(self.window.previous().start)
        bounds = {
            "start": _naive(min(edges)),
            "end": _naive(self.window.end),
            "edges": [_naive(edge) for edge in edges],
            "in_order": sketches(self.question.report.name),
            "raw": reads_raw(self.question.report.name),
        }
        ((sketched,),) = self._cursor.execute(_SKETCHED, bounds).fetchall()
        return not sketched

    @cached_property
    def _state(self) -> "_State":
        """How far the rollups can be relied on."""
        return _State(*self._told(_STATE))

    @cached_property
    def _extent(self) -> tuple[datetime | None, datetime | None]:
        """When the first and the last event of the store were."""
        state = self._state
        first, last = self._told(_EXTENT)
        oldest = min(filter(None, (first, state.archive_oldest)), default=None)
        newest = max(filter(None, (last, state.archive_newest)), default=None)
        return (oldest and oldest.replace(tzinfo=UTC)), (newest and newest.replace(tzinfo=UTC))

    def _told(self, statements: tuple[str, ...]) -> list[Any]:
        """The columns of statements that have one row each, one after another."""
        rows = [self._cursor.execute(one).fetchall()[0] for one in statements]
        return [column for row in rows for column in row]


class _Times(NamedTuple):
    """What `timed` binds, and the grains whose slots no bucket divides."""

    values: dict[str, Any]
    grains: tuple[int, ...]


class _State(NamedTuple):
    """How far the rollups go, the days they are not to be relied on for, and when the first and the
    last of the events were that retention has removed."""

    watermark: int
    stale: list[datetime]
    archive_oldest: datetime | None
    archive_newest: datetime | None


class _Edges(NamedTuple):
    """The edges of a window, by their number among those gathered, and how many rows they are."""

    span: int
    rows: int


def _check_length(window: Window, question: Question) -> None:
    unit, most = question.report.longest or ("hours", 0)
    given = question.window
    forms = ("time_range", "hours", "days", "start_date")
    if window.hours > most * (24 if unit == "days" else 1):
        raise InvalidWindow(
            f"The window is longer than the {most} {unit} that {question.report.path} takes",
            hint=f"{unit} may be between 1 and {most}.",
            field=next((form for form in forms if getattr(given, form) is not None), unit),
        )


def _slot_after(instant: datetime, grain: int) -> datetime:
    """The first start of a slot of `grain` seconds at or after `instant`."""
    return _slot_before(instant + timedelta(seconds=grain) - _MICROSECOND, grain)


def _slot_before(instant: datetime, grain: int) -> datetime:
    """The last start of a slot of `grain` seconds at or before `instant`."""
    return datetime.fromtimestamp(_epoch(instant) // grain * grain, UTC)


def plain(value: Any) -> Any:
    """Money without the zeros that its column adds: 0.0087, not 0.008700000, and 0, not 0E-9."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def _bindable(value: Any) -> Any:
    return _naive(value) if isinstance(value, datetime) and value.tzinfo else value


def _epoch(instant: datetime) -> int:
    return math.floor(instant.timestamp())


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
