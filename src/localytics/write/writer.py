"""Writer: one thread that makes events durable, in groups, and says so only once they are.

Requests hand in batches and wait. The writer takes all that waits, writes it in one transaction and
answers: the more callers wait, the more each commit carries. An error at COMMIT leaves it open
whether the group is in the file, so the file is opened anew and asked.
"""

import contextlib
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future

import duckdb
import pyarrow as pa

from localytics.errors import Busy, DiskFull, LocalyticsError, NotReady, StorageFailed
from localytics.settings import Ingest
from localytics.sink import Outcome, Rejected
from localytics.write.batch import Batch, Rows, rows_of
from localytics.write.database import Database
from localytics.write.duplicates import Duplicates
from localytics.write.group import Plan, Verdict, plan_new, plan_replay, store
from localytics.write.insert import Insert
from localytics.write.sql import statement

log = logging.getLogger(__name__)

_LAST_SEQ = statement("last_seq")
_KEEP_LAST_SEQ = statement("keep_last_seq")
_GROUP_EVENTS = 20_000
_ATTEMPTS = 4
# What one event can cause, as opposed to the machine: such a group is taken apart to find it.
_POISON = (
    duckdb.DataError,
    duckdb.IntegrityError,
    duckdb.InvalidInputException,
    pa.ArrowException,
    ValueError,
    ArithmeticError,
)


class Tally:
    """What has become of a batch so far."""

    __slots__ = ("counts", "rejected")

    def __init__(self) -> None:
        self.counts: dict[Verdict, int] = {"accepted": 0, "duplicate": 0, "updated": 0}
        self.rejected: list[Rejected] = []

    def outcome(self) -> Outcome:
        return Outcome(
            accepted=self.counts["accepted"],
            duplicates=self.counts["duplicate"],
            updated=self.counts["updated"],
            rejected=tuple(sorted(self.rejected, key=lambda rejected: rejected.index)),
        )


class Work:
    """A change to the store that is not a batch of events, to be made between groups.

    `change` runs in a transaction of its own and says how many rows it touched.
    """

    __slots__ = ("change", "done")

    def __init__(self, change: Callable[[duckdb.DuckDBPyConnection], int]) -> None:
        self.change = change
        self.done: Future[int] = Future()


class Writer:
    """Owns the write side of `database`. `start`, `submit` from any thread, `stop`."""

    def __init__(self, database: Database, settings: Ingest) -> None:
        self._database = database
        self._limit = settings.queue_mb * 1024 * 1024
        self._duplicates = Duplicates(settings.dedupe_hours)
        self._insert = Insert()
        self._waiting: deque[Batch] = deque()
        self._waiting_bytes = 0
        self._work: deque[Work] = deque()
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._in_doubt: tuple[Plan, int] | None = None  # at COMMIT, with the last seq it would give
        self._broken = False
        self.last_seq = 0

    def start(self) -> None:
        """Find out where the numbering stands and begin to write."""
        self._read_back()
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
        return self._thread.is_alive() and not self._broken

    @property
    def waiting_bytes(self) -> int:
        """Size of the queue."""
        return self._waiting_bytes

    def submit(self, batch: Batch) -> Future[Outcome]:
        """Put `batch` in the queue. Raises Busy when the queue is full, NotReady when stopping.

        The future holds the Outcome once it is durable, else the error that kept it from being.
        """
        with self._wake:
            if self._stopping or not self._thread.is_alive():
                raise NotReady("The service is starting or stopping", hint="Send it again shortly.")
            if self._waiting and self._waiting_bytes + batch.size > self._limit:
                raise Busy(
                    "More events are waiting to be written than the queue holds",
                    hint="Nothing of this request was stored: send it again after Retry-After.",
                )
            self._waiting.append(batch)
            self._waiting_bytes += batch.size
            self._wake.notify()
        return batch.done

    def change(self, change: Callable[[duckdb.DuckDBPyConnection], int]) -> Future[int]:
        """Have `change` made in a transaction by the writer's thread; the future holds its count.

        Where it fails nothing is changed, or all of it was and the answer was lost: ask again.
        """
        work = Work(change)
        with self._wake:
            if self._stopping or not self._thread.is_alive():
                raise NotReady("The service is starting or stopping", hint="Send it again shortly.")
            self._work.append(work)
            self._wake.notify()
        return work.done

    def _run(self) -> None:
        while self._await():
            if self._work:
                self._do(self._work.popleft())
            if group := self._next_group():
                self._take(group)

    def _await(self) -> bool:
        """Wait for something to do; false once there will be nothing more."""
        with self._wake:
            while not self._waiting and not self._work and not self._stopping:
                self._wake.wait()
            return bool(self._waiting or self._work)

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
        tallies = [Tally() for _ in group]
        try:
            self._write(rows_of(group), tallies, replay=group[0].replay)
        except LocalyticsError as error:
            for batch in group:
                batch.done.set_exception(error)
        except Exception:
            log.exception("A group of events could not be written")
            for batch in group:
                batch.done.set_exception(StorageFailed("The events could not be stored"))
        else:
            for batch, tally in zip(group, tallies, strict=True):
                batch.done.set_result(tally.outcome())

    def _do(self, work: Work) -> None:
        try:
            if self._broken:
                self._recover()
            with self._database.cursor() as cursor:
                cursor.begin()
                try:
                    count = work.change(cursor)
                    cursor.execute(_KEEP_LAST_SEQ, {"last_seq": self.last_seq})
                except BaseException:
                    with contextlib.suppress(duckdb.Error):
                        cursor.rollback()
                    raise
                cursor.commit()
        except LocalyticsError as error:
            work.done.set_exception(error)
        except Exception as error:
            log.exception("A change of the store failed")
            work.done.set_exception(
                _disk_full() if _is_full(error) else StorageFailed("The change could not be made")
            )
            if isinstance(error, duckdb.Error):
                with contextlib.suppress(LocalyticsError):
                    self._recover()
        else:
            work.done.set_result(count)

    def _write(self, rows: Rows, tallies: list[Tally], *, replay: bool) -> None:
        """Make `rows` durable and count them, or raise. What the machine does is met here."""
        if self._broken:
            self._recover()
        for attempt in range(_ATTEMPTS):
            try:
                plan = self._transact(rows, replay=replay)
            except _POISON as error:
                return self._isolate(rows, tallies, error, replay=replay)
            except duckdb.Error as error:
                log.warning("Writing failed (%s); attempt %d", error, attempt + 1)
                if self._in_doubt is None and isinstance(error, duckdb.OutOfMemoryException):
                    time.sleep(0.05 * 2**attempt)  # a hungry reader will be done by then
                    continue
                in_doubt = self._in_doubt
                self._recover()
                if in_doubt is not None and in_doubt[1] <= self.last_seq:
                    return _count(rows, tallies, in_doubt[0])
                if _is_full(error):
                    raise _disk_full() from error
            else:
                return _count(rows, tallies, plan)
        raise StorageFailed("The events could not be stored", hint="The log says why.")

    def _transact(self, rows: Rows, *, replay: bool) -> Plan:
        with self._database.cursor() as cursor:
            plan = (plan_replay if replay else plan_new)(cursor, rows, self._duplicates)
            if plan.numbers:
                last_seq = self.last_seq + plan.numbers
                self._insert.prepare(cursor)
                cursor.begin()
                try:
                    store(cursor, self._insert, plan, self.last_seq + 1)
                except BaseException:
                    with contextlib.suppress(duckdb.Error):
                        cursor.rollback()
                    raise
                self._in_doubt = (plan, last_seq)
                cursor.commit()
                self._in_doubt = None
                self.last_seq = last_seq
        return plan

    def _isolate(self, rows: Rows, tallies: list[Tally], error: Exception, *, replay: bool) -> None:
        """Something in `rows` can't be stored: halve until it stands alone, store the rest."""
        if len(rows) > 1:
            middle = len(rows) // 2
            self._write(rows.pick(range(middle)), tallies, replay=replay)
            self._write(rows.pick(range(middle, len(rows))), tallies, replay=replay)
            return
        log.warning("An event could not be stored: %s", error)
        message = "The event could not be stored"
        tallies[rows.batches[0]].rejected.append(
            Rejected(index=rows.places[0], code="invalid_event", message=message)
        )

    def _recover(self) -> None:
        """Open the file anew and read back how far it got. Raises while that is not possible."""
        self._broken = True
        self._in_doubt = None
        try:
            self._database.reopen()
            self._read_back()
        except duckdb.Error as error:
            log.exception("The store could not be opened again")
            if _is_full(error):
                raise _disk_full() from error
            raise StorageFailed("The store is not available at the moment") from error
        self._broken = False

    def _read_back(self) -> None:
        with self._database.cursor() as cursor:
            ((self.last_seq,),) = cursor.execute(_LAST_SEQ).fetchall()
            self._duplicates.start(cursor)


def _count(rows: Rows, tallies: list[Tally], plan: Plan) -> None:
    if plan.verdicts is None:
        for number, accepted in Counter(rows.batches).items():
            tallies[number].counts["accepted"] += accepted
    else:
        for number, verdict in zip(rows.batches, plan.verdicts, strict=True):
            tallies[number].counts[verdict] += 1


def _is_full(error: Exception) -> bool:
    return "No space left" in str(error) or "not enough space" in str(error).lower()


def _disk_full() -> DiskFull:
    return DiskFull(
        "The disk is full: nothing of this request was stored",
        hint="Free some space; the service goes on by itself.",
    )
