from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.operations import case, examples, shared
from tests.reports.test_every_figure import FIELDS
from tests.reports.week import EVENTS, THE_WEEK

__all__ = ["shared"]


def anything(random: Random) -> dict[str, Any]:
    event = {field: random.choice(values) for field, values in FIELDS.items()}
    return event | {
        "id": random.choice([None, f"id-{random.randrange(10**12)}"]),
        "duration_ms": random.choice([None, random.randrange(800_000) / 8]),
        "cost_usd": random.choice([None, str(Decimal(random.randrange(10**12)).scaleb(-9))]),
        "endpoint": random.choice([None, "/a"]),
        "value": random.choice([None, 0.5]),
        "metadata": random.choice([None, {"a": {"b": [1, 2**63, "é", None]}}, {}]),
    }


def sent(stored: dict[str, Any]) -> dict[str, Any]:
    """What of a stored event its sender knows."""
    worked_out = {"received_at", "is_error", "timestamp", "id", "cost_usd"}
    return {name: value for name, value in stored.items() if name not in worked_out}


@examples
@given(seed=st.integers(0, 2**32))
def test_events_come_out_as_they_went_in_newest_first(shared: Recorder, seed: int) -> None:
    found = case(shared, "events", seed, anything)
    stored = found.recount.events
    order = sorted(range(len(stored)), key=lambda place: (stored[place].at, place), reverse=True)
    assert found.got["next_cursor"] is None
    assert [one["timestamp"] for one in found.got["events"]] == [
        found.recount.local(stored[place].at) for place in order
    ]
    for got, one in zip(found.got["events"], (stored[place] for place in order), strict=True):
        assert sent(got) == {
            name: Decimal(str(value)) if name == "duration_ms" else value
            for name, value in sent(one.wire).items()
        }
        assert got["is_error"] == one.failed
        assert got.get("cost_usd") == one.cost
        assert got["id"] == one.wire.get("id", got["id"])


def test_pages_hold_every_event_once_while_others_arrive(recorder: Recorder) -> None:
    times = [f"2025-03-0{1 + n // 5}T10:00:00Z" for n in range(25)]  # five of each instant
    recorder.record(
        *({"event_type": "a", "id": str(n), "timestamp": t} for n, t in enumerate(times))
    )
    seen: list[str] = []
    words: dict[str, Any] = {}
    for number in range(100):
        page = recorder.ask("events", limit=3, **(words or THE_WEEK))
        seen += [one["id"] for one in page["events"]]
        recorder.record(
            {"event_type": "a", "timestamp": "2025-03-05T10:00:00Z", "id": f"new{number}"}
        )
        if page["next_cursor"] is None:
            break
        words = {"cursor": page["next_cursor"]}
    assert seen == [str(n) for n in reversed(range(25))]


def test_an_event_is_told_without_what_it_has_not(recorder: Recorder) -> None:
    recorder.record({"event_type": "a", "id": "x", "timestamp": "2025-03-01T10:00:00Z"})
    (event,) = recorder.ask("events", **THE_WEEK)["events"]
    assert datetime.fromisoformat(event.pop("received_at"))
    assert event == {
        "id": "x",
        "event_type": "a",
        "timestamp": "2025-03-01T10:00:00Z",
        "is_error": False,
    }


def test_filters_narrow(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    found = recorder.ask("events", **THE_WEEK, event_type="api.request")["events"]
    assert [one["user_id"] for one in found] == ["cy"]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("endpoint", "/a"),
        ("method", "GET"),
        ("category", "api"),
        ("severity", "warning"),
        ("status", "failed"),
        ("is_error", True),
        ("is_error", False),
    ],
)
def test_events_are_narrowed_by_what_only_they_know(
    recorder: Recorder, word: str, value: str | bool
) -> None:
    fields = {
        "endpoint": "/a",
        "method": "GET",
        "category": "api",
        "severity": "warning",
        "status": "failed",
        "is_error": True,
    }
    events = [
        {"event_type": "a", "timestamp": "2025-03-01T10:00:00Z", "id": name, name: one}
        for name, one in fields.items()
    ]
    recorder.record(*events)
    given = str(value).lower() if isinstance(value, bool) else value
    found = recorder.ask("events", **THE_WEEK, **{word: given})["events"]
    missing = False if word == "is_error" else None
    assert {one["id"] for one in found} == {
        one["id"] for one in events if one.get(word, missing) == value
    }


@pytest.mark.parametrize(
    "words", [{"is_error": "perhaps"}, {"limit": 0}, {"limit": 1001}, {"cursor": "x"}]
)
def test_no_page_is_of_any_other_kind(recorder: Recorder, words: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("events", **words)
    assert error.value.field == next(iter(words))


def test_a_cursor_of_another_list_is_refused(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    cursor = recorder.ask("sessions", limit=1, **THE_WEEK)["next_cursor"]
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("events", cursor=cursor)
    assert error.value.field == "cursor"
