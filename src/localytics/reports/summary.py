"""Summary: the window in one look, beside the window before it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.trend import trend

ACTIVE = timedelta(days=7)
_MESSAGE = "message.sent"


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
    kind: Literal["project", "model"]
    name: str


class _EventType(Struct, frozen=True, kw_only=True):
    event_type: str
    count: int = 0
    avg_duration_ms: float | None = None
    error_count: int = 0
    tokens: int = 0
    cost: Decimal | None = Decimal(0)


def read(ask: Ask) -> Summary:
    """The totals twice, and what stands out."""
    window, before = ask.window, ask.window.previous()
    types = _types(ask, window.start, window.end)
    totals = _totals(ask, types, window.start, window.end)
    earlier = _types(ask, before.start, before.end)
    previous = _totals(ask, earlier, before.start, before.end)
    most = {one.kind: one.name for one in ask.rows("most", _Most)}
    is_active = window.start == window.end - ACTIVE
    return Summary(
        **ask.stamp(),
        **totals,
        active_sessions=totals["total_sessions"]
        if is_active
        else _sessions(ask, window.end - ACTIVE, window.end),
        messages_trend=trend(totals["total_messages"], previous["total_messages"]),
        cost_trend=trend(totals["total_cost"], previous["total_cost"]),
        previous=Totals(**previous),
        most_active_project=most.get("project"),
        most_used_model=most.get("model"),
        period_hours=window.hours,
        summary={
            one.event_type: EventTypeSummary(
                count=one.count, avg_duration_ms=one.avg_duration_ms, error_count=one.error_count
            )
            for one in types
        },
    )


def _types(ask: Ask, start: datetime, end: datetime) -> list[_EventType]:
    return ask.rows("event_types", _EventType, start=start, end=end)


def _totals(ask: Ask, types: list[_EventType], start: datetime, end: datetime) -> dict[str, Any]:
    by_name = {one.event_type: one for one in types}
    messages = by_name.get(_MESSAGE, _EventType(event_type=_MESSAGE))
    return {
        "total_messages": messages.count,
        "total_sessions": _sessions(ask, start, end),
        **ask.values("seen", start=start, end=end),
        "total_events": sum(one.count for one in types),
        "total_tokens": messages.tokens,
        "total_cost": messages.cost,
        "avg_response_time_ms": messages.avg_duration_ms,
    }


def _sessions(ask: Ask, start: datetime, end: datetime) -> int:
    count: int = ask.values("sessions", start=start, end=end)["total_sessions"]
    return count


report = Report(
    path="analytics/summary",
    summary="The window in one look, beside the one before",
    answer=Summary,
    read=read,
    looks_back=True,
)
