"""Retention: events leave the store once they are old; what they added up to stays.

An expired event goes only after it is in the rollups and its day has passed an audit. What it was
is added to the archive, by 15 minutes and all that a report can filter by, in the transaction that
removes it; so an event is in `events` or in `archive`, never in both and never in neither. Recorded
metrics are kept by their series as well, in `metric_archive`.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import duckdb
from msgspec import Struct

from localytics.event import OLDEST
from localytics.rollup.days import Days, packed
from localytics.rollup.erasure import renew_ends
from localytics.rollup.rolling import Rolling
from localytics.rollup.rollups import READINGS_TABLE, ROLLUPS, TABLES
from localytics.rollup.sql import increments, parts, readings, statement
from localytics.settings import Retention as Limits
from localytics.write.writer import Writer

log = logging.getLogger(__name__)

_EXPIRED = statement("expired")
_ROLLED_UP = "seq <= (select watermark from rollup_state)"
_OF_SLICE = f"{_ROLLED_UP} and timestamp >= $since and timestamp < $until and {_EXPIRED}"
_ARCHIVE_METRICS = statement("archive_metrics", increments=increments(readings(_OF_SLICE), "true"))
_DROP_READINGS = statement("drop_readings", table=READINGS_TABLE, condition=_OF_SLICE)
_SLOTS = "slot >= time_bucket(interval '15 minutes', $since::timestamp) and slot < $until"
# Not where counters end, or the next reading of one would add all it has ever counted.
_KEPT = ("archive", "metric_archive", *(table for table in TABLES if table != READINGS_TABLE))
_HOUR = timedelta(hours=1)
_NEVER = OLDEST.replace(tzinfo=None)
_SLICE_EVENTS = 20_000  # what one transaction removes: a few dozen milliseconds of the writer's


class ExpiredType(Struct, frozen=True, kw_only=True):
    """Events of one type that are older than it is kept."""

    event_type: str
    events: int
    oldest: datetime
    newest: datetime


class Pruned(Struct, frozen=True, kw_only=True):
    """What a run removed, or would remove: `events`, and rows of the rollups that are past their
    own limit. `types` are all expired events that it found. `kept_days` have such that stay,
    because an audit found that their rollups don't agree with them.
    """

    dry_run: bool
    events: int
    types: list[ExpiredType]
    rollup_rows: int
    kept_days: list[datetime]


class Retention:
    """Removes what is older than `limits` say. `last_run` is what it did last, and when."""

    def __init__(self, rolling: Rolling, writer: Writer, limits: Limits) -> None:
        self._rolling = rolling
        self._writer = writer
        self.limits = limits
        self.last_run: datetime | None = None
        self.removed = 0  # events, since the start

    def plan(self, now: datetime) -> Pruned:
        """What `run` would remove."""
        values = self._values(now)
        types = [] if values is None else self._rolling.read(partial(_types, values=values))
        cut = self._rollup_cut(now)
        rows = 0 if cut is None else sum(self._rolling.read(partial(_old_rows, cut=cut)).values())
        return Pruned(
            dry_run=True,
            events=sum(one.events for one in types),
            types=types,
            rollup_rows=rows,
            kept_days=[],
        )

    def run(self, now: datetime) -> Pruned:
        """Remove what has expired, slice by slice, so that no event waits long."""
        with self._rolling.turn:
            self._rolling.roll_up()
            plan = self.plan(now)
            kept: list[datetime] = []
            before, values = self.removed, self._values(now)
            if plan.events and values is not None:
                kept = self._prune(values)
            if (cut := self._rollup_cut(now)) is not None and plan.rollup_rows:
                self._writer.change(partial(_drop_old_rows, cut=cut)).result()
        self.last_run = datetime.now(UTC)
        return Pruned(
            dry_run=False,
            events=self.removed - before,
            types=plan.types,
            rollup_rows=plan.rollup_rows,
            kept_days=kept,
        )

    def _prune(self, values: dict[str, Any]) -> list[datetime]:
        """Remove expired events; the days of which none was, because they did not pass."""
        hours = self._rolling.read(partial(_hours, values=values))
        by_day: dict[datetime, int] = {}
        for hour, events in hours:
            by_day[_day(hour)] = by_day.get(_day(hour), 0) + events
        kept: list[datetime] = []
        for days in self._agreed(packed(by_day.items()), kept):
            within = [one for one in hours if days.since <= one[0] < days.until]
            for since, until in _slices(within):
                if self._rolling.stopping:
                    return kept
                bounds = values | {"since": since, "until": until}
                self.removed += self._writer.change(partial(_archive, values=bounds)).result()
        return kept

    def _agreed(self, stretches: list[Days], kept: list[datetime]) -> Iterator[Days]:
        """Those whose rollups agree with their events, or do once they are made anew; days of which
        they don't are `kept`."""
        for stretch in stretches:
            if self._passes(stretch):
                yield stretch
                continue
            for day in stretch.each:
                if self._passes(day):
                    yield day
                else:
                    log.error("Events of %s stay: rollups don't agree with them", day.since.date())
                    kept.append(day.since)

    def _passes(self, days: Days) -> bool:
        if not self._rolling.audit(days):
            return True
        self._rolling.renew(days)
        return not self._rolling.audit(days)

    def _values(self, now: datetime) -> dict[str, Any] | None:
        """The cut-offs as statements bind them; None where everything is kept."""
        today = _day(now)

        def cut(days: int) -> datetime:
            return max(_NEVER, today - timedelta(days=days)) if days else _NEVER

        own = {name: cut(days) for name, days in self.limits.days_by_type.items()}
        usual = cut(self.limits.raw_days)
        latest = max([usual, *own.values()])
        if latest == _NEVER:
            return None
        cuts = [*own.values()]
        return {"types": [*own], "cuts": cuts, "cut": usual, "latest_cut": latest}

    def _rollup_cut(self, now: datetime) -> datetime | None:
        days = self.limits.rollup_days
        if not days:
            return None
        return _day(now) - timedelta(days=days)


def _day(instant: datetime) -> datetime:
    """The start of its day; instants without a zone are UTC, as the store keeps them."""
    aware = instant.astimezone(UTC) if instant.tzinfo else instant
    return aware.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


def _slices(hours: list[tuple[datetime, int]]) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of time with about as many events as one transaction should remove."""
    since, size = None, 0
    for hour, events in hours:
        if since is not None and size + events > _SLICE_EVENTS:
            yield since, hour
            since, size = None, 0
        if events > _SLICE_EVENTS:
            count = -(-events // _SLICE_EVENTS)
            yield from pairwise(hour + _HOUR * part / count for part in range(count + 1))
            continue
        since, size = since or hour, size + events
    if since is not None:
        yield since, hours[-1][0] + _HOUR


def _types(cursor: duckdb.DuckDBPyConnection, values: dict[str, Any]) -> list[ExpiredType]:
    found = cursor.execute(statement("expired_types", expired=_EXPIRED), values).fetchall()
    return [
        ExpiredType(
            event_type=name,
            events=events,
            oldest=oldest.replace(tzinfo=UTC),
            newest=newest.replace(tzinfo=UTC),
        )
        for name, events, oldest, newest in found
    ]


def _hours(cursor: duckdb.DuckDBPyConnection, values: dict[str, Any]) -> list[tuple[datetime, int]]:
    return cursor.execute(statement("expired_hours", expired=_EXPIRED), values).fetchall()


def _archive(cursor: duckdb.DuckDBPyConnection, values: dict[str, Any]) -> int:
    """Move the expired events of a slice to the archive; how many."""
    cursor.execute(statement("archive", parts=parts(_OF_SLICE)), values)
    cursor.execute(statement("archive_ids", condition=_OF_SLICE), values)
    _archive_metrics(cursor, values)
    removed = cursor.execute(statement("erase", table="events", condition=_OF_SLICE), values)
    ((count,),) = removed.fetchall()
    return int(count)


def _archive_metrics(cursor: duckdb.DuckDBPyConnection, values: dict[str, Any]) -> None:
    """Keep of the metrics of a slice what they come to, and where counters end, and none of their
    readings."""
    ((count,),) = cursor.execute(_ARCHIVE_METRICS, values).fetchall()
    if count:
        cursor.execute(_DROP_READINGS, values)
        slice_ = {name: values[name] for name in ("since", "until")}
        renew_ends(cursor, statement("metric_ends", condition=_SLOTS, known="true"), slice_)


def _old_rows(cursor: duckdb.DuckDBPyConnection, cut: datetime) -> dict[str, int]:
    return {
        table: cursor.execute(statement("old_rows", table=table), {"cut": cut}).fetchall()[0][0]
        for table in _KEPT
    }


def _drop_old_rows(cursor: duckdb.DuckDBPyConnection, cut: datetime) -> int:
    for table in _KEPT:
        cursor.execute(statement("drop_old_rows", table=table), {"cut": cut})
    for rollup in ROLLUPS:
        for table in rollup.all_tables if rollup.linked else ():
            cursor.execute(statement("unlink", table=table), {"cut": cut})
    cursor.execute(statement("note_dropped"), {"cut": cut})
    return 0
