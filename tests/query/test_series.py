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
    assert direction(values) == "flat"


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ([1, 2, 3], "up"),
        ([3, 2, 1], "down"),
        ([2, 2, 2], "flat"),
        ([0, 0, 0], "flat"),
        ([1000, 1004], "flat"),  # 8 over two days, of a mean of 1002
        ([1000, 1006], "up"),  # 12 of 1003
        ([1006, 1000], "down"),
        ([199, 200], "up"),  # 2 of 199.5 is just over 1 %
        ([200, 201], "flat"),  # 2 of 200.5 is just under
    ],
)
def test_direction_is_flat_below_a_hundredth_of_the_mean(values: list[int], heading: str) -> None:
    assert direction(values) == heading


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
