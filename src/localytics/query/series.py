"""Series: what a run of daily values does. None stands for a day whose value is unknown.

Worked out in fractions and rounded once, so that the order of the days changes no digit.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Literal

from localytics.query.trend import Figure

Direction = Literal["up", "down", "flat"]
AVERAGED_DAYS = 7
_LEVEL = Fraction(1, 20)  # a line that moves by less than this share of the mean is flat


def mean(values: Sequence[Figure | None]) -> Fraction | None:
    """Of the values that are known."""
    numbers, below = _over_one([value for value in values if value is not None])
    return Fraction(sum(numbers), below * len(numbers)) if numbers else None


def total(values: Sequence[Figure | None]) -> Fraction | None:
    """Unknown as soon as one value is."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    numbers, below = _over_one(known)
    return Fraction(sum(numbers), below)


def moving_average(values: Sequence[Figure | None]) -> list[float | None]:
    """For each day the mean of it and the six before, as far as there are any."""
    means = (mean(values[max(0, end - AVERAGED_DAYS) : end]) for end in range(1, len(values) + 1))
    return [None if one is None else float(one) for one in means]


def slope(values: Sequence[Figure | None]) -> Fraction | None:
    """Change per day of the least-squares line through the known values; None below two of them.

    n * sum(xy) - sum(x) * sum(y)  over  n * sum(xx) - sum(x) * sum(x)
    """
    days = [day for day, value in enumerate(values) if value is not None]
    if len(days) < 2:
        return None
    numbers, below = _over_one([value for value in values if value is not None])
    n, sum_x, sum_y = len(days), sum(days), sum(numbers)
    sum_xy = sum(x * y for x, y in zip(days, numbers, strict=True))
    sum_xx = sum(x * x for x in days)
    return Fraction(n * sum_xy - sum_x * sum_y, below * (n * sum_xx - sum_x * sum_x))


def direction(values: Sequence[Figure | None], *, counted: bool) -> Direction:
    """Where the line of `slope` goes: flat if over all days it moves by less than 5 % of the mean,
    or, where the values are `counted`, by less than one. Less than that nobody would call a change.
    """
    steepness, level = slope(values), mean(values)
    if not steepness or level is None:
        return "flat"
    moved = abs(steepness * len(values))
    if moved < _LEVEL * level or (counted and moved < 1):
        return "flat"
    return "up" if steepness > 0 else "down"


def halves(values: Sequence[Figure | None]) -> tuple[Sequence[Figure | None], ...]:
    """The first and the second half; of an odd number the one in the middle is in neither."""
    half = len(values) // 2
    return values[:half], values[len(values) - half :]


def _over_one(values: Sequence[Figure]) -> tuple[list[int], int]:
    """The numerators of `values` over one denominator: adding fractions one by one is slow."""
    ratios = [value.as_integer_ratio() for value in values]
    below = lcm(*(lower for _, lower in ratios))
    return [upper * (below // lower) for upper, lower in ratios], below
