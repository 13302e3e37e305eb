"""User: what one person has done, all in all."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class User(Answer, frozen=True, kw_only=True):
    """The events of one person. `avg_response_time_ms` is over all of them that have a duration."""

    user_id: str
    total_events: int
    event_counts: dict[str, int]
    first_activity: datetime | None
    last_activity: datetime | None
    total_errors: int
    avg_response_time_ms: float | None


class _EventType(Struct, frozen=True, kw_only=True):
    event_type: str
    count: int


def read(ask: Ask) -> User:
    """Totals and counts; NotFound for a person whom no event names, whenever it was."""
    totals: dict[str, Any] = ask.values("totals")
    if not totals["total_events"] and not ask.values("known")["known"]:
        raise NotFound("There is no such user", field="user_id")
    return User(
        **ask.stamp(),
        user_id=ask.question.filters["user_id"],
        **totals,
        event_counts={one.event_type: one.count for one in ask.rows("event_types", _EventType)},
    )


report = Report(
    path="analytics/user/{user_id}",
    summary="What one person has done",
    answer=User,
    read=read,
    window="all",
)
