from decimal import Decimal
from fractions import Fraction

import pytest

from localytics.query.trend import Figure, trend


@pytest.mark.parametrize(
    ("current", "previous", "change"),
    [
        (150, 100, 50.0),
        (50, 100, -50.0),
        (100, 100, 0.0),
        (0, 100, -100.0),
        (5, 0, 100.0),
        (0, 0, 0.0),
        (4, 3, 33.33),
        (2, 3, -33.33),
        (Decimal("0.3"), Decimal("0.1"), 200.0),  # as floats it would be 199.99…
        (Fraction(1, 3), Fraction(1, 7), 133.33),
        (2.5, 2, 25.0),
        (10**30, 1, 1e32),
    ],
)
def test_trend_is_the_change_in_percent(current: Figure, previous: Figure, change: float) -> None:
    assert trend(current, previous) == change


@pytest.mark.parametrize(("current", "previous"), [(None, 1), (1, None), (None, None), (None, 0)])
def test_trend_from_or_to_the_unknown_is_unknown(
    current: Figure | None, previous: Figure | None
) -> None:
    assert trend(current, previous) is None
