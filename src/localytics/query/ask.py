"""Ask: a question being answered: its window, its values and the rows that come back.

A report's `read` is handed one of these. All its queries see the same state of the store.
"""

from collections.abc import Callable, Collection, Hashable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import duckdb
from msgspec import Struct
from msgspec.structs import asdict

from localytics.errors import InvalidWindow
from localytics.query.exact import is_exact
from localytics.query.question import Question, understand
from localytics.query.report import Answer, WindowAnswer, catalogue
from localytics.query.spell import Spell
from localytics.query.state import State
from localytics.query.template import Query, Shape, needs, query
from localytics.query.times import Times, times
from localytics.rollup.rollups import DAY, GRAINS
from localytics.window import Window, window_of

R = TypeVar("R", bound=Struct)
T = TypeVar("T")
C = TypeVar("C", bound=Collection[Any])
_EVER, _FOREVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(2201, 1, 2, tzinfo=UTC)
_LONG = timedelta(days=14)
_FIXED = {"ever", "forever"}  # edges that no clock moves


class Ask:
    """One question over one snapshot of the store, which is in `state`; `now` is when it was asked.

    `edges` are the instants at which what was read begins or ends; `held` says that these are no
    longer where the question put them, and `fleeting` that the answer has figures which change with
    the clock alone, so that it is true for this moment only. It is `complete` unless the report
    finds that something is missing from what it read.
    """

    def __init__(
        self,
        question: Question,
        cursor: duckdb.DuckDBPyConnection,
        now: datetime,
        state: State,
    ) -> None:
        self.question = question
        self.now = now
        self._cursor = cursor
        self._state = state
        self.edges: set[datetime] = set()
        self.held = False
        self.window: Window = window_of(
            question.window,
            default=question.report.window,
            now=now,
            oldest=self._state.oldest,
            newest=self._state.newest,
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

    def whole_days(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """From where until where days (UTC) lie between two instants with all there is of them."""
        days = Spell("start", "end", (DAY,))
        values = days.values(start, end, self._state)
        since, until = days.bounds(DAY)
        return values[since], values[until]

    def report(self, name: str, **words: str) -> Answer:
        """What another report says about the same snapshot, with this one's filters and zone."""
        question = understand(
            catalogue()[name],
            [*words.items(), *self.question.filters.items(), ("timezone", self.window.timezone)],
        )
        part = Ask(question, self._cursor, self.now, self._state)
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
            "exact": self.complete
            and is_exact(self._cursor, self.question.report, window, self._state),
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
        return self.series_and_whole(section, row, **more)[0]

    def series_and_whole(
        self, section: str, row: type[R], **more: Any
    ) -> tuple[list[R], dict[str, Any]]:
        """The same, and the columns of the row that has no bucket, which is of the whole window."""
        found = {columns.pop("timestamp"): columns for columns in self._run(section, more)}
        series = [
            row(timestamp=self.local(bucket), **found.get(_naive(bucket), {}))
            for bucket in self.buckets
        ]
        return series, found.get(None, {})

    def ever(self, section: str, *of: str) -> frozenset[str]:
        """The texts that a section with one column finds in all events there ever were.

        It is asked for what the events numbered past `$after` add, and depends on the options named
        in `of` besides, and on nothing else.
        """

        def read_on(after: int, known: frozenset[str]) -> frozenset[str]:
            found = self._run(section, {"after": after})
            return known | {text for row in found for text in row.values()}

        key = (section, *(getattr(self.options, name) for name in of))
        return self.remembered(key, read_on, frozenset[str]())

    def remembered(self, key: Hashable, read_on: Callable[[int, C], C], nothing: C) -> C:
        """What this report finds in all events there ever were (see Ever); `key` tells it from what
        it finds otherwise.
        """
        state = self._state
        return state.ever.found(
            (self.question.report.name, key),
            last_seq=state.last_seq,
            events=state.events,
            read_on=read_on,
            nothing=nothing,
        )

    def remembers(self, key: Hashable) -> bool:
        """Whether there is something `remembered` by that key."""
        return self._state.ever.knows((self.question.report.name, key))

    def binds(self, section: str, name: str) -> bool:
        """Whether a section without buckets, as it is read now, binds `name`."""
        found = query(self.question.report.name, section, self._shape(None))
        return name in found.binds

    @property
    def has_archive(self) -> bool:
        """Whether retention has removed anything of which something is left."""
        return self._state.has_archive

    @property
    def oldest(self) -> datetime | None:
        """When the first event was."""
        return self._state.oldest

    def rows_by_bucket(self, section: str, row: Callable[..., T], **more: Any) -> list[list[T]]:
        """The rows of each bucket of the window, in step with `series`: one list for every bucket.

        The section's column `timestamp` is the bucket, and is not given to `row`.
        """
        found: dict[datetime, list[T]] = {}
        for columns in self._run(section, more):
            found.setdefault(columns.pop("timestamp"), []).append(row(**columns))
        return [found.get(_naive(bucket), []) for bucket in self.buckets]

    def _run(self, section: str, more: dict[str, Any]) -> list[dict[str, Any]]:
        report, state = self.question.report.name, self._state
        wanted = needs(report, section)
        timed = (
            times(self.window, self.periods, state, clock=wanted.clock) if wanted.timed else None
        )
        shape = self._shape(timed)
        found = query(report, section, shape)
        values = self._values() | (timed.values if timed else {}) | more
        named = found.binds.union(*((spell.start, spell.end) for spell in found.spells))
        self.edges |= {
            values[name] for name in named - _FIXED if isinstance(values.get(name), datetime)
        }
        for spell in found.spells:
            values |= spell.values(values[spell.start], values[spell.end], state)
        empty = frozenset(
            piece
            for spell in found.spells
            for piece in spell.pieces
            if values[piece.since] >= values[piece.until]
        )
        if empty:
            found = query(report, section, shape._replace(empty=empty))
        return self._fetch(found, values | {"watermark": state.watermark, "stale": state.stale})

    def _fetch(self, found: Query, values: dict[str, Any]) -> list[dict[str, Any]]:
        cursor = self._cursor.execute(
            found.statement, {name: _bindable(values[name]) for name in found.binds}
        )
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, map(plain, row), strict=True)) for row in cursor.fetchall()]

    def _shape(self, timed: Times | None) -> Shape:
        state = self._state
        grains = frozenset(GRAINS if timed is None else timed.grains)
        return Shape(
            filters=frozenset(self.question.filters),
            grains=grains if state.watermark else frozenset(),
            has_fresh=state.last_seq > state.watermark,
            has_archive=state.has_archive,
            has_stale=bool(state.stale),
            even=timed is not None and timed.even,
            long=self.window.end - self.window.start >= _LONG,
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
            "ever": _EVER,
            "forever": _FOREVER,
            **asdict(self.options),
            **self.question.filters,
        }


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


def plain(value: Any) -> Any:
    """Money without the zeros that its column adds: 0.0087, not 0.008700000, and 0, not 0E-9."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def _bindable(value: Any) -> Any:
    return _naive(value) if isinstance(value, datetime) and value.tzinfo else value


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
