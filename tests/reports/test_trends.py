import pytest

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.week import EVENTS, THE_WEEK, message

DAYS = [f"2025-03-0{day}T00:00:00Z" for day in range(1, 8)]


@pytest.mark.parametrize(
    ("metric", "values"),
    [
        ("messages", [3, 0, 1, 0, 0, 0, 1]),
        ("costs", [1.5, 0, None, 0, 0, 0, 0.75]),
        ("sessions", [1, 0, 1, 0, 0, 0, 1]),
        ("tokens", [2650, 0, 550, 0, 0, 0, 1100]),
        ("response_time", [2500.0, None, 3000.0, None, None, None, 2000.0]),
        ("errors", [1, 0, 1, 0, 0, 0, 0]),
    ],
)
def test_each_metric_of_a_week(recorder: Recorder, metric: str, values: list[float | None]) -> None:
    recorder.record(*EVENTS)
    points = recorder.ask("trends", **THE_WEEK, metric=metric)["data_points"]
    assert [(one["timestamp"], one["value"]) for one in points] == list(
        zip(DAYS, values, strict=True)
    )


def test_trend_of_the_messages_of_a_week(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    trends = recorder.ask("trends", **THE_WEEK)
    assert trends["metric"] == "messages"
    assert [one["value"] for one in trends["moving_average"]] == [
        3.0,
        1.5,
        4 / 3,
        1.0,
        0.8,
        4 / 6,
        5 / 7,
    ]
    assert trends["slope"] == -0.25
    assert trends["direction"] == "down"
    assert trends["change_percentage"] == -75.0  # four before the day in the middle, one after
    assert trends["peak"] == {"timestamp": "2025-03-01T00:00:00Z", "value": 3}
    assert trends["insights"] == [
        "Most messages on one day: 3, on Saturday, 2025-03-01.",
        "Messages are falling: by about 0.25 a day on the line of best fit.",
        "The second half of the days comes to 1, the first half 4: 75 % less.",
        "Weekends account for about 60 % of all messages.",
        "4 of 7 days had no messages.",
    ]


def test_trend_of_costs_knows_what_it_does_not_know(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    trends = recorder.ask("trends", **THE_WEEK, metric="costs")
    assert trends["change_percentage"] is None
    assert trends["insights"] == [
        "Highest cost of one day: $1.50, on Saturday, 2025-03-01.",
        "Costs are falling: by about $0.0978 a day on the line of best fit.",
        "4 of 7 days had no costs.",
        "The cost of 1 of 7 days is unknown: nothing billed on them has a known price.",
    ]


def test_days_that_are_not_whole_are_left_out_of_where_it_is_heading(recorder: Recorder) -> None:
    for day, messages in enumerate([9, 1, 2, 3, 4, 1], 1):
        recorder.record(*[message(f"2025-03-0{day}T11:00:00Z")] * messages)
    window = {"start_date": "2025-03-01T10:00", "end_date": "2025-03-06T12:00"}
    trends = recorder.ask("trends", **window)
    assert [one["value"] for one in trends["data_points"]] == [9, 1, 2, 3, 4, 1]
    assert (trends["slope"], trends["direction"]) == (1.0, "up")
    assert trends["change_percentage"] == 133.33
    assert trends["peak"] == {"timestamp": "2025-03-01T00:00:00Z", "value": 9}
    assert trends["insights"][:3] == [
        "Most messages on one day: 9, on Saturday, 2025-03-01.",
        "Messages are rising: by about 1 a day on the line of best fit.",
        "The second half of the days comes to 7, the first half 3: 133.33 % more.",
    ]


def test_trend_of_one_day_has_no_slope(recorder: Recorder) -> None:
    recorder.record(message("2025-03-03T12:00:00Z", duration_ms=7))
    trends = recorder.ask(
        "trends", start_date="2025-03-03", end_date="2025-03-04", metric="response_time"
    )
    assert trends["slope"] is None
    assert trends["direction"] == "flat"
    assert trends["change_percentage"] is None
    assert trends["peak"] == {"timestamp": "2025-03-03T00:00:00Z", "value": 7.0}


def test_trend_of_nothing_says_so(recorder: Recorder) -> None:
    trends = recorder.ask("trends", **THE_WEEK, metric="errors")
    assert (trends["slope"], trends["direction"], trends["change_percentage"]) == (0, "flat", 0)
    assert trends["peak"] is None
    assert trends["insights"] == ["There are no errors in this window."]


def test_an_unknown_metric_is_told_the_known_ones(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter) as caught:
        recorder.ask("trends", metric="joy")
    assert caught.value.field == "metric"
    assert str(caught.value) == (
        "metric must be one of costs, errors, messages, response_time, sessions or tokens"
    )


def test_trends_are_always_daily(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter, match="a point for every day, always"):
        recorder.ask("trends", group_by="week")
