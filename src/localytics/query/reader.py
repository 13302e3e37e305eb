"""Reader: a few threads that answer questions, each with a cursor of its own and a time limit."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import duckdb

from localytics.errors import StorageFailed, TookTooLong
from localytics.query.ask import Ask
from localytics.query.question import Question
from localytics.query.report import Answer
from localytics.settings import Query
from localytics.write.database import Database


class Reader:
    """Answers questions about `database`."""

    def __init__(self, database: Database, settings: Query) -> None:
        self._database = database
        self._seconds = settings.seconds
        self._threads = ThreadPoolExecutor(settings.readers, thread_name_prefix="reader")

    def read(self, question: Question) -> Answer:
        """The answer, from one snapshot of the store, in this thread."""
        late = threading.Event()
        try:
            with self._database.cursor() as cursor, _limited(cursor, self._seconds, late):
                cursor.begin()
                answer = question.report.read(Ask(question, cursor, datetime.now(UTC)))
                cursor.rollback()
                return answer
        except duckdb.Error as error:
            if late.is_set():
                raise TookTooLong(
                    "The answer took too long to work out", hint="Ask about a shorter window."
                ) from None
            raise StorageFailed("The store could not be read at the moment") from error

    def figures(self, sql: str) -> tuple[Any, ...]:
        """The one row of a query about the store as a whole."""
        try:
            with self._database.cursor() as cursor:
                (row,) = cursor.execute(sql).fetchall()
                return tuple(row)
        except duckdb.Error as error:
            raise StorageFailed("The store could not be read at the moment") from error

    async def answer(self, question: Question) -> Answer:
        """The answer, from one of the reader's threads."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.read, question)

    def stop(self) -> None:
        """Wait for what is being answered, and end the threads."""
        self._threads.shutdown(cancel_futures=True)


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
