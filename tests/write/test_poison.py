"""Events that can't be stored: each is rejected by itself, whatever it shares a group with.

Most of these can't come over HTTP, where every event is checked; sources make theirs themselves.
"""

from datetime import UTC, datetime
from decimal import Decimal
from queue import SimpleQueue
from typing import Any

import pytest

from localytics.event import Event
from localytics.sink import Outcome
from localytics.write.batch import Batch
from localytics.write.columns import prepare
from tests.conftest import Recorder


def nested(levels: int) -> dict[str, Any]:
    outer: dict[str, Any] = {}
    inner = outer
    for _ in range(levels):
        inner["a"] = {}
        inner = inner["a"]
    return outer


POISON: dict[str, dict[str, Any]] = {
    "lone surrogate": {"user_id": "\ud800"},
    "lone surrogate in the id": {"id": "\ud800"},
    "cost that does not fit": {"cost_usd": Decimal("1e9")},
    "cost beyond reckoning": {"cost_usd": Decimal("1e40")},
    "cost that is no number": {"cost_usd": Decimal("NaN")},
    "duration that does not fit": {"duration_ms": 1e13},
    "endless duration": {"duration_ms": float("inf")},
    "duration that is no number": {"duration_ms": float("nan")},
    "status code that does not fit": {"status_code": 70_000},
    "tokens that do not fit": {"input_tokens": 2**63},
    "time that does not fit": {"timestamp": -(2**62)},
    "no event type": {"event_type": None},
    "event type of another type": {"event_type": 5},
    "text for a number": {"value": "much"},
    "text for yes or no": {"is_error": "perhaps"},
    "metadata that is no JSON": {"metadata": {"x": object()}},
    "metadata with a key that is no JSON": {"metadata": {1j: 1}},
    "metadata with a lone surrogate": {"metadata": {"x": "\udfff"}},
    "metadata without a floor": {"metadata": nested(5000)},
}
HARMLESS: dict[str, dict[str, Any]] = {
    "NUL in text": {"user_id": "a\0b"},
    "NUL in metadata": {"metadata": {"x": "a\0b"}},
    "cost of many digits": {"cost_usd": Decimal("0." + "1" * 60)},
    "cost of nothing": {"cost_usd": Decimal("1e-40")},
    "tokens beyond any price": {"model": "gpt-4o", "input_tokens": 2**63 - 1},
    "integer beyond 64 bits": {"metadata": {"x": 2**70}},
    "no number in metadata": {"metadata": {"x": float("nan")}},
    "the end of time": {"timestamp": datetime.max.replace(tzinfo=UTC)},
    "the beginning of time": {"timestamp": datetime.min.replace(tzinfo=UTC)},
}


def around(recorder: Recorder, fields: dict[str, Any], *, replay: bool) -> Outcome:
    """What becomes of good events with one of these `fields` among them."""
    events = [Event(event_type="x", id=f"good {number}") for number in range(9)]
    events.insert(4, Event(**({"event_type": "x", "id": "odd"} | fields)))
    return recorder.store.record(events, replay=replay)


@pytest.mark.parametrize("replay", [False, True], ids=["new", "replay"])
@pytest.mark.parametrize("kind", POISON)
def test_only_the_bad_event_is_rejected(recorder: Recorder, kind: str, *, replay: bool) -> None:
    outcome = around(recorder, POISON[kind], replay=replay)
    assert outcome.accepted == 9
    assert [(one.index, one.code) for one in outcome.rejected] == [(4, "invalid_event")]
    stored = recorder.store.reader.figures("select count(*), max(seq), min(seq) from events")
    assert stored == (9, 9, 1)
    again = around(recorder, POISON[kind], replay=replay)
    assert (again.accepted, again.duplicates, len(again.rejected)) == (0, 9, 1)


@pytest.mark.parametrize("kind", HARMLESS)
def test_odd_event_is_stored(recorder: Recorder, kind: str) -> None:
    assert around(recorder, HARMLESS[kind], replay=False) == Outcome(accepted=10)
    again = around(recorder, HARMLESS[kind], replay=False)
    assert again == Outcome(duplicates=10)


def test_several_bad_events_of_a_group_are_each_rejected_in_their_place(
    recorder: Recorder,
) -> None:
    events = [
        Event(event_type="x", user_id="\ud800" if number % 97 == 13 else "ada")
        for number in range(1000)
    ]
    outcome = recorder.store.record(events)
    bad = list(range(13, 1000, 97))
    assert [one.index for one in outcome.rejected] == bad
    assert outcome.accepted == 1000 - len(bad)


@pytest.mark.parametrize("kind", POISON)
def test_bad_event_does_not_keep_a_batch_from_being_handed_in(
    recorder: Recorder, kind: str
) -> None:
    events = [Event(event_type="x"), Event(**({"event_type": "x"} | POISON[kind]))]
    answers: SimpleQueue[Any] = SimpleQueue()
    batch = Batch(events, 1, answers.put)
    prepare(batch)
    recorder.store.writer.submit(batch)
    outcome = answers.get(timeout=10)
    assert (outcome.accepted, [one.index for one in outcome.rejected]) == (1, [1])
