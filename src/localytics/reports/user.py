"""User: what one person has done, all in all."""

from datetime import datetime
from typing import Any

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


def read(ask: Ask) -> User:
    """Totals and counts; NotFound for a person whom no event names, whenever it was."""
    counts = {one.pop("event_type"): one for one in ask.rows("event_types", dict[str, Any])}
    totals = counts.pop(None)
    total: int = totals.pop("count")
    if not total and not ask.values("known")["known"]:
        raise NotFound(
            "There is no such user", hint="No event of any time names them.", field="user_id"
        )
    return User(
        **ask.stamp(),
        user_id=ask.question.filters["user_id"],
        total_events=total,
        **totals,
        event_counts={event_type: one["count"] for event_type, one in counts.items()},
    )


report = Report(
    path="analytics/user/{user_id}",
    summary="What one person has done",
    answer=User,
    read=read,
    window="all",
)
