from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine

from tests.conftest import Recorder
from tests.reports.week import COMPILER, EVENTS, SONNET, THE_WEEK, message


def test_summary_of_a_week_beside_the_week_before(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    summary = recorder.ask("summary", **THE_WEEK)
    del summary["window"], summary["generated_at"]
    assert summary == {
        "exact": True,
        "total_messages": 5,
        "total_sessions": 3,
        "active_sessions": 3,
        "total_projects": 2,
        "total_users": 3,
        "total_events": 6,
        "total_tokens": 4300,
        "total_cost": 2.25,
        "avg_response_time_ms": 2500.0,
        "messages_trend": 150.0,
        "cost_trend": 350.0,
        "previous": {
            "total_messages": 2,
            "total_sessions": 1,
            "total_projects": 1,
            "total_users": 1,
            "total_events": 2,
            "total_tokens": 1100,
            "total_cost": 0.5,
            "avg_response_time_ms": 2000.0,
        },
        "most_active_project": COMPILER,
        "most_used_model": SONNET,
        "period_hours": 168.0,
        "summary": {
            "api.request": {"count": 1, "avg_duration_ms": 20.0, "error_count": 1},
            "message.sent": {"count": 5, "avg_duration_ms": 2500.0, "error_count": 1},
        },
    }


@pytest.mark.parametrize("rolled_up", [0, 20, 40])
def test_the_window_before_is_what_it_was_when_it_ended(recorder: Recorder, rolled_up: int) -> None:
    random = Random(rolled_up)
    begin = datetime(2025, 3, 3, 9, 30, tzinfo=UTC)
    for number in range(40):
        at = begin + timedelta(minutes=random.randrange(4 * 24 * 60))
        tokens = {"input_tokens": 2**number}  # told apart in every sum
        people = {"user_id": f"u{number % 7}", "project_id": f"p{number % 3}"}
        session = {"session_id": f"s{number % 11}"}
        recorder.record(message(at.isoformat(), **tokens, **people, **session))
        if number + 1 == rolled_up:
            recorder.store.rolling.roll_up()
    # From before there was anything until long after there was.
    for hours in range(0, 24 * 8, 5):
        now = begin - timedelta(hours=24) + timedelta(hours=hours, minutes=random.randrange(60))
        with time_machine.travel(now, tick=False) as clock:
            then = recorder.ask("summary", hours=24)
            clock.shift(timedelta(hours=24))
            previous = recorder.ask("summary", hours=24)["previous"]
        assert previous == {name: then[name] for name in previous}


def test_active_sessions_reach_back_seven_days_even_in_a_shorter_window(recorder: Recorder) -> None:
    recorder.record(
        message("2025-03-03T23:59:59Z", session_id="too old"),
        {"event_type": "any", "timestamp": "2025-03-04T00:00:00Z", "session_id": "old"},
        message("2025-03-10T12:00:00Z", session_id="new"),
    )
    summary = recorder.ask("summary", start_date="2025-03-10", end_date="2025-03-11")
    assert summary["total_sessions"] == 1
    assert summary["active_sessions"] == 2


def test_equally_busy_projects_and_models_are_told_apart_by_name(recorder: Recorder) -> None:
    for name in ("b", "a", "c"):
        recorder.record(message("2025-03-03T00:00:00Z", project_id=name, model=name))
    summary = recorder.ask("summary", **THE_WEEK)
    assert summary["most_active_project"] == "a"
    assert summary["most_used_model"] == "a"


def test_cost_trend_is_unknown_where_one_of_the_two_costs_is(recorder: Recorder) -> None:
    recorder.record(
        message("2025-02-25T00:00:00Z", cost_usd="1"),
        message("2025-03-03T00:00:00Z", model="nobody's", input_tokens=1),
    )
    summary = recorder.ask("summary", **THE_WEEK)
    assert summary["total_cost"] is None
    assert summary["cost_trend"] is None
    assert summary["previous"]["total_cost"] == 1


@pytest.mark.parametrize(("word", "hours"), [("24h", 24), ("7d", 168), ("30d", 720)])
def test_period_hours_is_the_length_of_the_window(
    recorder: Recorder, word: str, hours: int
) -> None:
    with time_machine.travel(datetime(2025, 4, 1, tzinfo=UTC), tick=False):
        assert recorder.ask("summary", time_range=word)["period_hours"] == hours
