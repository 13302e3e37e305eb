"""Store: the open file with its one writer and its readers; what `serve` and the commands share."""

import time
from queue import SimpleQueue
from types import TracebackType
from typing import Any

import duckdb
from msgspec.structs import asdict

from localytics.errors import Busy, LocalyticsError, SetupError
from localytics.event import Event
from localytics.query.reader import Reader
from localytics.rollup.erasure import Counted, Erased, Erasing, erase, forget
from localytics.rollup.retention import Retention
from localytics.rollup.rolling import Rolling
from localytics.settings import Settings
from localytics.sink import Outcome
from localytics.stored import Stored
from localytics.write.batch import Batch
from localytics.write.database import Database
from localytics.write.restore import restoring
from localytics.write.writer import Writer

_EVENT_BYTES = 512  # about what an event weighs in the queue
_BUSY_SECONDS = 0.05


class Store:
    """The data of `settings.data_dir`. Open it, or use it as a context manager.

    `removals` is how often events were taken out for good since the start.
    """

    def __init__(self, settings: Settings) -> None:
        self.database = Database(settings.data_dir, settings.store)
        self.writer = Writer(self.database, settings.ingest)
        self.rolling = Rolling(self.database)
        self.retention = Retention(self.rolling, self.writer, settings.retention)
        self.reader = Reader(self.database, settings.query, lambda: self.database.version)
        self.removals = 0

    def open(self) -> None:
        """Open or create the file. Raises SetupError where that can't be."""
        self.database.open()
        try:
            self.rolling.prepare()
            self.writer.start()
        except SetupError:
            self.database.close()
            raise
        except duckdb.Error as error:
            self.database.close()
            raise self.database.refused(error) from error

    def close(self) -> None:
        """Write what waits, wind up what is being answered, close the file."""
        self.writer.stop()
        self.reader.stop()
        self.database.close()

    def record(self, events: list[Event], *, replay: bool = False) -> Outcome:
        """Store `events`, in a thread that can wait: for room in the queue, and until durable."""
        answers: SimpleQueue[Outcome | LocalyticsError] = SimpleQueue()
        batch = Batch(events, _EVENT_BYTES * len(events), answers.put, replay=replay)
        while True:
            try:
                self.writer.submit(batch)
            except Busy:
                time.sleep(_BUSY_SECONDS)
            else:
                break
        answer = answers.get()
        if isinstance(answer, LocalyticsError):
            raise answer
        return answer

    def restore(self, events: list[Stored]) -> Outcome:
        """Store exported `events` exactly as they were; returns once they are durable."""
        accepted = self.writer.change(restoring(events), adds=True).result()
        return Outcome(accepted=accepted, duplicates=len(events) - accepted)

    def remove(self, condition: str, values: dict[str, Any], *, archived: str) -> Erased:
        """Take events that meet `condition` out for good, and of the archive what meets `archived`.

        Returns once no rollup knows of them either.
        """
        return self._erase(lambda cursor: erase(cursor, condition, archived, values))

    def forget(self, user_id: str) -> Erased:
        """Take all there is of a person out for good, in the same way."""
        return self._erase(lambda cursor: forget(cursor, user_id))

    def _erase(self, erasing: Erasing) -> Erased:
        counted: list[Counted] = []

        def change(cursor: duckdb.DuckDBPyConnection) -> int:
            counted[:] = [erasing(cursor)]
            return counted[0].changes

        self.writer.change(change).result()
        self.removals += 1
        renewed = self.rolling.roll_up().renewed_days
        return Erased(**asdict(counted[0]), renewed_days=renewed)

    def __enter__(self) -> "Store":
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
