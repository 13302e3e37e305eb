"""Engagement: how many of those who could send messages do."""

from datetime import datetime

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.trend import trend

ENGAGED = 5  # messages in the window


class Engaged(Struct, frozen=True, kw_only=True):
    """See Engagement."""

    total_users: int
    active_users: int
    engaged_users: int
    engagement_rate: float | None
    deep_engagement_rate: float | None


class Engagement(Answer, frozen=True, kw_only=True):
    """`total_users` are the people known at the end of the window: any event named them until then,
    be it `user.registered` or anything else, in the window or before. `active_users` sent at least
    one message in it, `engaged_users` at least 5; deleted ones don't count.

    The rates are both percentages of `total_users`, null where there is nobody. `previous` is the
    same of the window before of the same length.
    """

    period_days: float
    total_users: int
    active_users: int
    engaged_users: int
    engagement_rate: float | None
    deep_engagement_rate: float | None
    total_users_trend: float | None
    active_users_trend: float | None
    engaged_users_trend: float | None
    previous: Engaged


def read(ask: Ask) -> Engagement:
    """Both windows, and what has changed."""
    window, before = ask.window, ask.window.previous()
    now = _engaged(ask, window.start, window.end)
    previous = _engaged(ask, before.start, before.end)
    return Engagement(
        **ask.stamp(),
        period_days=window.hours / 24,
        total_users=now.total_users,
        active_users=now.active_users,
        engaged_users=now.engaged_users,
        engagement_rate=now.engagement_rate,
        deep_engagement_rate=now.deep_engagement_rate,
        total_users_trend=trend(now.total_users, previous.total_users),
        active_users_trend=trend(now.active_users, previous.active_users),
        engaged_users_trend=trend(now.engaged_users, previous.engaged_users),
        previous=previous,
    )


def _engaged(ask: Ask, start: datetime, end: datetime) -> Engaged:
    total: int = ask.values("users", end=end)["total_users"]
    senders = ask.values("senders", start=start, end=end, engaged=ENGAGED)
    return Engaged(
        total_users=total,
        **senders,
        engagement_rate=_percent(senders["active_users"], total),
        deep_engagement_rate=_percent(senders["engaged_users"], total),
    )


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


report = Report(
    path="messenger/analytics/engagement",
    summary="How many people send messages, beside the period before",
    answer=Engagement,
    read=read,
    window="7d",
    longest=("days", 90),
    looks_back=True,
)
