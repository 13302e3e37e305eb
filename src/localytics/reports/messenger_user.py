"""User of a messenger: what one person sent and read."""

from datetime import UTC, datetime, timedelta

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

_QUARTER = timedelta(minutes=15)  # what is known of events that retention has removed
_FIRST_REACH = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


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
    sent = ask.values("sent")
    last = _last(ask, sent.pop("last_message_date"))
    if last is None and not ask.values("known")["known"]:
        raise NotFound(
            "There is no such user", hint="No event of any time names them.", field="user_id"
        )
    days = ask.window.hours / 24
    return MessengerUser(
        **ask.stamp(),
        user_id=ask.question.filters["user_id"],
        period_days=days,
        **sent,
        **ask.values("read"),
        avg_messages_per_day=sent["messages_sent"] / days,
        last_activity_date=last,
    )


def _last(ask: Ask, sent: datetime | None) -> datetime | None:
    """When the person last did anything. They are seen with deleted messages, too, which are no
    activity: so from there it is looked for further and further back, until it can't be later than
    what they `sent`."""
    seen: datetime | None = ask.values("seen")["last_at"]
    if seen is None or seen == sent:
        return seen
    earliest, reach = (sent or ask.window.start).astimezone(UTC) - _QUARTER, _FIRST_REACH
    before = seen.astimezone(UTC) + _MICROSECOND
    while True:
        since = max(ask.window.start.astimezone(UTC), earliest, before - reach)
        found: datetime | None = ask.values("others", since=since, before=before)["last_at"]
        if found is not None or since <= earliest or since <= ask.window.start:
            return max(filter(None, (found, sent)), default=None)
        reach *= 8


report = Report(
    path="messenger/analytics/user/{user_id}",
    summary="What one person sent and read",
    answer=MessengerUser,
    read=read,
    window="30d",
    longest=("days", 365),
)
