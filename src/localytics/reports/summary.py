"""Summary: the window in one look, beside the window before it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.trend import trend

ACTIVE = timedelta(days=7)


class EventTypeSummary(Struct, frozen=True, kw_only=True):
    """The events of one type."""

    count: int
    avg_duration_ms: float | None
    error_count: int


class Totals(Struct, frozen=True, kw_only=True):
    """Messages, with their tokens, cost and response time; and who and what any event came from."""

    total_messages: int
    total_sessions: int
    total_projects: int
    total_users: int
    total_events: int
    total_tokens: int
    total_cost: Decimal | None
    avg_response_time_ms: float | None


class Summary(Answer, frozen=True, kw_only=True):
    """Totals of the window, and of the one before it of the same length as `previous`.

    `active_sessions` had any event in the last 7 days of the window, even if that is shorter.
    `summary` is by event type.
    """

    total_messages: int
    total_sessions: int
    active_sessions: int
    total_projects: int
    total_users: int
    total_events: int
    total_tokens: int
    total_cost: Decimal | None
    avg_response_time_ms: float | None
    messages_trend: float | None
    cost_trend: float | None
    previous: Totals
    most_active_project: str | None
    most_used_model: str | None
    period_hours: float
    summary: dict[str, EventTypeSummary]


class _Most(Struct, frozen=True, kw_only=True):
    name: str


class _EventType(Struct, frozen=True, kw_only=True):
    event_type: str
    count: int
    avg_duration_ms: float | None
    error_count: int


def read(ask: Ask) -> Summary:
    """The totals twice, and what stands out."""
    window, before = ask.window, ask.window.previous()
    totals = _totals(ask, window.start, window.end)
    previous = _totals(ask, before.start, before.end)
    return Summary(
        **ask.stamp(),
        **totals,
        active_sessions=_sessions(ask, window.end - ACTIVE, window.end),
        messages_trend=trend(totals["total_messages"], previous["total_messages"]),
        cost_trend=trend(totals["total_cost"], previous["total_cost"]),
        previous=Totals(**previous),
        most_active_project=_most(ask, "most_active_project"),
        most_used_model=_most(ask, "most_used_model"),
        period_hours=window.hours,
        summary={
            one.event_type: EventTypeSummary(
                count=one.count, avg_duration_ms=one.avg_duration_ms, error_count=one.error_count
            )
            for one in ask.rows("event_types", _EventType)
        },
    )


def _totals(ask: Ask, start: datetime, end: datetime) -> dict[str, Any]:
    totals: dict[str, Any] = {}
    for section in ("messages", "events", "sessions", "projects", "users"):
        totals |= ask.values(section, start=start, end=end)
    return totals


def _sessions(ask: Ask, start: datetime, end: datetime) -> int:
    count: int = ask.values("sessions", start=start, end=end)["total_sessions"]
    return count


def _most(ask: Ask, section: str) -> str | None:
    return next((one.name for one in ask.rows(section, _Most)), None)


report = Report(
    path="analytics/summary",
    summary="The window in one look, beside the one before",
    answer=Summary,
    read=read,
    looks_back=True,
)
