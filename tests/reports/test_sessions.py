from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.week import COMPILER, EVENTS, HOUSE, SONNET, THE_WEEK, message


def test_sessions_of_a_week_newest_first(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    sessions = recorder.ask("sessions", **THE_WEEK)
    assert sessions["total_sessions"] == 3
    assert sessions["next_cursor"] is None
    assert sessions["sessions"] == [
        {
            "session_id": "s3",
            "project_id": None,
            "start": "2025-03-03T14:05:00Z",
            "end": "2025-03-03T14:05:00Z",
            "duration_ms": 0.0,
            "messages": 0,
            "tokens": 0,
            "cost": 0,
            "models": [],
        },
        {
            "session_id": "s2",
            "project_id": "notes",
            "start": "2025-03-03T14:00:00Z",
            "end": "2025-03-03T14:00:00Z",
            "duration_ms": 0.0,
            "messages": 1,
            "tokens": 550,
            "cost": None,
            "models": [HOUSE],
        },
        {
            "session_id": "s1",
            "project_id": "notes",  # it moved there
            "start": "2025-03-01T09:00:00Z",
            "end": "2025-03-07T23:59:59.999999Z",
            "duration_ms": 572399999.999,
            "messages": 4,
            "tokens": 3750,
            "cost": 2.25,
            "models": [SONNET, "gpt-4o"],
        },
    ]


def test_a_session_lasts_as_long_as_it_took_though_the_clock_was_changed(
    recorder: Recorder,
) -> None:
    recorder.record(
        message("2025-03-09T06:30:00Z", session_id="s", project_id=COMPILER),
        message("2025-03-09T07:30:00Z", session_id="s"),
    )
    (session,) = recorder.ask(
        "sessions", start_date="2025-03-09", end_date="2025-03-10", timezone="America/New_York"
    )["sessions"]
    assert session["start"] == "2025-03-09T01:30:00-05:00"
    assert session["end"] == "2025-03-09T03:30:00-04:00"
    assert session["duration_ms"] == 3_600_000
    assert session["project_id"] == COMPILER


def pages(recorder: Recorder, **words: Any) -> list[list[dict[str, Any]]]:
    """The sessions of all pages, from the first to the last."""
    found = []
    cursor: dict[str, str] = {}
    while True:
        page = recorder.ask("sessions", **words, **cursor)
        found.append(page["sessions"])
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_neither_skip_nor_repeat(recorder: Recorder, limit: int) -> None:
    # Five that start at one instant, then one a day; ids that don't fit into ASCII, and none.
    names = ["a", "B", "é", "\U0001f600" * 200, ""]
    together = [message("2025-03-02T12:00:00Z", session_id=name) for name in names]
    recorder.record(*together, message("2025-03-03T00:00:00Z", session_id="later"))
    recorder.record(message("2025-03-01T00:00:00Z", session_id="first"))
    found = pages(recorder, **THE_WEEK, limit=limit)
    assert [one["session_id"] for page in found for one in page] == [
        "later",
        *sorted(names, reverse=True),
        "first",
    ]
    assert all(len(page) == limit for page in found[:-1])


@pytest.mark.parametrize("limit", [1, 2, 5])
@pytest.mark.parametrize("rolled_up", [False, True])
def test_a_session_is_the_same_on_whatever_page(
    recorder: Recorder, limit: int, rolled_up: bool
) -> None:
    random = Random(limit)
    for number in range(60):
        at = f"2025-03-0{random.randint(1, 7)}T{random.randrange(24):02}:{number:02}:00Z"
        project = {"project_id": random.choice([COMPILER, "notes"])} if number % 3 else {}
        recorder.record(message(at, session_id=f"s{random.randrange(12)}", **project))
    if rolled_up:
        recorder.store.rolling.roll_up()
    (whole,) = pages(recorder, **THE_WEEK, limit=1000)
    found = pages(recorder, **THE_WEEK, limit=limit)
    assert len(found) > 1
    assert [one for page in found for one in page] == whole


def test_pages_are_all_of_the_window_of_the_first(recorder: Recorder) -> None:
    now = datetime(2025, 3, 8, tzinfo=UTC)
    start = now - timedelta(days=7)
    recorder.record(
        # Would start anew within a window that began a minute later, and so be skipped.
        message(start.isoformat(), session_id="oldest"),
        message((start + timedelta(days=6)).isoformat(), session_id="oldest"),
        *(message(f"2025-03-0{day}T00:00:00Z", session_id=f"s{day}") for day in range(2, 6)),
    )
    with time_machine.travel(now, tick=False) as clock:
        first = recorder.ask("sessions", days=7, limit=2)
        clock.shift(timedelta(minutes=1))
        recorder.record(message(now.isoformat(), session_id="newcomer"))
        rest = recorder.ask("sessions", days=7, limit=1000, cursor=first["next_cursor"])
    ids = [one["session_id"] for page in (first, rest) for one in page["sessions"]]
    assert ids == ["s5", "s4", "s3", "s2", "oldest"]
    assert rest["window"] == first["window"]
    assert rest["total_sessions"] == first["total_sessions"] == 5


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "many", "1.5"])
def test_a_limit_out_of_range_is_told_the_range(recorder: Recorder, limit: str) -> None:
    with pytest.raises(
        InvalidParameter, match="limit must be a whole number between 1 and 1000"
    ) as caught:
        recorder.ask("sessions", limit=limit)
    assert caught.value.field == "limit"
