from tests.conftest import Recorder
from tests.reports.week import EVENTS, HOUSE, SONNET, THE_WEEK, message


def test_use_of_each_model_in_a_week(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    usage = recorder.ask("models_usage", **THE_WEEK)
    assert usage["total_models"] == 3
    assert usage["most_used"] == SONNET
    assert usage["least_used"] == HOUSE  # like gpt-4o, and after it by name
    assert usage["models"] == [
        {
            "model": SONNET,
            "message_count": 2,
            "total_cost": 2.0,
            "avg_cost_per_message": 1.0,
            "avg_response_time_ms": 3000.0,
            "p95_response_time_ms": 4000.0,
            "avg_tokens_input": 1500.0,
            "avg_tokens_output": 150.0,
            "previous_message_count": 1,
            "trend_percentage": 100.0,
        },
        {
            "model": "gpt-4o",
            "message_count": 1,
            "total_cost": 0.25,
            "avg_cost_per_message": 0.25,
            "avg_response_time_ms": 1000.0,
            "p95_response_time_ms": 1000.0,
            "avg_tokens_input": 100.0,
            "avg_tokens_output": 10.0,
            "previous_message_count": 0,
            "trend_percentage": 100.0,
        },
        {
            "model": HOUSE,
            "message_count": 1,
            "total_cost": None,
            "avg_cost_per_message": None,
            "avg_response_time_ms": 3000.0,
            "p95_response_time_ms": 3000.0,
            "avg_tokens_input": 500.0,
            "avg_tokens_output": 50.0,
            "previous_message_count": 0,
            "trend_percentage": 100.0,
        },
    ]


def test_p95_is_the_nearest_rank(recorder: Recorder) -> None:
    recorder.record(
        *(message("2025-03-03T00:00:00Z", model="m", duration_ms=n) for n in range(1, 41))
    )
    (model,) = recorder.ask("models_usage", **THE_WEEK)["models"]
    assert model["p95_response_time_ms"] == 38.0  # the 38th of 40
