"""Timeline of a messenger: how many messages were sent when; deleted ones never were."""

from datetime import datetime

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class MessagePoint(Struct, frozen=True, kw_only=True):
    """The messages of one bucket."""

    timestamp: datetime
    count: int = 0


class MessengerTimeline(Answer, frozen=True, kw_only=True):
    """Every bucket of the window."""

    timeline: list[MessagePoint]


def read(ask: Ask) -> MessengerTimeline:
    """One point for every bucket of the window."""
    return MessengerTimeline(**ask.stamp(), timeline=ask.series("points", MessagePoint))


report = Report(
    path="messenger/analytics/timeline",
    summary="A messenger's messages over time",
    answer=MessengerTimeline,
    read=read,
    table="timeline",
    window="30d",
    grain="day",
    longest=("days", 365),
)
