from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localytics.query.insights import Metric, insights
from tests.query.truth import untrue

MONDAY = date(2025, 3, 3)
HALVES_OF_TIME = (
    "The second half of the days averages 100.0 ms, the first half 200.0 ms: 49.99 % less."
)
HALVES_FAR_APART = (
    "The second half of the days comes to 12,345, the first half 1: about 12,300 times as much."
)
HALVES_OF_COST = (
    "The second half of the days comes to $1,234.500001, the first half $1,234.50: about as much."
)

LEVEL = "are level: over the days their line of best fit moves by less than 5 % of their mean"


def days(*values: Any) -> list[tuple[date, Any]]:
    return [(MONDAY + timedelta(days=day), value) for day, value in enumerate(values)]


@pytest.mark.parametrize(
    ("metric", "values", "sentences"),
    [
        (
            "tokens",
            [1000, 2000, 3000, 4000],
            [
                "Most tokens on one day: 4,000, on Thursday, 2025-03-06.",
                "Tokens are rising: by about 1,000 a day on the line of best fit.",
                "The second half of the days comes to 7,000, the first half 3,000: 133.33 % more.",
                "Weekends account for about 0 % of all tokens.",
                "Every one of the 4 days had tokens.",
            ],
        ),
        (
            "response_time",
            [200.0, None, 100.0, 100.04],
            [
                "Slowest mean of one day: 200.0 ms, on Monday, 2025-03-03.",
                "Response times are falling: by about 35.7 ms a day on the line of best fit.",
                HALVES_OF_TIME,
                "1 of 4 days had no response times.",
            ],
        ),
        (
            "sessions",
            [2, 2],
            [
                "Most sessions on one day: 2, on Monday, 2025-03-03 and 1 other day.",
                f"Sessions {LEVEL}, or less than one session.",
                "Every one of the 2 days had sessions.",
            ],
        ),
        (
            "costs",
            [Decimal("1234.5"), Decimal("1234.500001")],
            [
                "Highest cost of one day: $1,234.500001, on Tuesday, 2025-03-04.",
                f"Costs {LEVEL}.",
                HALVES_OF_COST,
                "Weekends account for about 0 % of all costs.",
                "Every one of the 2 days had costs.",
            ],
        ),
        (
            "costs",
            [None, Decimal(0)],
            ["The cost of 1 of 2 days is unknown: nothing billed on them has a known price."],
        ),
        (
            "errors",
            [1, 12_345],
            [
                "Most errors on one day: 12,345, on Tuesday, 2025-03-04.",
                "Errors are rising: by about 12,300 a day on the line of best fit.",
                HALVES_FAR_APART,
                "Weekends account for about 0 % of all errors.",
                "Every one of the 2 days had errors.",
            ],
        ),
        ("errors", [], ["There are no errors in this window."]),
        ("response_time", [None], ["There are no response times in this window."]),
    ],
)
def test_insights_of_a_few_days(metric: Metric, values: list[Any], sentences: list[str]) -> None:
    assert insights(metric, days(*values)) == sentences
    assert untrue(metric, days(*values), sentences) == []


count = st.integers(0, 5) | st.integers(0, 10**12)
VALUES: dict[Metric, st.SearchStrategy[Any]] = {
    "messages": count,
    "sessions": count,
    "tokens": count,
    "errors": count,
    "costs": st.none() | st.integers(0, 10**13).map(lambda nano: Decimal(nano).scaleb(-9)),
    "response_time": st.none() | st.integers(0, 10**7).map(lambda part: part / 7),
}


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(VALUES)))
def test_every_insight_is_true(data: st.DataObject, metric: Metric) -> None:
    series = days(*data.draw(st.lists(VALUES[metric], max_size=20)))
    assert untrue(metric, series, insights(metric, series)) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Most messages on one day: 6, on Monday, 2025-03-03.",
        "Most messages on one day: 5, on Tuesday, 2025-03-03.",
        "Most messages on one day: 5, on Monday, 2025-03-03 and 1 other day.",
        "Messages are rising: by about 1 a day on the line of best fit.",
        "Messages are falling: by about 3 a day on the line of best fit.",
        f"Messages {LEVEL}, or less than one message.",
        "The second half of the days comes to 1, the first half 5: 79 % less.",
        "The second half of the days comes to 1, the first half 5: 80 % more.",
        "Weekends account for about 50 % of all messages.",
        "1 of 2 days had no messages.",
        "Every one of the 3 days had messages.",
        "There are no messages in this window.",
        "Most tokens on one day: 5, on Monday, 2025-03-03.",
        "Messages are fun.",
    ],
)
def test_an_untrue_sentence_is_found_out(sentence: str) -> None:
    assert untrue("messages", days(5, 1), [sentence]) == [sentence]
