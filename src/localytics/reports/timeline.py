"""Timeline: how much happened when, of one event type or of all."""

from datetime import datetime

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class TimelinePoint(Struct, frozen=True, kw_only=True):
    """The events of one bucket, how many of them failed and how many people they came from."""

    timestamp: datetime
    count: int = 0
    error_count: int = 0
    unique_users: int = 0


class Timeline(Answer, frozen=True, kw_only=True):
    """Every bucket of the window."""

    timeline: list[TimelinePoint]


def read(ask: Ask) -> Timeline:
    """One point for every bucket of the window."""
    return Timeline(**ask.stamp(), timeline=ask.series("points", TimelinePoint))


report = Report(
    path="analytics/timeline",
    summary="Events over time",
    answer=Timeline,
    read=read,
    table="timeline",
    grain="day",
)
