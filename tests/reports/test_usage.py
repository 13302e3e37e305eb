from tests.conftest import Recorder
from tests.reports.week import EVENTS, THE_WEEK


def test_usage_of_a_week_has_all_its_days(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    usage = recorder.ask("usage", **THE_WEEK)
    assert usage["total_messages"] == 5
    assert usage["total_tokens"] == 4300
    assert usage["total_sessions"] == 2  # s3 sent no message
    assert usage["avg_response_time_ms"] == 2500.0
    none = {"messages": 0, "tokens": 0, "sessions": 0}
    assert usage["daily_usage"] == [
        {"date": "2025-03-01", "messages": 3, "tokens": 2650, "sessions": 1},
        {"date": "2025-03-02"} | none,
        {"date": "2025-03-03", "messages": 1, "tokens": 550, "sessions": 1},
        {"date": "2025-03-04"} | none,
        {"date": "2025-03-05"} | none,
        {"date": "2025-03-06"} | none,
        {"date": "2025-03-07", "messages": 1, "tokens": 1100, "sessions": 1},
    ]


def test_days_are_those_of_the_zone(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    usage = recorder.ask("usage", **THE_WEEK, timezone="Asia/Tokyo")
    assert [(day["date"], day["messages"]) for day in usage["daily_usage"] if day["messages"]] == [
        ("2025-03-01", 3),
        ("2025-03-03", 1),
    ]


def test_a_session_counts_once_on_a_day_that_begins_within_an_hour(recorder: Recorder) -> None:
    # In Kathmandu at 18:15 UTC; nothing is there before 18:30, so that whole hours are read.
    said = [("s1", "18:30"), ("s1", "19:15"), ("s2", "19:08")]
    recorder.record(
        *(
            {
                "event_type": "message.sent",
                "session_id": session,
                "timestamp": f"2024-02-29T{time}:00Z",
            }
            for session, time in said
        )
    )
    recorder.store.rolling.roll_up()
    usage = recorder.ask(
        "usage", start_date="2024-03-01", end_date="2024-03-02", timezone="Asia/Kathmandu"
    )
    assert usage["daily_usage"] == [
        {"date": "2024-03-01", "messages": 3, "tokens": 0, "sessions": 2}
    ]
