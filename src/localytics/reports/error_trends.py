"""Error trends: which errors there are, when they come and which are still open."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

TOP_MESSAGES = 10


class ErrorTrendsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which errors."""

    category: Annotated[str, Meta(description="Only errors of this category.")] | None = None


class ErrorCount(Struct, frozen=True, kw_only=True):
    """The errors of one category and severity, and how many of them are not resolved."""

    category: str
    severity: str
    count: int
    unresolved_count: int


class ErrorHour(Struct, frozen=True, kw_only=True):
    """One hour by the clock of the zone."""

    timestamp: datetime
    count: int
    by_severity: dict[str, int]


class ErrorMessage(Struct, frozen=True, kw_only=True):
    """What was said, how often, and when it was first and last."""

    error_message: str
    count: int
    first_seen: datetime
    last_seen: datetime


class ErrorTrends(Answer, frozen=True, kw_only=True):
    """Counts by category (`unknown` where none is named) and severity (`error` where none is).

    An error is unresolved until it is reported as resolved. `hourly` has every hour of the window.
    """

    total_errors: int
    unresolved_count: int
    by_category: dict[str, int]
    by_severity: dict[str, int]
    counts: list[ErrorCount]
    hourly: list[ErrorHour]
    top_messages: list[ErrorMessage]


class _Severity(Struct, frozen=True, kw_only=True):
    severity: str
    count: int


def read(ask: Ask) -> ErrorTrends:
    """Counts, hours and messages."""
    counts = ask.rows("counts", ErrorCount)
    hours = ask.rows_by_bucket("hours", _Severity)
    return ErrorTrends(
        **ask.stamp(),
        total_errors=sum(one.count for one in counts),
        unresolved_count=sum(one.unresolved_count for one in counts),
        by_category=_added((one.category, one.count) for one in counts),
        by_severity=_added((one.severity, one.count) for one in counts),
        counts=counts,
        hourly=[
            ErrorHour(
                timestamp=ask.local(start),
                count=sum(one.count for one in found),
                by_severity={one.severity: one.count for one in found},
            )
            for start, found in zip(ask.buckets, hours, strict=True)
        ],
        top_messages=ask.rows("messages_most", ErrorMessage, most=TOP_MESSAGES),
    )


def _added(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """By name, the most frequent first."""
    added: dict[str, int] = {}
    for name, count in counts:
        added[name] = added.get(name, 0) + count
    return dict(sorted(added.items(), key=lambda one: (-one[1], one[0])))


report = Report(
    path="metrics/error-trends",
    summary="Errors by category, severity and hour",
    answer=ErrorTrends,
    read=read,
    table="counts",
    window="24h",
    fixed_grain="hour",
    longest=("hours", 168),
    options=ErrorTrendsOptions,
)
