"""Duplicates: which events are known, for how long, and what it costs to know them."""

from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from threading import Event as Gate
from typing import Any
from unittest import mock

import time_machine

from localytics.event import Event
from localytics.sink import Outcome
from localytics.write import duplicates
from localytics.write.batch import Batch, rows_of
from localytics.write.duplicates import Duplicates
from tests.conftest import Recorder
from tests.write.model import DEDUPE_HOURS

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_event_that_a_replay_moved_is_known_at_its_new_time(recorder: Recorder) -> None:
    event = {"event_type": "x", "id": "a"}
    recorder.record(event | {"timestamp": "2026-01-01T12:00:00Z"})
    earlier = event | {"timestamp": "2026-01-01T11:00:00Z"}
    assert recorder.record(earlier, replay=True) == Outcome(updated=1)
    assert recorder.record(earlier) == Outcome(duplicates=1)


def test_a_replay_means_the_event_at_the_time_that_is_told(recorder: Recorder) -> None:
    event = {"event_type": "x", "id": "a"}
    ten, eleven = ({"timestamp": f"2026-01-01T{hour}:00:00Z"} for hour in (10, 11))
    assert recorder.record(event | ten, event | eleven) == Outcome(accepted=2)
    assert recorder.record(event | ten, replay=True) == Outcome(duplicates=1)
    assert recorder.record(event | ten | {"output_tokens": 5}, replay=True) == Outcome(updated=1)
    assert recorder.record(event | ten, event | eleven) == Outcome(duplicates=2)
    events = recorder.ask("events", time_range="all")["events"]
    assert [(one["timestamp"], one.get("output_tokens")) for one in events] == [
        ("2026-01-01T11:00:00Z", None),
        ("2026-01-01T10:00:00Z", 5),
    ]


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
