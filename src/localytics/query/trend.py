"""Trend: how a figure compares with the one before it, in percent.

    (current - previous) / previous * 100, rounded to 2 places

From nothing to something is 100.0, from nothing to nothing 0.0; a figure that is unknown (None) on
either side leaves the trend unknown.
"""

from decimal import Decimal
from fractions import Fraction

Figure = int | float | Decimal | Fraction


def trend(current: Figure | None, previous: Figure | None) -> float | None:
    """The change from `previous` to `current` in percent, worked out exactly, rounded once."""
    if current is None or previous is None:
        return None
    if previous == 0:
        return 100.0 if current > 0 else 0.0
    return float(round(Fraction(current) / Fraction(previous) * 100 - 100, 2))
