from decimal import Decimal
from fractions import Fraction

import pytest

from localytics.query.series import direction, halves, mean, moving_average, slope, total


def test_moving_average_reaches_back_seven_days_over_what_is_known() -> None:
    assert moving_average([7, 14, None, None, 0, 0, 0, 0]) == [
        7.0,
        10.5,
        10.5,
        10.5,
        7.0,
        5.25,
        4.2,
        2.8,  # the first is eight days ago
    ]


def test_moving_average_of_the_unknown_is_unknown() -> None:
    assert moving_average([None, None, 3]) == [None, None, 3.0]
    assert moving_average([]) == []


def test_slope_is_exact() -> None:
    assert slope([Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]) == Fraction(1, 10)


def test_slope_counts_the_days_between_known_ones() -> None:
    assert slope([1, None, None, 7]) == 2


@pytest.mark.parametrize("values", [[], [5], [None, 5, None]])
def test_slope_needs_two_known_days(values: list[int | None]) -> None:
    assert slope(values) is None
    assert direction(values, counted=False) == "flat"


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ([1, 2, 3], "up"),
        ([3, 2, 1], "down"),
        ([2, 2, 2], "flat"),
        ([0, 0, 0], "flat"),
        ([1000, 1025], "flat"),  # 50 over two days, of a mean of 1012.5: just under 5 %
        ([975, 1000], "up"),  # of 987.5: just over
        ([1000, 975], "down"),
        ([39, 40], "up"),  # 2 of 39.5
        ([39, None, 40], "flat"),  # 1.5: a day that is not known is one of the days
    ],
)
def test_direction_is_flat_below_a_twentieth_of_the_mean(
    values: list[int | None], heading: str
) -> None:
    assert direction(values, counted=True) == heading
    assert direction(values, counted=False) == heading


@pytest.mark.parametrize(
    ("values", "counted", "not_counted"),
    [
        ([0, 1], "up", "up"),  # 2 over two days
        ([0, 0, 0, 0, 1, 0, 1], "up", "up"),  # 1 over seven days
        ([1, 0, 1, 0, 0, 0, 0], "down", "down"),
        ([0, 0, 0, 0, 0, 0, 1], "flat", "up"),  # 0.75 of a mean of 0.14
        ([1, 0, 0, 0, 0, 0, 0], "flat", "down"),
    ],
)
def test_a_count_that_moves_by_less_than_one_is_flat(
    values: list[int], counted: str, not_counted: str
) -> None:
    assert direction(values, counted=True) == counted
    assert direction(values, counted=False) == not_counted


def test_the_middle_of_an_odd_number_is_in_neither_half() -> None:
    assert halves([1, 2, 3, 4, 5]) == ([1, 2], [4, 5])
    assert halves([1, 2, 3, 4]) == ([1, 2], [3, 4])
    assert halves([1]) == ([], [])
    assert halves([]) == ([], [])


def test_a_total_is_unknown_with_one_of_its_parts_and_a_mean_is_not() -> None:
    assert total([1, None, 2]) is None
    assert mean([1, None, 2]) == Fraction(3, 2)
    assert total([]) == 0
    assert mean([None]) is None
