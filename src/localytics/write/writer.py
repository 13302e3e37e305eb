"""Writer: one thread that makes events durable, in groups, and says so only once they are.

Requests hand in batches and wait. The writer takes all that waits, writes it in one transaction and
answers: the more callers wait, the more each commit carries.

What it acknowledged by way of the inbox is settled before anyone reads, and in time; where that is
not possible, each reader has it all the same (see inbox).
"""

import logging
import threading
import time
from collections import deque
from concurrent.futures import Future

import duckdb

from localytics.errors import Busy, LocalyticsError, NotReady, StorageFailed
from localytics.settings import Ingest
from localytics.write.batch import Batch
from localytics.write.database import Database
from localytics.write.inbox import complete
from localytics.write.ledger import Change, Ledger

log = logging.getLogger(__name__)

_GROUP_EVENTS = 20_000
_RETRY_SECONDS = 1.0
# Where several callers send little at a time, a moment's wait makes one commit carry more of them.
_LINGER_SECONDS = 0.001
_FEW_EVENTS = 500
# When the inbox is emptied: as soon as it holds so many, or nothing has come for so long.
_INBOX_EVENTS = 1_000
_IDLE_SECONDS = 0.05


class Work:
    """A change to the store that is not a batch of events, to be made between groups; without a
    `change`, settling what is stored.
    """

    __slots__ = ("adds", "change", "done")

    def __init__(self, change: Change | None, *, adds: bool = False) -> None:
        self.change = change
        self.adds = adds
        self.done: Future[int] = Future()
        self.done.set_running_or_notify_cancel()


class Writer:
    """Owns the write side of `database`. `start`, `submit` from any thread, `stop`.

    `last_error` is what kept the last group from being stored, until a write succeeds again; where
    none comes, the writer tries one itself. `answered_seq` is the number of the last event of which
    its sender has been told that it is stored.
    """

    def __init__(self, database: Database, settings: Ingest) -> None:
        self._ledger = Ledger(database, settings.dedupe_hours)
        self._limit = settings.queue_mb * 1024 * 1024
        self._waiting: deque[Batch] = deque()
        self._waiting_bytes = 0
        self._work: deque[Work] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self.last_error: LocalyticsError | None = None
        self.answered_seq = 0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        database.when_dead = self._distrust
        database.before_reading = self.settle
        database.complete = self.complete

    def start(self) -> None:
        """Find out where the numbering stands and begin to write."""
        self._ledger.read_back()
        self.answered_seq = self._ledger.last_seq
        self._thread.start()

    def stop(self) -> None:
        """Write what still waits, then end the thread."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def running(self) -> bool:
        """Whether events handed in now can be expected to be stored."""
        return self._thread.is_alive() and self._ledger.sound

    @property
    def waiting_bytes(self) -> int:
        """Size of the queue."""
        return self._waiting_bytes

    @property
    def last_seq(self) -> int:
        """Number of the last event that is stored."""
        return self._ledger.last_seq

    def submit(self, batch: Batch) -> None:
        """Put `batch` in the queue. Raises Busy when the queue is full, NotReady when stopping.

        The batch is told its Outcome once it is durable, else the error that kept it from being.
        """
        with self._wake:
            self._expect_running()
            if self._waiting and self._waiting_bytes + batch.size > self._limit:
                raise Busy(
                    "More events are waiting to be written than the queue holds",
                    hint="Nothing of this request was stored: send it again after Retry-After.",
                )
            self._waiting.append(batch)
            self._waiting_bytes += batch.size
            self._wake.notify()

    def change(self, change: Change, *, adds: bool = False) -> Future[int]:
        """Have `change` made in a transaction by the writer's thread; the future holds its count.
        One that `adds` events numbers them itself.

        Where it fails nothing is changed, or all of it was and the answer was lost: ask again.
        """
        return self._ask(Work(change, adds=adds))

    def settle(self) -> None:
        """Have all that is acknowledged in `events`, for whoever is about to read them, if that is
        possible. Raises NotReady when stopping.
        """
        if not self._ledger.unsettled or threading.current_thread() is self._thread:
            return
        if not self._ledger.stuck:  # or it is tried from time to time, and would be for everybody
            try:
                self._ask(Work(None)).result()
            except NotReady:
                raise
            except LocalyticsError as error:
                log.warning("What was stored last stays in the inbox: %s", error.message)

    def complete(self, cursor: duckdb.DuckDBPyConnection) -> bool:
        """Have what could not be settled in `events` as well, for the open transaction of `cursor`,
        which only reads; whether there was anything.
        """
        return self._ledger.stuck and complete(cursor)

    def _ask(self, work: Work) -> Future[int]:
        with self._wake:
            self._expect_running()
            self._work.append(work)
            self._wake.notify()
        return work.done

    def _expect_running(self) -> None:
        if self._stopping or not self._thread.is_alive():
            raise NotReady("The service is starting or stopping", hint="Send it again shortly.")

    def _distrust(self) -> None:
        """Some thread found the database dead: mend it, also where nothing is to be written."""
        with self._wake:
            self._ledger.distrust()
            self._wake.notify()

    def _run(self) -> None:
        crowd = 1
        while self._await():
            if self._work:
                self._do(self._work.popleft())
            if crowd > 1 and len(self._waiting) < crowd:
                time.sleep(_LINGER_SECONDS)
            if group := self._next_group():
                crowd = len(group) if sum(len(one.events) for one in group) < _FEW_EVENTS else 1
                self._take(group)
                if self._ledger.unsettled >= _INBOX_EVENTS:
                    self._settle()
            elif self._ailing:
                self._mend()
            else:
                self._settle()
        self._settle()

    def _await(self) -> bool:
        """Wait for something to do; false once there will be nothing more."""
        was_ailing = self._ailing
        idle = _IDLE_SECONDS if self._ledger.unsettled else None
        with self._wake:
            self._wake.wait_for(
                lambda: self._waiting or self._work or self._stopping or self._ailing > was_ailing,
                timeout=_RETRY_SECONDS if was_ailing else idle,
            )
            return bool(self._waiting or self._work or not self._stopping)

    def _next_group(self) -> list[Batch]:
        with self._wake:
            group: list[Batch] = []
            events = 0
            while self._waiting and events < _GROUP_EVENTS:
                if group and self._waiting[0].replay != group[0].replay:
                    break
                batch = self._waiting.popleft()
                self._waiting_bytes -= batch.size
                events += len(batch.events)
                group.append(batch)
            return group

    def _take(self, group: list[Batch]) -> None:
        """Write `group` and tell every caller what became of it."""
        try:
            outcomes = self._ledger.write(group)
        except Exception as error:
            self.last_error = told = _told(error)
            for batch in group:
                batch.tell(told)
        else:
            self.last_error = None
            for batch, outcome in zip(group, outcomes, strict=True):
                batch.tell(outcome)
            self.answered_seq = self._ledger.last_seq

    @property
    def _ailing(self) -> bool:
        return not self._ledger.sound or self.last_error is not None

    def _mend(self) -> None:
        """Try to write though nothing waits: readers, and whoever asks for readiness, do."""
        try:
            self._ledger.try_out()
        except Exception as error:
            self.last_error = _told(error)
        else:
            self.last_error = None

    def _settle(self) -> None:
        try:
            self._ledger.settle()
        except Exception as error:
            self.last_error = _told(error)

    def _do(self, work: Work) -> None:
        try:
            if work.change is None:
                self._ledger.settle()
                count = 0
            else:
                count = self._ledger.change(work.change, adds=work.adds)
                self.answered_seq = self._ledger.last_seq
        except Exception as error:
            told = _told(error)
            if work.change is None:
                self.last_error = told
            work.done.set_exception(told)
        else:
            work.done.set_result(count)


def _told(error: Exception) -> LocalyticsError:
    if isinstance(error, LocalyticsError):
        return error
    log.error("Writing failed unexpectedly", exc_info=error)
    return StorageFailed("The store could not be changed", hint="The log says why.")
