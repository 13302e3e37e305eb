"""Usage: how much was asked and answered, in all and day by day."""

from datetime import datetime

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class UsageDay(Struct, frozen=True, kw_only=True):
    """One day of the zone of the window; `date` is its date there, as YYYY-MM-DD."""

    date: str
    messages: int
    tokens: int
    sessions: int


class Usage(Answer, frozen=True, kw_only=True):
    """All messages of the window; a session that spans two days is one in the total."""

    total_messages: int
    total_tokens: int
    total_sessions: int
    avg_response_time_ms: float | None
    daily_usage: list[UsageDay]


class _Day(Struct, frozen=True, kw_only=True):
    timestamp: datetime
    messages: int = 0
    tokens: int = 0


class _Sessions(Struct, frozen=True, kw_only=True):
    timestamp: datetime
    sessions: int = 0


def read(ask: Ask) -> Usage:
    """The totals, and every day of the window."""
    days = [
        UsageDay(
            date=day.timestamp.date().isoformat(),
            messages=day.messages,
            tokens=day.tokens,
            sessions=met.sessions,
        )
        for day, met in zip(
            ask.series("days", _Day), ask.series("sessions_of_days", _Sessions), strict=True
        )
    ]
    totals = ask.values("totals") | ask.values("sessions")
    return Usage(**ask.stamp(), **totals, daily_usage=days)


report = Report(
    path="analytics/usage",
    summary="Messages, tokens and sessions, day by day",
    answer=Usage,
    read=read,
    table="daily_usage",
    fixed_grain="day",
)
