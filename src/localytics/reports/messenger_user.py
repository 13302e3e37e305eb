"""User of a messenger: what one person sent and read."""

from datetime import datetime

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class MessengerUser(Answer, frozen=True, kw_only=True):
    """One person in a window; zeros and nulls where they did nothing in it.

    A message that was deleted was neither sent nor read, and is no activity. A message is read
    once, however often the person says so. A conversation is active that they sent a message to.
    `avg_messages_per_day` is over all days of the window. `last_activity_date` is when they last
    did anything, of whatever type.
    """

    user_id: str
    period_days: float
    messages_sent: int
    messages_read: int
    active_conversations: int
    avg_messages_per_day: float
    first_message_date: datetime | None
    last_activity_date: datetime | None


def read(ask: Ask) -> MessengerUser:
    """The figures; NotFound for a person whom no event names, whenever it was."""
    sent, acts = ask.values("sent"), ask.values("acts")
    if acts["last_activity_date"] is None and not ask.values("known")["known"]:
        raise NotFound("There is no such user", field="user_id")
    days = ask.window.hours / 24
    return MessengerUser(
        **ask.stamp(),
        user_id=ask.question.filters["user_id"],
        period_days=days,
        **sent,
        **ask.values("read"),
        **acts,
        avg_messages_per_day=sent["messages_sent"] / days if days else 0.0,
    )


report = Report(
    path="messenger/analytics/user/{user_id}",
    summary="What one person sent and read",
    answer=MessengerUser,
    read=read,
    window="30d",
    longest=("days", 365),
)
