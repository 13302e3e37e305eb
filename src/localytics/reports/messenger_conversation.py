"""Conversation: all about one, from its beginning until now."""

from datetime import datetime, timedelta
from typing import Any

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

_DAY = timedelta(days=1)


class Conversation(Answer, frozen=True, kw_only=True):
    """`type` and `title` are what the latest event says that carries them in its metadata, as
    `conversation_type` and `title`; null where none does. `created_at` is when
    `conversation.created` happened, null where no event says so.

    `participant_count` is who is in it now. Joins and leaves count by the time at which they
    happened, whenever they came: whoever last joined is in it, whoever last left is not, and of a
    join and a leave at one instant the leave is the later. Its creator has joined it. So has, with
    their last message, who sent one and never joined. `active_participants` ever sent a message.

    `conversation_age_days` are whole days since it was created, or else first heard of;
    `messages_per_day` is over these, and over one day where it is younger. Deleted messages are in
    no figure.
    """

    conversation_id: str
    type: str | None
    title: str | None
    created_at: datetime | None
    participant_count: int
    active_participants: int
    message_count: int
    messages_per_day: float
    conversation_age_days: int
    first_message_date: datetime | None
    last_message_date: datetime | None


def read(ask: Ask) -> Conversation:
    """The figures; NotFound for a conversation that no event names."""
    created: datetime | None = ask.values("created")["created_at"]
    since = created or ask.values("seen")["seen_at"]
    if since is None and not ask.values("known")["known"]:
        raise NotFound(
            "There is no such conversation", hint="No event names it.", field="conversation_id"
        )
    conversation = ask.question.filters["conversation_id"]
    messages: dict[str, Any] = ask.values("messages")
    age = max(0, (ask.now - since) // _DAY) if since else 0
    return Conversation(
        **ask.stamp(),
        conversation_id=conversation,
        type=_said(ask, "types", conversation),
        title=_said(ask, "titles", conversation),
        created_at=created,
        **ask.values("participants"),
        **messages,
        messages_per_day=messages["message_count"] / max(1, age),
        conversation_age_days=age,
    )


def _said(ask: Ask, section: str, conversation: str) -> str | None:
    found = ask.rows(section, dict[str, str], conversations=[conversation])
    return next((value for one in found for value in one.values()), None)


report = Report(
    path="messenger/analytics/conversation/{conversation_id}",
    summary="All about one conversation",
    answer=Conversation,
    read=read,
    window="all",
    takes_window=False,
)
