from tests.conftest import Recorder
from tests.reports.week import EVENTS, THE_WEEK


def test_agents_of_a_week(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    agents = recorder.ask("agents", **THE_WEEK)
    assert agents["total_calls"] == 4
    assert agents["agents"] == [
        {
            "name": "coder",
            "usage_count": 2,
            "total_tokens": 2650,
            "avg_response_time_ms": 2500.0,
            "error_count": 1,
            "error_rate": 50.0,
        },
        {
            "name": "critic",
            "usage_count": 1,
            "total_tokens": 1100,
            "avg_response_time_ms": 2000.0,
            "error_count": 0,
            "error_rate": 0.0,
        },
        {
            "name": "unknown",
            "usage_count": 1,
            "total_tokens": 550,
            "avg_response_time_ms": 3000.0,
            "error_count": 0,
            "error_rate": 0.0,
        },
    ]


def test_calls_that_failed_are_errors_of_their_agent(recorder: Recorder) -> None:
    failed = {"event_type": "message.failed", "role": "assistant", "is_error": True}
    for agent in ("coder", "coder", "planner", None):
        recorder.record({**failed, "agent": agent, "timestamp": "2025-03-02T10:00:00Z"})
    recorder.record(*EVENTS)
    agents = recorder.ask("agents", **THE_WEEK)
    assert agents["total_calls"] == 4
    assert [
        (one["name"], one["usage_count"], one["error_count"], one["error_rate"])
        for one in agents["agents"]
    ] == [
        ("coder", 2, 3, 75.0),
        ("critic", 1, 0, 0.0),
        ("unknown", 1, 1, 50.0),
        ("planner", 0, 1, 100.0),
    ]
