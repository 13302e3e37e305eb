"""Trends: one figure day by day, where it is heading, and what that says in plain words."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from localytics.query.ask import Ask
from localytics.query.insights import COUNTED, Metric, insights
from localytics.query.report import Answer, Report
from localytics.query.series import Direction, direction, halves, mean, moving_average, slope, total
from localytics.query.trend import Figure, trend


class TrendsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which figure."""

    metric: Annotated[Metric, Meta(description="The figure to follow, day by day.")] = "messages"


class TrendPoint(Struct, frozen=True, kw_only=True):
    """One day; `value` is null where it can't be known: no price, or nothing that took time."""

    timestamp: datetime
    value: int | float | Decimal | None = None


class AveragePoint(Struct, frozen=True, kw_only=True):
    """The mean of the known values of a day and the six before."""

    timestamp: datetime
    value: float | None


class Trends(Answer, frozen=True, kw_only=True):
    """A figure over the days of the window.

    `slope` is the change per day of the least-squares line. `direction` is `flat` where over all
    days that comes to less than 5 % of their mean, or to less than one of what is counted.
    `change_percentage` compares the second half of the days with the first: their sums, or their
    means where it is a response time; null where a day of them has an unknown cost. All three leave
    out a day that the window cuts, and one that has not ended: what is missing of it would read as
    a fall. `peak` is the first of the highest days.
    """

    metric: Metric
    data_points: list[TrendPoint]
    moving_average: list[AveragePoint]
    slope: float | None
    direction: Direction
    change_percentage: float | None
    peak: TrendPoint | None
    insights: list[str]


class _Counted(TrendPoint, frozen=True, kw_only=True):
    """A day without any has 0."""

    value: int | float | Decimal | None = 0


def read(ask: Ask) -> Trends:
    """The days of the window, and what they add up to."""
    metric: Metric = ask.options.metric
    points = ask.series(metric, TrendPoint if metric == "response_time" else _Counted)
    values = [point.value for point in points]
    whole = _whole(ask)
    steepness = slope(values[whole])
    return Trends(
        **ask.stamp(),
        metric=metric,
        data_points=points,
        moving_average=[
            AveragePoint(timestamp=point.timestamp, value=value)
            for point, value in zip(points, moving_average(values), strict=True)
        ],
        slope=None if steepness is None else float(steepness),
        direction=direction(values[whole], counted=metric in COUNTED),
        change_percentage=_change(metric, values[whole]),
        peak=_peak(points),
        insights=insights(metric, [(one.timestamp.date(), one.value) for one in points], whole),
    )


def _whole(ask: Ask) -> slice:
    """The days that are all in the window and have ended."""
    if ask.question.window.start_date is not None and any(end > ask.now for _, end in ask.periods):
        ask.fleeting = True  # days that the clock ends, in a window that stays
    begun = sum(start < ask.window.start for start, _ in ask.periods)
    ended = sum(end <= ask.until for _, end in ask.periods)
    return slice(begun, ended)


def _change(metric: Metric, values: Sequence[Figure | None]) -> float | None:
    first, second = halves(values)
    summed = mean if metric == "response_time" else total
    return trend(summed(second), summed(first)) if first else None


def _peak(points: Sequence[TrendPoint]) -> TrendPoint | None:
    """The first of the highest days; none where there is nothing above 0."""
    return max((point for point in points if point.value), key=lambda p: p.value or 0, default=None)


report = Report(
    path="analytics/trends",
    summary="Where a figure is heading",
    answer=Trends,
    read=read,
    table="data_points",
    window="90d",
    fixed_grain="day",
    options=TrendsOptions,
)
