from tests.conftest import Recorder
from tests.reports.week import COMPILER, EVENTS, HOUSE, SONNET, THE_WEEK, message


def test_costs_of_a_week(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    costs = recorder.ask("costs", **THE_WEEK)
    assert costs["total_cost"] == 2.25
    assert costs["average_cost_per_message"] == 0.75  # of the three that have one
    assert costs["unpriced_messages"] == 1
    assert costs["cost_by_model"] == {SONNET: 2.0, "gpt-4o": 0.25, HOUSE: None}
    assert costs["cost_by_project"] == {COMPILER: 1.5, "notes": 0.75}
    assert [one for one in costs["data_points"] if one["message_count"]] == [
        {
            "timestamp": "2025-03-01T00:00:00Z",
            "cost": 1.5,
            "message_count": 3,
            "cost_by_model": {SONNET: 1.25, "gpt-4o": 0.25},
        },
        {
            "timestamp": "2025-03-03T00:00:00Z",
            "cost": None,
            "message_count": 1,
            "cost_by_model": {HOUSE: None},
        },
        {
            "timestamp": "2025-03-07T00:00:00Z",
            "cost": 0.75,
            "message_count": 1,
            "cost_by_model": {SONNET: 0.75},
        },
    ]
    assert costs["data_points"][1] == {
        "timestamp": "2025-03-02T00:00:00Z",
        "cost": 0,
        "message_count": 0,
        "cost_by_model": {},
    }


def test_what_names_no_model_and_no_project_is_unknown(recorder: Recorder) -> None:
    recorder.record(message("2025-03-03T00:00:00Z", cost_usd="0.000000001"))
    costs = recorder.ask("costs", **THE_WEEK)
    assert costs["cost_by_model"] == {"unknown": 1e-9}
    assert costs["cost_by_project"] == {"unknown": 1e-9}


def test_nothing_billed_costs_nothing(recorder: Recorder) -> None:
    recorder.record(message("2025-03-03T00:00:00Z", model=SONNET))
    costs = recorder.ask("costs", **THE_WEEK)
    assert costs["total_cost"] == 0
    assert costs["average_cost_per_message"] is None
    assert costs["cost_by_model"] == {}
    assert costs["unpriced_messages"] == 0


def test_the_two_hours_of_one_o_clock_keep_their_models_apart(recorder: Recorder) -> None:
    recorder.record(
        message("2025-11-02T05:30:00Z", model="a", cost_usd="1"),
        message("2025-11-02T06:30:00Z", model="b", cost_usd="2"),
    )
    points = recorder.ask(
        "costs",
        start_date="2025-11-02T01:00:00",
        end_date="2025-11-02T02:00:00",
        timezone="America/New_York",
        interval="hourly",
    )["data_points"]
    assert [(point["timestamp"], point["cost_by_model"]) for point in points] == [
        ("2025-11-02T01:00:00-04:00", {"a": 1.0}),
        ("2025-11-02T01:00:00-05:00", {"b": 2.0}),
    ]


def test_tokens_of_an_unknown_model_or_of_none_are_billed_at_an_unknown_price(
    recorder: Recorder,
) -> None:
    told = {"event_type": "message.sent", "timestamp": "2026-05-04T10:00:00Z"}
    recorder.record(
        told | {"input_tokens": 1000, "output_tokens": 500},
        told | {"model": "nobody-knows", "cache_read_tokens": 1_000_000},
    )
    costs = recorder.ask("costs", start_date="2026-05-04", end_date="2026-05-05")
    assert costs["total_cost"] is None
    assert costs["unpriced_messages"] == 2


def test_cache_alone_has_its_price(recorder: Recorder) -> None:
    message = {"event_type": "message.sent", "timestamp": "2026-05-04T10:00:00Z"}
    recorder.record(message | {"model": "claude-sonnet-4-5", "cache_read_tokens": 100_000})
    costs = recorder.ask("costs", start_date="2026-05-04", end_date="2026-05-05")
    assert costs["total_cost"] == 0.03
