"""Insights: what a daily series shows, in plain sentences that are each true of it.

A sentence is left out where there is nothing to say.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from localytics.query.series import direction, halves, mean, slope, total
from localytics.query.trend import Figure, trend

Metric = Literal["messages", "costs", "sessions", "tokens", "response_time", "errors"]
Day = tuple[date, Figure | None]

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class _Words(Struct, frozen=True, kw_only=True):
    """How a metric is spoken of. `adds_up`: its days are parts of a whole (a session is not: it
    is counted on each of its days, and times are means).
    """

    name: str
    highest: str
    adds_up: bool = True


COUNTED: frozenset[Metric] = frozenset({"messages", "sessions", "tokens", "errors"})


_WORDS: dict[Metric, _Words] = {
    "messages": _Words(name="messages", highest="Most messages on one day"),
    "costs": _Words(name="costs", highest="Highest cost of one day"),
    "sessions": _Words(name="sessions", highest="Most sessions on one day", adds_up=False),
    "tokens": _Words(name="tokens", highest="Most tokens on one day"),
    "response_time": _Words(
        name="response times", highest="Slowest mean of one day", adds_up=False
    ),
    "errors": _Words(name="errors", highest="Most errors on one day"),
}


def insights(metric: Metric, days: Sequence[Day], whole: slice = slice(None)) -> list[str]:
    """Sentences about the days of a window, in their order; where it is heading, about those that
    are `whole`.
    """
    values = [value for _, value in days]
    unknown = _unknown(metric, values)
    known = [value for value in values if value is not None]
    if not known or (metric != "response_time" and not any(known)):
        return unknown or [f"There are no {_WORDS[metric].name} in this window."]
    return [
        *_highest(metric, days),
        *_heading(metric, values[whole]),
        *_second_half(metric, values[whole]),
        *_weekends(metric, days),
        *_days_without(metric, values),
        *unknown,
    ]


def _highest(metric: Metric, days: Sequence[Day]) -> list[str]:
    known = [(day, value) for day, value in days if value is not None]
    day, value = max(known, key=lambda pair: pair[1])
    others = sum(other == value for _, other in days) - 1
    also = f" and {others} other day{'s' if others > 1 else ''}" if others else ""
    when = f"{_WEEKDAYS[day.weekday()]}, {day.isoformat()}"
    return [f"{_WORDS[metric].highest}: {_amount(metric, value)}, on {when}{also}."]


def _heading(metric: Metric, values: Sequence[Figure | None]) -> list[str]:
    steepness = slope(values)
    if steepness is None:
        return []
    plural, counted = _WORDS[metric].name, metric in COUNTED
    name, heading = plural.capitalize(), direction(values, counted=counted)
    if heading == "flat":
        one = f", or less than one {plural.removesuffix('s')}" if counted else ""
        moves = f"their line of best fit moves by less than 5 % of their mean{one}"
        return [f"{name} are level: over the days {moves}."]
    verb = "rising" if heading == "up" else "falling"
    rate = _rate(metric, abs(steepness))
    return [f"{name} are {verb}: by about {rate} a day on the line of best fit."]


def _second_half(metric: Metric, values: Sequence[Figure | None]) -> list[str]:
    first, second = halves(values)
    timed = metric == "response_time"
    before, after = (mean(first), mean(second)) if timed else (total(first), total(second))
    change = trend(after, before)
    if metric == "sessions" or not first or not before or after is None or change is None:
        return []
    if after >= 10 * before:
        compared = f"about {_three_digits(after / before)} times as much"
    elif change:
        percent = f"{abs(change):,.2f}".rstrip("0").rstrip(".")
        compared = f"{percent} % {'more' if change > 0 else 'less'}"
    else:
        compared = "as much" if after == before else "about as much"
    verb = "averages" if timed else "comes to"
    now, then = _amount(metric, after), _amount(metric, before)
    return [f"The second half of the days {verb} {now}, the first half {then}: {compared}."]


def _weekends(metric: Metric, days: Sequence[Day]) -> list[str]:
    whole = total([value for _, value in days])
    part = total([value for day, value in days if day.weekday() >= 5])
    if not _WORDS[metric].adds_up or not whole or part is None:
        return []
    percent = float(round(part * 100 / whole, 1))
    return [f"Weekends account for about {percent:g} % of all {_WORDS[metric].name}."]


def _days_without(metric: Metric, values: Sequence[Figure | None]) -> list[str]:
    name = _WORDS[metric].name
    without = sum(value is None if metric == "response_time" else value == 0 for value in values)
    if without == 0:
        return [] if None in values else [f"Every one of the {len(values)} days had {name}."]
    return [f"{without} of {len(values)} days had no {name}."]


def _unknown(metric: Metric, values: Sequence[Figure | None]) -> list[str]:
    unknown = values.count(None)
    if metric != "costs" or unknown == 0:
        return []
    days = f"{unknown} of {len(values)} days"
    return [f"The cost of {days} is unknown: nothing billed on them has a known price."]


def _amount(metric: Metric, value: Figure) -> str:
    """The figure with its unit: money to the micro-dollar, times to a tenth."""
    if metric == "costs":
        whole, _, cents = f"{float(value):,.6f}".partition(".")
        return f"${whole}.{cents.rstrip('0').ljust(2, '0')}"
    return f"{float(value):,.1f} ms" if metric == "response_time" else f"{int(value):,}"


def _rate(metric: Metric, value: Fraction) -> str:
    number = _three_digits(value)
    if metric == "costs":
        return f"${number}"
    return f"{number} ms" if metric == "response_time" else number


def _three_digits(value: Fraction) -> str:
    return f"{Decimal(f'{float(value):.3g}'):,f}"
