"""Aggregations: what happened of each event type, period by period.

There is a row for every period in which a type has events, and none for the others: types come and
go, so there is no complete series of them. `timeline` is the one that leaves no period out.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class AggregationsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a period is."""

    aggregation_type: Annotated[
        Literal["hourly", "daily", "weekly"], Meta(description="Length of a period.")
    ] = "daily"


class Aggregation(Struct, frozen=True, kw_only=True):
    """The events of one type in one period, [period_start, period_end).

    A period that the window cuts has its own bounds, and only the events within the window.
    Durations are over the events that have one; `success_rate` is the percentage of events without
    an error.
    """

    event_type: str
    period_start: datetime
    period_end: datetime
    count: int
    avg_duration_ms: float | None
    min_duration_ms: float | None
    max_duration_ms: float | None
    error_count: int
    success_rate: float


class Aggregations(Answer, frozen=True, kw_only=True):
    """By period, and within a period by event type."""

    aggregations: list[Aggregation]


def read(ask: Ask) -> Aggregations:
    """Every type in every period in which it has events."""
    found: list[list[dict[str, Any]]] = ask.rows_by_bucket("aggregations", dict)
    return Aggregations(
        **ask.stamp(),
        aggregations=[
            Aggregation(period_start=ask.local(start), period_end=ask.local(end), **figures)
            for (start, end), types in zip(ask.periods, found, strict=True)
            for figures in types
        ],
    )


report = Report(
    path="analytics/aggregations",
    summary="Events of each type, period by period",
    answer=Aggregations,
    read=read,
    table="aggregations",
    window="7d",
    options=AggregationsOptions,
    grain_option="aggregation_type",
)
