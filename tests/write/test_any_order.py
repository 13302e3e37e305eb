"""Whatever is sent again, in whatever order, the store holds what a plain list does."""

import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Gate
from typing import Any, NamedTuple
from unittest import mock

import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from localytics.configuration import load
from localytics.event import Event
from localytics.sink import Outcome
from localytics.store import Store
from localytics.write.batch import Batch
from tests.write.model import DEDUPE_HOURS, Model, Row

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
REMEMBERED = 20  # instead of 50,000, so that what is remembered turns over all the time
_STORED = """
select seq, id, timestamp, timestamp_basis, received_at, output_tokens, agent,
       coalesce(sent_at, timestamp)
from events order by seq
"""


class Telling(NamedTuple):
    """How an event comes about: anew or from what was sent before, and what it says."""

    kind: str
    pick: int
    output_tokens: int | None
    agent: str | None


NEW = ("live", "live", "untimed", "late", "ahead", "future", "anonymous")
KNOWN = ("again", "again", "again", "retimed", "unstamped")
TELLINGS = st.lists(
    st.builds(
        Telling,
        st.sampled_from(NEW + KNOWN),
        st.integers(0, 10_000),
        st.none() | st.integers(0, 3),
        st.sampled_from([None, "ada", "bob"]),
    ),
    min_size=1,
    max_size=12,
)


class Sending(RuleBasedStateMachine):
    """The store and the model, told the same."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="localytics-"))
        self.remembered = mock.patch("localytics.write.duplicates._REMEMBERED", REMEMBERED)
        self.remembered.start()
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.model = Model()
        self.sent: list[tuple[str, datetime | None]] = []
        self.made = 0
        self.store = self._opened()

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.send_everything_again()
            self.store.close()
            del self.store
            self.clock.stop()
            self.remembered.stop()
            shutil.rmtree(self.folder)

    @rule(groups=st.lists(TELLINGS, min_size=1, max_size=3), seconds=st.integers(0, 5))
    def send(self, groups: list[list[Telling]], seconds: int) -> None:
        """Several batches that wait at once, and so are written as one group."""
        before = self.store.writer.last_seq
        answers: SimpleQueue[Any] = SimpleQueue()
        batches = []
        gate = Gate()
        held = self.store.writer.change(lambda _: 0 if gate.wait(30) else 1)
        for telling in groups:
            self.time.shift(seconds)
            events = self._events(telling)
            batches.append((events, datetime.now(UTC)))
            self.store.writer.submit(Batch(events, 1, answers.put))
        gate.set()
        assert held.result() == 0
        outcomes = [answers.get(timeout=30) for _ in batches]
        assert sum(outcomes, Outcome()) == self.model.send(batches)
        self._compare()
        assert self.store.writer.last_seq == before + sum(one.accepted for one in outcomes)

    @rule(telling=TELLINGS)
    def replay(self, telling: list[Telling]) -> None:
        events = self._events(telling)
        outcome = self.store.record(events, replay=True)
        assert outcome == self.model.replay(events, datetime.now(UTC))
        self._compare()

    @rule()
    def send_everything_again(self) -> None:
        """All that was ever sent, as it was sent: nothing of it may have been forgotten."""
        events = [Event(event_type="x", id=name, timestamp=time) for name, time in self.sent]
        if events:
            outcome = self.store.record(events)
            assert outcome == self.model.send([(events, datetime.now(UTC))])
            self._compare()

    @rule(hours=st.sampled_from([0.01, 1, 5, 23, 24 - 3 / 3600, 25, 100]))
    def time_passes(self, hours: float) -> None:
        self.time.shift(timedelta(hours=hours))

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = self._opened()
        self._compare()

    def _opened(self) -> Store:
        overrides: dict[str, dict[str, Any]] = {
            "store": {"data_dir": str(self.folder)},
            "ingest": {"dedupe_hours": DEDUPE_HOURS},
        }
        store = Store(load(environ={}, overrides=overrides))
        store.open()
        return store

    def _events(self, telling: list[Telling]) -> list[Event]:
        events = []
        for one in telling:
            name, timestamp = self._named(one)
            if name is not None:
                self.sent.append((name, timestamp))
            events.append(
                Event(
                    event_type="x",
                    id=name,
                    timestamp=timestamp,
                    output_tokens=one.output_tokens,
                    agent=one.agent,
                )
            )
        return events

    def _named(self, one: Telling) -> tuple[str | None, datetime | None]:
        # Never the very microsecond of an arrival: that would be sent once and arrive once.
        odd = timedelta(microseconds=one.pick * 2 + 1)
        now = datetime.now(UTC)
        times = {
            "live": now - odd,
            "late": now - timedelta(days=one.pick % 40) - odd,
            "ahead": now + timedelta(hours=one.pick % 24) - odd,
            "future": now + timedelta(days=2) + odd,
            "retimed": now - timedelta(hours=one.pick % 50) - odd,
            "anonymous": now - odd if one.pick % 2 else None,
            "untimed": None,
            "unstamped": None,
        }
        if one.kind == "anonymous":
            return None, times[one.kind]
        if one.kind in KNOWN and self.sent:
            name, timestamp = self.sent[one.pick % len(self.sent)]
            return name, timestamp if one.kind == "again" else times[one.kind]
        self.made += 1
        return str(self.made), times.get(one.kind)

    def _compare(self) -> None:
        with self.store.database.cursor() as cursor:
            stored = cursor.execute(_STORED).fetchall()
        known = {row.id for row in self.model.rows}
        rows = Counter(
            Row(
                name if name in known else None,
                timestamp.replace(tzinfo=UTC),
                basis,
                received.replace(tzinfo=UTC),
                output_tokens,
                agent,
                sent.replace(tzinfo=UTC),
            )
            for _, name, timestamp, basis, received, output_tokens, agent, sent in stored
        )
        assert rows == Counter(self.model.rows)
        seqs = [row[0] for row in stored]
        assert len(set(seqs)) == len(seqs)


TestSending = Sending.TestCase
TestSending.settings = settings(
    max_examples=15,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
