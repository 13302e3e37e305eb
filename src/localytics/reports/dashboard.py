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
    last_event = ask.values("newest")["last_event"]
    day, week = _summarised(ask, "24h"), _summarised(ask, "7d")
    return Dashboard(
        **ask.stamp(),
        last_24_hours=day,
        last_7_days=week,
        last_event=last_event,
        timestamp=ask.now,
    )


def _summarised(ask: Ask, time_range: str) -> dict[str, Any]:
    summary = asdict(ask.report("summary", time_range=time_range))
    return {name: value for name, value in summary.items() if name not in Answer.__struct_fields__}


report = Report(
    path="analytics/dashboard",
    summary="The last day and the last week",
    answer=Dashboard,
    read=read,
    window="7d",
    takes_window=False,
)
