from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import NotFound
from localytics.event import NEWEST
from tests.conftest import Recorder
from tests.reports.operations import case, examples, ms, shared

__all__ = ["shared"]
EVER = datetime(1970, 1, 1, tzinfo=UTC)
TYPE = "device.state_changed"


def change(random: Random) -> dict[str, Any]:
    return {
        "event_type": random.choice([TYPE] * 5 + ["device.metrics"]),
        "source": random.choice([None, "app"]),
        "device_id": random.choice(["d1", "d1", "d2", None]),
        "status": random.choice(["on", "off", "asleep", None]),
        "metadata": random.choice([None, {"previous_state": "on", "reason": "é"}]),
    }


@examples
@given(seed=st.integers(0, 2**32))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int) -> None:
    known = {"event_type": "x", "device_id": "d1", "timestamp": "2024-01-01T00:00:00+00:00"}
    found = case(shared, "device_state_history", seed, change, {"device_id": "d1"}, fixed=[known])
    recount = found.recount
    changes = [one for one in found.events if one["event_type"] == TYPE]
    before = sorted(
        (one for one in recount.between(EVER, recount.start) if one["event_type"] == TYPE),
        key=lambda one: one.at,
    )
    at_start = before[-1]["status"] if before else None
    end = max([recount.start, min(recount.end, found.now), *(one.at for one in changes)])
    bounds = [*(one.at for one in changes), end]
    spells = [(at_start, ms(recount.start, bounds[0]))]
    ended = any(one["event_type"] == TYPE for one in recount.between(recount.end, NEWEST))
    rows = []
    for place, one in enumerate(changes):
        lasted = ms(bounds[place], bounds[place + 1])
        metadata = one["metadata"] or {}
        spells.append((one["status"], lasted))
        rows.append(
            {
                "timestamp": recount.local(one.at),
                "previous_state": metadata.get("previous_state"),
                "new_state": one["status"],
                "changed_by": None,
                "reason": metadata.get("reason"),
                "duration_ms": lasted,
                "open": place == len(changes) - 1 and not ended,
            }
        )
    shares = found.got.pop("states")
    found.equals(
        {
            "device_id": "d1",
            "state_at_start": at_start,
            "current_state": changes[-1]["status"] if changes else at_start,
            "changes": rows,
        }
    )
    lasted_by = {
        state: sum(time for name, time in spells if name == state)
        for state in {name for name, _ in spells} - {None}
    }
    known_ms = sum(lasted_by.values())
    if not known_ms:
        assert shares == []
        return
    assert {one["state"]: one["duration_ms"] for one in shares} == pytest.approx(lasted_by)
    assert sum(one["percentage"] for one in shares) == pytest.approx(100)
    for one in shares:
        assert one["percentage"] == pytest.approx(100 * lasted_by[one["state"]] / known_ms)
    assert [one["duration_ms"] for one in shares] == sorted(
        (one["duration_ms"] for one in shares), reverse=True
    )


def moved(at: str, state: str, **more: Any) -> dict[str, Any]:
    timestamp = f"2025-03-03T{at}:00Z"
    return {
        "event_type": TYPE,
        "device_id": "d1",
        "timestamp": timestamp,
        "status": state,
        "id": f"{at} {state}",
        **more,
    }


def test_changes_may_come_late_and_twice(recorder: Recorder) -> None:
    events = [moved("08:00", "off"), moved("10:30", "on"), moved("11:00", "asleep")]
    recorder.record(events[2], events[0])
    recorder.record(events[1], events[2])
    with time_machine.travel("2025-03-03T12:00:00Z", tick=False):
        answer = recorder.ask("device_state_history", device_id="d1", hours=2)
    assert answer["state_at_start"] == "off"
    assert answer["current_state"] == "asleep"
    assert [(one["new_state"], one["duration_ms"], one["open"]) for one in answer["changes"]] == [
        ("on", 1_800_000, False),
        ("asleep", 3_600_000, True),
    ]
    assert answer["states"] == [
        {"state": "asleep", "duration_ms": 3_600_000, "percentage": 50},
        {"state": "off", "duration_ms": 1_800_000, "percentage": 25},
        {"state": "on", "duration_ms": 1_800_000, "percentage": 25},
    ]


def test_of_two_changes_at_one_instant_the_later_stored_holds(recorder: Recorder) -> None:
    recorder.record(moved("10:00", "on"), moved("10:00", "off"))
    with time_machine.travel("2025-03-03T11:00:00Z", tick=False):
        answer = recorder.ask("device_state_history", device_id="d1")
    assert [one["duration_ms"] for one in answer["changes"]] == [0, 3_600_000]
    assert answer["current_state"] == "off"


def test_an_open_state_lasts_longer_with_every_minute(recorder: Recorder) -> None:
    recorder.record(moved("10:00", "on"))
    lasted = []
    for minute in (1, 2):
        with time_machine.travel(f"2025-03-03T10:0{minute}:00Z", tick=False):
            (one,) = recorder.ask("device_state_history", device_id="d1")["changes"]
        lasted.append(one["duration_ms"])
    assert lasted == [60_000, 120_000]


def test_a_state_that_ended_after_the_window_is_not_open(recorder: Recorder) -> None:
    recorder.record(moved("10:00", "on"), moved("12:00", "off"))
    asked = {"device_id": "d1", "start_date": "2025-03-03T09:00"}
    (one,) = recorder.ask("device_state_history", **asked, end_date="2025-03-03T11:00")["changes"]
    assert (one["duration_ms"], one["open"]) == (3_600_000, False)
    found = recorder.ask("device_state_history", **asked, end_date="2025-03-03T13:00")["changes"]
    assert [(one["duration_ms"], one["open"]) for one in found] == [
        (7_200_000, False),
        (3_600_000, True),
    ]


def test_a_device_that_no_event_names_is_unknown(recorder: Recorder) -> None:
    recorder.record(moved("10:00", "on"))
    with pytest.raises(NotFound) as error:
        recorder.ask("device_state_history", device_id="d2")
    assert error.value.field == "device_id"
