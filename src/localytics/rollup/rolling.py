"""Rolling: the rollups of one store, kept in line with its events.

Rollups are written by one thread at a time and never by the writer's, so that rolling up holds no
event back. Whatever fails or is killed has changed nothing, and is done again at its next time.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import TypeVar

import duckdb
from msgspec import Struct

from localytics.errors import StorageFailed
from localytics.rollup import audit, merge, roll_up, tables
from localytics.rollup.days import Days
from localytics.write.database import Database

log = logging.getLogger(__name__)
T = TypeVar("T")


class RolledUp(Struct, frozen=True, kw_only=True):
    """What a run did: events added to the rollups, days rolled up anew, where it now stands."""

    rolled_up: int
    renewed_days: int
    watermark: int
    took_ms: float


class Rolling:
    """The rollups in `database`. Any thread may call; they take turns (`turn` is whose it is).

    `last_run` is when everything was last rolled up, `drifted` how many rows audits found wrong.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.turn = threading.RLock()
        self._stopping = threading.Event()
        self.last_run: datetime | None = None
        self.last_audit: datetime | None = None
        self.audited_days = 0
        self.drifted = 0

    def prepare(self) -> None:
        """Make the tables that are missing."""
        with self.turn, self._database.cursor() as cursor:
            if tables.make_tables(cursor):
                log.info("The rollups are made anew")

    def wind_up(self) -> None:
        """Let what is going on end at the next step; what is not done is done after the start."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether long work should end at its next step."""
        return self._stopping.is_set()

    def rebuild(self) -> RolledUp:
        """Throw all rollups away and make them again."""
        with self.turn:
            with self._cursor() as cursor, self._database.committing():
                tables.remake(cursor, [])
            return self.roll_up()

    def roll_up(self) -> RolledUp:
        """Renew what is stale and take in what is new, slice by slice, until all is rolled up."""
        started = time.perf_counter()
        with self.turn:
            events = days = 0
            for stale in self._transact(roll_up.stale_days):
                if self._stopping.is_set():
                    break
                self._change(partial(roll_up.renew, days=stale))
                days += stale.length
            # No further than there is now, or it would not end while events keep coming.
            slice_ = partial(roll_up.roll_up_slice, goal=self._transact(roll_up.last_number))
            while not self._stopping.is_set() and (moved := self._change(slice_)):
                events += moved
            watermark = self._transact(roll_up.watermark_of)
            self.last_run = datetime.now(UTC)
        return RolledUp(
            rolled_up=events,
            renewed_days=days,
            watermark=watermark,
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def merge(self) -> int:
        """Merge the partial rows of every day that has been added to; how many days. Tables that
        have come to be scattered are packed.
        """
        with self.turn:
            runs = self._transact(merge.touched_days)
            for days in runs:
                if self._stopping.is_set():
                    break
                self._transact(partial(merge.merge, days=days))
            if scattered := self._transact(merge.scattered):
                for rollup, table in scattered:
                    if self._stopping.is_set():
                        break
                    self._transact(partial(merge.pack, rollup=rollup, table=table))
                # Or they would be found in their old places again. It can't be while events are
                # written, and then it comes by itself soon.
                with self._cursor() as cursor, suppress(duckdb.TransactionException):
                    cursor.execute("checkpoint")
        return sum(days.length for days in runs)

    def audit(self, days: Days) -> dict[str, int]:
        """Rows of `days` that a recount finds wrong, by table; see `audit.drift`.

        Where events of theirs were removed, their rollups are made anew first.
        """
        with self.turn:
            if any(days.since <= day < days.until for day in self._transact(roll_up.stale)):
                self.renew(days)
            found = self._transact(partial(audit.drift, days=days))
            self.last_audit = datetime.now(UTC)
            self.audited_days += days.length
            self.drifted += sum(found.values())
        if found:
            log.error("The rollups of %s differ from its events: %s", days.since.date(), found)
        return found

    def audit_one(self, dice: Random) -> dict[str, int]:
        """Audit a day of those there are, by chance."""
        days = self._transact(audit.known_days)
        return self.audit(Days.of(dice.choice(days))) if days else {}

    def renew(self, days: Days) -> None:
        """Make the rollups of `days` anew."""
        with self.turn:
            self._change(partial(roll_up.renew, days=days))

    def read(self, question: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """The answer to `question`, which changes nothing."""
        return self._transact(question)

    def _change(self, change: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Make a `change` that answers may show, unless it comes to 0."""
        return self._transact(change, lambda result: result != 0)

    def _transact(
        self,
        change: Callable[[duckdb.DuckDBPyConnection], T],
        shows: Callable[[T], bool] = lambda _: False,
    ) -> T:
        with self._cursor() as cursor:
            cursor.begin()
            try:
                result = change(cursor)
                with self._database.committing() if shows(result) else nullcontext():
                    cursor.commit()
            except BaseException:
                with suppress(duckdb.Error):  # it may have been rolled back already
                    cursor.rollback()
                raise
        return result

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            with self._database.cursor() as cursor:
                yield cursor
        except duckdb.Error as error:
            log.warning("Rolling up failed: %s", error)
            raise StorageFailed("The rollups could not be brought up to date") from error
