"""Duplicates: whatever is sent again, in whatever order, the store holds what a plain list does."""

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

from localytics.event import Event
from localytics.settings import load
from localytics.sink import Outcome
from localytics.store import Store
from localytics.write import duplicates
from localytics.write.batch import Batch, rows_of
from localytics.write.duplicates import Duplicates
from tests.conftest import Recorder

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DEDUPE_HOURS = 24
DAY = timedelta(days=1)
REMEMBERED = 20  # instead of 50,000, so that what is remembered turns over all the time
_STORED = """
select seq, id, timestamp, timestamp_basis, received_at, output_tokens, agent,
       coalesce(sent_at, timestamp)
from events order by seq
"""


class Row(NamedTuple):
    """What of an event the model keeps; `id` is None where the store makes one."""

    id: str | None
    timestamp: datetime
    basis: str
    received: datetime
    output_tokens: int | None
    agent: str | None
    sent: datetime  # what names it together with its id; of a replay the time it is stored at


class Model:
    """The rules of API.md and of replays, over a list."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def send(self, batches: list[tuple[list[Event], datetime]]) -> Outcome:
        """Each event is stored, unless it was sent before."""
        accepted = duplicates = 0
        for events, now in batches:
            for event in events:
                row = _row(event, now)
                if event.id is not None and any(self._same(row, one) for one in self.rows):
                    duplicates += 1
                else:
                    self.rows.append(row)
                    accepted += 1
        return Outcome(accepted=accepted, duplicates=duplicates)

    def replay(self, events: list[Event], now: datetime) -> Outcome:
        """An id names one event: of two versions the fuller is kept, at the earlier time."""
        accepted = duplicates = updated = 0
        told: dict[str, Row] = {}
        for event in events:
            row = _row(event, now)
            if event.id is None:
                self.rows.append(row._replace(sent=row.timestamp))
                accepted += 1
            elif event.id in told:
                told[event.id] = _merged(told[event.id], row)
                duplicates += 1
            else:
                told[event.id] = row
        for name, row in told.items():
            known = [place for place, one in enumerate(self.rows) if one.id == name]
            if not known:
                self.rows.append(row._replace(sent=row.timestamp))
                accepted += 1
                continue
            before = self.rows[known[-1]]
            after = _retold(before, row)
            if after == before:
                duplicates += 1
            else:
                del self.rows[known[-1]]
                self.rows.append(after._replace(sent=after.timestamp))
                updated += 1
        return Outcome(accepted=accepted, duplicates=duplicates, updated=updated)

    @staticmethod
    def _same(row: Row, stored: Row) -> bool:
        if row.id != stored.id:
            return False
        if row.basis != "arrival":
            return row.sent == stored.sent
        window = timedelta(hours=DEDUPE_HOURS)
        return stored.basis == "arrival" and stored.timestamp >= row.received - window


def _row(event: Event, now: datetime) -> Row:
    assert event.timestamp is None or isinstance(event.timestamp, datetime)
    if event.timestamp is None:
        timestamp, basis = now, "arrival"
    elif event.timestamp > now + DAY:
        timestamp, basis = now, "future"
    else:
        timestamp, basis = event.timestamp, "sent"
    sent = event.timestamp or now
    return Row(event.id, timestamp, basis, now, event.output_tokens, event.agent, sent)


def _output(row: Row) -> int:
    return -1 if row.output_tokens is None else row.output_tokens


def _earlier(one: Row, other: Row) -> dict[str, Any]:
    first = min(one, other, key=lambda row: (row.timestamp, row.basis))
    return {"timestamp": first.timestamp, "basis": first.basis}


def _merged(before: Row, row: Row) -> Row:
    """Of two tellings in one group the fuller, of equal ones the later."""
    fuller = row if _output(row) >= _output(before) else before
    return fuller._replace(**_earlier(before, row))


def _retold(before: Row, row: Row) -> Row:
    """What is stored, after it is told again as `row`."""
    says_more = _output(row) > _output(before) or (
        _output(row) == _output(before) and row.agent != before.agent
    )
    if says_more:
        return row._replace(**_earlier(before, row))
    if row.timestamp < before.timestamp:
        return before._replace(timestamp=row.timestamp, basis=row.basis)
    return before


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


def test_event_that_a_replay_moved_is_known_at_its_new_time(recorder: Recorder) -> None:
    event = {"event_type": "x", "id": "a"}
    recorder.record(event | {"timestamp": "2026-01-01T12:00:00Z"})
    earlier = event | {"timestamp": "2026-01-01T11:00:00Z"}
    assert recorder.record(earlier, replay=True) == Outcome(updated=1)
    assert recorder.record(earlier) == Outcome(duplicates=1)


def test_dedupe_window_counts_from_each_events_own_arrival(recorder: Recorder) -> None:
    event = Event(event_type="x", id="a")
    answers: SimpleQueue[Any] = SimpleQueue()
    with time_machine.travel(START, tick=False) as time:
        recorder.store.record([event])
        gate = Gate()
        recorder.store.writer.change(lambda _: int(gate.wait(30)))
        for hours, name in (DEDUPE_HOURS - 1, "other"), (2, "a"):
            time.shift(timedelta(hours=hours))
            recorder.store.writer.submit(Batch([Event(event_type="x", id=name)], 1, answers.put))
        gate.set()
        assert [answers.get(timeout=30) for _ in range(2)] == [Outcome(accepted=1)] * 2


def test_hundred_thousand_live_events_cost_no_questions_to_the_store(recorder: Recorder) -> None:
    asked = 0
    ask = duplicates._ask

    def counted(*args: Any) -> set[int]:
        nonlocal asked
        asked += 1
        return ask(*args)

    def live(since: int) -> list[Event]:
        return [
            Event(event_type="x", id=str(number), timestamp=START + timedelta(seconds=number))
            for number in range(since, since + 10_000)
        ]

    with mock.patch.object(duplicates, "_ask", counted):
        for since in range(0, 130_000, 10_000):
            assert recorder.store.record(live(since)) == Outcome(accepted=10_000)
    assert asked == 0
    for since in (0, 60_000, 120_000):  # forgotten, remembered for long, remembered
        assert recorder.store.record(live(since)) == Outcome(duplicates=10_000)
    assert recorder.store.reader.figures("select count(*), max(seq) from events") == (
        130_000,
        130_000,
    )


def test_event_that_was_not_believed_is_known_when_its_time_is_near(recorder: Recorder) -> None:
    """The time that was sent names it, although it was stored at its arrival."""
    event = Event(event_type="x", id="a", timestamp=START + timedelta(hours=25))
    with time_machine.travel(START, tick=False) as time:
        assert recorder.store.record([event]) == Outcome(accepted=1)
        for hours in (0, 2, 30, 24 * 90):
            time.move_to(START + timedelta(hours=hours))
            assert recorder.store.record([event]) == Outcome(duplicates=1)


def test_event_ahead_of_the_clock_does_not_slow_live_ones_after_a_restart(
    recorder: Recorder,
) -> None:
    now = datetime.now(UTC)
    recorder.store.record([Event(event_type="x", id="ahead", timestamp=now + timedelta(hours=20))])
    known = Duplicates(DEDUPE_HOURS)
    with recorder.store.database.cursor() as cursor:
        known.start(cursor)
    live = [Event(event_type="x", id="live", timestamp=now)]
    again = [Event(event_type="x", id="ahead", timestamp=now + timedelta(hours=20))]
    assert known.remember(rows_of([Batch(live, 1, print)])) == []
    assert known.remember(rows_of([Batch(again, 1, print)])) == [0]
