"""Dashboard: the last day and the last week in one look."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import asdict

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

Summarised = Annotated[dict[str, Any], Meta(description="All that `summary` says of these hours.")]


class Dashboard(Answer, frozen=True, kw_only=True):
    """Two summaries that end at `timestamp`, and when the last event of the week was."""

    last_24_hours: Summarised
    last_7_days: Summarised
    last_event: datetime | None
    timestamp: datetime


def read(ask: Ask) -> Dashboard:
    """Both summaries of one snapshot."""
    ask.fleeting = True  # the summaries carry the moment at which they are true
    last_event = ask.values("newest")["last_event"]
    day = asdict(ask.report("summary", time_range="24h"))
    week = asdict(ask.report("summary", time_range="7d"))
    return Dashboard(
        **ask.stamp(),
        last_24_hours=day,
        last_7_days=week,
        last_event=last_event,
        timestamp=ask.now,
    )


report = Report(
    path="analytics/dashboard",
    summary="The last day and the last week",
    answer=Dashboard,
    read=read,
    window="7d",
    takes_window=False,
)
