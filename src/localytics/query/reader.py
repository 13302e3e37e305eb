"""Reader: a few threads that answer questions, each with a cursor of its own and a time limit."""

import asyncio
import threading
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
        try:
            with self._database.cursor() as cursor:
                limit = threading.Timer(self._seconds, cursor.interrupt)
                limit.daemon = True
                limit.start()
                cursor.begin()
                try:
                    return question.report.read(Ask(question, cursor, datetime.now(UTC)))
                finally:
                    cursor.rollback()
                    limit.cancel()
        except duckdb.InterruptException:
            raise TookTooLong(
                "The answer took too long to work out", hint="Ask about a shorter window."
            ) from None
        except duckdb.Error as error:
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
