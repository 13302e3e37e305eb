"""Ledger: what is stored for certain, and how to find that out when it is in doubt.

A statement that fails takes its whole transaction with it. A COMMIT that raises leaves it open
whether the group is in the file, so the file is opened anew and asked for its last number; only
what reads back counts as stored.

Groups of few events take a short way, through the inbox; `settle` has what is there take its place.
"""

import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

import duckdb

from localytics.errors import SetupError, StorageFailed
from localytics.sink import Outcome, Rejected
from localytics.write.batch import Batch, Rows, Tally, rows_of
from localytics.write.columns import columns
from localytics.write.database import Database
from localytics.write.duplicates import Duplicates
from localytics.write.group import Plan, plan_new, plan_replay, store
from localytics.write.inbox import Inbox
from localytics.write.insert import Insert
from localytics.write.sql import statement
from localytics.write.trouble import POISON, disk_full, is_full, told

log = logging.getLogger(__name__)

Change = Callable[[duckdb.DuckDBPyConnection], int]

_LAST_SEQ = statement("last_seq")
_KEEP_LAST_SEQ = statement("keep_last_seq")
_ATTEMPTS = 4
_LEAST_ROOM_BYTES = 1024 * 1024


class _InDoubt(Exception):
    """COMMIT raised: `plan` is stored if the store's last number is now `last_seq`, and nothing
    has stayed in the inbox where the same transaction `moved` it.
    """

    def __init__(self, plan: Plan, last_seq: int, *, moved: bool) -> None:
        super().__init__(last_seq)
        self.plan = plan
        self.last_seq = last_seq
        self.moved = moved


class Ledger:
    """Makes groups durable in `database`. For one thread only, `distrust` excepted.

    `sound` says whether the store could be used when that was last tried, `stuck` whether what is
    in the inbox could not be moved.
    """

    def __init__(self, database: Database, dedupe_hours: int) -> None:
        self._database = database
        self._duplicates = Duplicates(dedupe_hours)
        self._insert = Insert()
        self._inbox = Inbox()
        self.sound = True
        self.stuck = False
        self.last_seq = 0

    def read_back(self) -> None:
        """Find out where the numbering stands."""
        with self._database.cursor() as cursor:
            ((self.last_seq,),) = cursor.execute(_LAST_SEQ).fetchall()
            self._duplicates.start(cursor)
            self._inbox.start(cursor)
            self._duplicates.remember(self._inbox.rows)

    @property
    def unsettled(self) -> int:
        """How many events are durable, but not in `events` yet."""
        return len(self._inbox.rows) if self._inbox.holds else 0

    def settle(self) -> None:
        """Move what is in the inbox to `events`, or raise; then it is still in the inbox."""
        if self._inbox.holds:
            try:
                self._write(Rows(), [], replay=False)
            except BaseException:
                self.stuck = True
                raise
        self.stuck = False

    def distrust(self) -> None:
        """Open the file anew before anything else is done with it."""
        self.sound = False

    def recover(self) -> None:
        """Open the file anew and read back how far it got. Raises while that is not possible."""
        self.sound = False
        try:
            self._database.reopen()
            self.read_back()
        except (duckdb.Error, SetupError) as error:
            log.warning("The store could not be opened again: %s", error)
            raise told(error) from error
        self.sound = True

    def write(self, batches: Sequence[Batch]) -> list[Outcome]:
        """Make `batches`, all of them replays or none, durable as one group, or raise."""
        tallies = [Tally() for _ in batches]
        self._write(rows_of(batches), tallies, replay=batches[0].replay)
        return [tally.outcome() for tally in tallies]

    def change(self, change: Change, *, adds: bool = False) -> int:
        """Make `change` in a transaction of its own, or raise; it says how many rows it touched.

        One that `adds` events has numbered them itself.
        """
        if not self.sound:
            self.recover()
        self.settle()
        try:
            with self._database.cursor() as cursor:
                cursor.begin()
                count = change(cursor)
                cursor.execute(_KEEP_LAST_SEQ, {"last_seq": self.last_seq})
                with self._database.committing():
                    cursor.commit()
            if adds:
                self.read_back()
        except duckdb.Error as error:
            log.warning("A change of the store failed: %s", error)
            self.recover()
            raise told(error) from error
        return count

    def try_out(self) -> None:
        """Write next to nothing, or raise; a disk with hardly any room counts as full."""
        if not self.sound:
            self.recover()
        if shutil.disk_usage(self._database.folder).free < _LEAST_ROOM_BYTES:
            raise disk_full()
        self.change(lambda _: 0)

    def _write(self, rows: Rows, tallies: list[Tally], *, replay: bool) -> None:
        """Make `rows` durable and count them, or raise. What the machine does is met here."""
        for attempt in range(_ATTEMPTS):
            if not self.sound:
                self.recover()
            try:
                plan = self._transact(rows, replay=replay)
            except _InDoubt as doubt:
                if self._settled(doubt):
                    return _count(rows, tallies, doubt.plan)
            except POISON as error:
                return self._isolate(rows, tallies, error, replay=replay)
            except duckdb.OutOfMemoryException as error:
                log.warning("Writing failed (%s); attempt %d", error, attempt + 1)
                time.sleep(0.05 * 2**attempt)  # a hungry reader will be done by then
            except duckdb.Error as error:
                log.warning("Writing failed (%s); attempt %d", error, attempt + 1)
                self.recover()
                if is_full(error):
                    raise told(error) from error
            else:
                return _count(rows, tallies, plan)
        raise StorageFailed("The events could not be stored", hint="The log says why.")

    def _transact(self, rows: Rows, *, replay: bool) -> Plan:
        suspects = [] if replay else self._duplicates.remember(rows)
        written = None if replay or suspects else self._inbox.written(rows)
        with self._database.cursor() as cursor:
            if written is not None:
                plan = Plan(None, rows, [], [])
                cursor.begin()
                self._inbox.put(cursor, written, self.last_seq + plan.numbers)
                self._commit(cursor, plan, moved=False)
                self._inbox.add(rows)
            else:
                plan = self._store(cursor, rows, suspects, replay=replay)
        return plan

    def _store(
        self, cursor: duckdb.DuckDBPyConnection, rows: Rows, suspects: list[int], *, replay: bool
    ) -> Plan:
        """Write `rows` to where they belong, after what is in the inbox."""
        moved = self._inbox.holds
        self._insert.prepare(cursor)
        cursor.begin()
        if moved:
            self._inbox.move(cursor, self._insert, self.last_seq)
        if replay:
            plan = plan_replay(cursor, rows, self._duplicates)
        else:
            plan = plan_new(cursor, rows, self._duplicates, suspects)
        if not moved and not plan.numbers:
            cursor.rollback()
            return plan
        store(cursor, self._insert, plan, self.last_seq + 1)
        self._commit(cursor, plan, moved=moved)
        self._inbox.forget()
        self.stuck = False
        return plan

    def _commit(self, cursor: duckdb.DuckDBPyConnection, plan: Plan, *, moved: bool) -> None:
        last_seq = self.last_seq + plan.numbers
        try:
            with self._database.committing(shows=plan.numbers > 0):
                cursor.commit()
        except BaseException as error:
            self.sound = False
            raise _InDoubt(plan, last_seq, moved=moved) from error
        self.last_seq = last_seq

    def _settled(self, doubt: _InDoubt) -> bool:
        """Whether the group is stored after all. Raises where that is not to be found out."""
        error = doubt.__cause__
        log.warning("A commit is in doubt: %s", error)
        self.recover()
        if doubt.last_seq > self.last_seq or (doubt.moved and self._inbox.holds):
            if is_full(error):
                raise told(error) from error
            return False
        if "is durable" not in str(error):
            self._make_durable()
        log.warning("The commit in doubt is stored")
        return True

    def _make_durable(self) -> None:
        """What was read back may be in memory only, after a sync that failed: write it again."""
        try:
            with self._database.cursor() as cursor:
                cursor.execute("checkpoint")
        except duckdb.Error as error:
            self.sound = False
            raise told(error) from error

    def _isolate(self, rows: Rows, tallies: list[Tally], error: Exception, *, replay: bool) -> None:
        """Something in `rows` can't be stored: halve until it stands alone, store the rest."""
        if self._inbox.holds:
            self.settle() if rows else self._leave_out(error)
            self._write(rows, tallies, replay=replay)
            return
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

    def _leave_out(self, error: Exception) -> None:
        """Something in the inbox can't be stored after all, as if its table had been tampered with:
        give that up, and keep the others.
        """
        rows = self._inbox.rows
        good = self._storable(rows)
        log.error("%d events of the inbox are lost: %s", len(rows) - len(good), error)
        self._inbox.rows = good

    def _storable(self, rows: Rows) -> Rows:
        """Those of `rows` that can be stored, found by trying."""
        with suppress(*POISON), self._database.cursor() as cursor:
            self._insert.prepare(cursor)
            cursor.begin()
            self._insert.run(columns(rows, 1))
            cursor.rollback()
            return rows
        middle = len(rows) // 2
        if not middle:
            return Rows()
        good = self._storable(rows.pick(range(middle)))
        good.extend(self._storable(rows.pick(range(middle, len(rows)))))
        return good


def _count(rows: Rows, tallies: list[Tally], plan: Plan) -> None:
    if plan.verdicts is None:
        for number, accepted in Counter(rows.batches).items():
            tallies[number].counts["accepted"] += accepted
    else:
        for number, verdict in zip(rows.batches, plan.verdicts, strict=True):
            tallies[number].counts[verdict] += 1
