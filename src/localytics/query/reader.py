"""Reader: a few threads that answer questions, each with a cursor of its own and a time limit.

What has been worked out is told again while it is still true (see memory).
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import duckdb

from localytics.errors import LocalyticsError, NotReady, StorageFailed, TookTooLong
from localytics.query.ask import Ask
from localytics.query.lifespan import lifespan
from localytics.query.memory import Kept, Memory
from localytics.query.question import Question
from localytics.query.report import Answer
from localytics.query.snapshot import Snapshot
from localytics.query.state import States
from localytics.query.timings import Timings
from localytics.settings import Query
from localytics.write.database import Database

log = logging.getLogger(__name__)

_GRACE_SECONDS = 0.5  # for what is being answered when the service stops
_AGAIN_SECONDS = 0.05
_DISTURBANCES = 2  # in a row, that a question survives

T = TypeVar("T")


class Reader:
    """Answers questions about `database`, and remembers answers where it is told the `version` of
    the data (see Memory). `timings` are of the answers that were worked out.
    """

    def __init__(
        self,
        database: Database,
        settings: Query,
        version: Callable[[], Hashable] | None = None,
    ) -> None:
        self._database = database
        self.memory = None if version is None else Memory(version)
        self.timings = Timings()
        self.states = States(database)
        self._seconds = settings.seconds
        self._threads = ThreadPoolExecutor(settings.readers, thread_name_prefix="reader")
        self._running: set[duckdb.DuckDBPyConnection] = set()
        self._changed = threading.Condition()
        self._stopping = False

    def read(self, question: Question) -> Answer:
        """The answer, from one snapshot of the store, in this thread."""
        work_out = partial(self._undisturbed, partial(self._work_out, question))
        if self.memory is None:
            return work_out().answer
        return self.memory.answer(question, work_out)

    def _work_out(self, question: Question) -> Kept:
        late = threading.Event()
        started = time.perf_counter()
        try:
            with self._cursor() as cursor, _limited(cursor, self._seconds, late):
                state = self.states.begin(cursor)
                ask = Ask(question, cursor, datetime.now(UTC), state)
                answer = question.report.read(ask)
                lasts = timedelta(0) if self.memory is None else lifespan(ask, cursor)
                cursor.rollback()
                self.timings.add(question.report.name, time.perf_counter() - started)
                return Kept(answer=answer, since=ask.now, lasts=lasts)
        except duckdb.Error as error:
            raise self._told(error, late) from error

    def figures(self, sql: str) -> tuple[Any, ...]:
        """The one row of a query about the store as a whole."""
        (row,) = self.rows(sql)
        return row

    def rows(self, sql: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query about the store as a whole."""
        return self._undisturbed(partial(self._rows, sql, values or {}))

    def _undisturbed(self, read: Callable[[], T]) -> T:
        """What `read` returns; again where the file was opened anew meanwhile, which interrupts."""
        for _ in range(_DISTURBANCES):
            with contextlib.suppress(_Disturbed):
                return read()
        return read()

    def _rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        try:
            with self._cursor() as cursor:
                cursor.begin()
                self._database.complete(cursor)
                found = cursor.execute(sql, values).fetchall()
                cursor.rollback()
                return found
        except duckdb.Error as error:
            raise self._told(error) from error

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The store as it is now, for the length of the block, in this thread."""
        late = threading.Event()
        try:
            with self._cursor() as cursor:
                cursor.begin()
                self._database.complete(cursor)
                yield Snapshot(
                    cursor,
                    partial(_limited, cursor, self._seconds, late),
                    lambda: self._stopping or self._database.closing,
                )
                cursor.rollback()
        except duckdb.Error as error:
            raise self._told(error, late) from error

    async def answer(self, question: Question) -> Answer:
        """The answer, from memory or from one of the reader's threads."""
        if self.memory is not None and (known := self.memory.recall(question)) is not None:
            return known
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.read, question)

    def wind_up(self) -> None:
        """Answer no more, and interrupt what is not answered in a moment. Returns at once."""
        with self._changed:
            if self._stopping:
                return
            self._stopping = True
        threading.Thread(target=self._interrupt, name="reader end", daemon=True).start()

    def stop(self) -> None:
        """Wind up, and end the threads."""
        self.wind_up()
        self._threads.shutdown(cancel_futures=True)

    def _told(self, error: duckdb.Error, late: threading.Event | None = None) -> LocalyticsError:
        """What is told of an error; `late` is set where the time limit brought it about."""
        if self._stopping:
            return _stopping()
        if late is not None and late.is_set():
            return TookTooLong(
                "The answer took too long to work out", hint="Ask about a shorter window."
            )
        disturbed = isinstance(error, duckdb.InterruptException)
        if not disturbed:
            log.warning("A question could not be answered: %s", error)
        kind = _Disturbed if disturbed else StorageFailed
        return kind(
            "The store could not be read at the moment",
            hint="It is tried again by itself; /readyz says whether the disk is full.",
        )

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """This thread's cursor, among those that `wind_up` interrupts."""
        with self._database.cursor() as cursor:
            with self._changed:
                if self._stopping:
                    raise _stopping()
                self._running.add(cursor)
            try:
                yield cursor
            finally:
                with self._changed:  # no interrupt may come later than this
                    self._running.discard(cursor)
                    self._changed.notify_all()

    def _interrupt(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._running, timeout=_GRACE_SECONDS)
            while self._running:  # one that is between two queries takes no notice
                for cursor in self._running:
                    cursor.interrupt()
                self._changed.wait(timeout=_AGAIN_SECONDS)


class _Disturbed(StorageFailed):
    """Interrupted by nobody who meant this question."""


def _stopping() -> NotReady:
    return NotReady("The service is stopping", hint="Ask again once it is back.")


@contextlib.contextmanager
def _limited(
    cursor: duckdb.DuckDBPyConnection, seconds: float, late: threading.Event
) -> Iterator[None]:
    """Interrupt what runs on `cursor` after `seconds`, and set `late`."""

    def give_up() -> None:
        late.set()
        cursor.interrupt()

    limit = threading.Timer(seconds, give_up)
    limit.daemon = True
    limit.start()
    try:
        yield
    finally:
        limit.cancel()
        limit.join()  # or it might interrupt whatever comes next
