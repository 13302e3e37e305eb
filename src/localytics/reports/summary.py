"""Summary: the window in one look, beside the window before it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.trend import trend

ACTIVE = timedelta(days=7)
_MESSAGE = "message.sent"
E = TypeVar("E", bound="_OfEither")


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


class _OfEither(Struct, frozen=True, kw_only=True):
    is_earlier: bool


class _EventType(_OfEither, frozen=True, kw_only=True):
    event_type: str
    count: int
    avg_duration_ms: float | None
    error_count: int
    tokens: int
    cost: Decimal | None


class _Seen(_OfEither, frozen=True, kw_only=True):
    total_projects: int
    total_users: int


def read(ask: Ask) -> Summary:
    """The totals twice, and what stands out."""
    window, before = ask.window, ask.window.previous()
    types, earlier_types = _told_apart(ask.rows("event_types", _EventType))
    seen, earlier_seen = _told_apart(ask.rows("seen", _Seen))
    totals = _totals(types, _sessions(ask, window.start, window.end), seen)
    previous = _totals(earlier_types, _sessions(ask, before.start, before.end), earlier_seen)
    most = {one.kind: one.name for one in ask.rows("most", _Most)}
    return Summary(
        **ask.stamp(),
        **asdict(totals),
        active_sessions=totals.total_sessions
        if window.start == window.end - ACTIVE
        else _sessions(ask, window.end - ACTIVE, window.end),
        messages_trend=trend(totals.total_messages, previous.total_messages),
        cost_trend=trend(totals.total_cost, previous.total_cost),
        previous=previous,
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


def _told_apart(rows: list[E]) -> tuple[list[E], list[E]]:
    """Those of the window, and those of the one before."""
    return [one for one in rows if not one.is_earlier], [one for one in rows if one.is_earlier]


def _sessions(ask: Ask, start: datetime, end: datetime) -> int:
    count: int = ask.values("sessions", start=start, end=end)["total_sessions"]
    return count


def _totals(types: list[_EventType], sessions: int, seen: list[_Seen]) -> Totals:
    messages = next((one for one in types if one.event_type == _MESSAGE), None)
    return Totals(
        total_messages=messages.count if messages else 0,
        total_sessions=sessions,
        total_projects=sum(one.total_projects for one in seen),
        total_users=sum(one.total_users for one in seen),
        total_events=sum(one.count for one in types),
        total_tokens=messages.tokens if messages else 0,
        total_cost=messages.cost if messages else Decimal(0),
        avg_response_time_ms=messages.avg_duration_ms if messages else None,
    )


report = Report(
    path="analytics/summary",
    summary="The window in one look, beside the one before",
    answer=Summary,
    read=read,
    looks_back=True,
)
