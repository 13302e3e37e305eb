"""Messenger dashboard: the messenger in one look."""

from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import asdict

from localytics.query.ask import Ask
from localytics.query.report import Answer, Moment, Report

SENDERS = 5
HOURS = 24


class ActiveUsers(Moment, frozen=True, kw_only=True):
    """The people who sent a message in the hours before `timestamp`; deleted ones don't count."""

    period_hours: int
    active_users: int


class MessengerDashboard(Answer, frozen=True, kw_only=True):
    """What the other reports say of the same window, and who was there in the last 24 hours,
    whatever the window."""

    period_days: float
    message_stats: Annotated[
        dict[str, Any], Meta(description="All that `messenger/analytics/messages` says.")
    ]
    engagement_metrics: Annotated[
        dict[str, Any], Meta(description="All that `messenger/analytics/engagement` says.")
    ]
    active_users_24h: ActiveUsers
    top_senders: Annotated[
        list[Any], Meta(description="The first five of `messenger/analytics/top-senders`.")
    ]
    message_timeline: Annotated[
        list[Any], Meta(description="The days of `messenger/analytics/timeline`.")
    ]


def read(ask: Ask) -> MessengerDashboard:
    """All of it from one snapshot."""
    since = ask.now - timedelta(hours=HOURS)
    active = ask.values("active", start=since, end=ask.now)["active_users"]
    stats, engagement = _said(ask, "messages"), _said(ask, "engagement")
    senders, timeline = _said(ask, "top_senders", limit=str(SENDERS)), _said(ask, "timeline")
    return MessengerDashboard(
        **ask.stamp(),
        period_days=ask.window.hours / 24,
        message_stats=stats,
        engagement_metrics=engagement,
        active_users_24h=ActiveUsers(period_hours=HOURS, active_users=active, timestamp=ask.now),
        **senders,
        message_timeline=timeline["timeline"],
    )


def _said(ask: Ask, report: str, **more: str) -> dict[str, Any]:
    """What another report says of this window."""
    window = {
        word: str(value)
        for word, value in asdict(ask.question.window).items()
        if value is not None and word != "timezone"
    }
    answer = asdict(ask.report(f"messenger_{report}", **(window or {"days": "7"}), **more))
    return {name: value for name, value in answer.items() if name not in Answer.__struct_fields__}


report = Report(
    path="messenger/analytics/dashboard",
    summary="The messenger in one look",
    answer=MessengerDashboard,
    read=read,
    window="7d",
    fixed_grain="day",
    longest=("days", 90),
    looks_back=True,
)
