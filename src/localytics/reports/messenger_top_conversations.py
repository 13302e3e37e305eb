"""Top conversations: where most is said, or most people are, or something was said last."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

SortBy = Literal["messages", "participants", "activity"]


class TopConversationsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many, and what makes one stand first."""

    limit: Annotated[int, Meta(ge=1, le=50, description="Most conversations listed.")] = 10
    sort_by: Annotated[
        SortBy,
        Meta(description="By messages in the window, by people in it, or by the latest message."),
    ] = "messages"


class TopConversation(Struct, frozen=True, kw_only=True):
    """A conversation with its messages in the window, over whose days `messages_per_day` is, and
    those who are in it at its end. Type and title, and who is in it: as of Conversation."""

    conversation_id: str
    type: str | None
    title: str | None
    message_count: int
    participant_count: int
    messages_per_day: float
    last_message_date: datetime


class TopConversations(Answer, frozen=True, kw_only=True):
    """Conversations with a message in the window. Those that are equal by what they are sorted by
    stand in the order of their messages, and then of their ids."""

    conversations: list[TopConversation]


def read(ask: Ask) -> TopConversations:
    """Which they are, and what they are called."""
    crowded = ask.options.sort_by == "participants"
    found: list[dict[str, Any]] = ask.rows("crowded" if crowded else "conversations", dict)
    ids = [one["conversation_id"] for one in found]
    if not crowded:
        counts = _said(ask, "participants", ids)
        found = [
            one | {"participant_count": counts.get(one["conversation_id"], 0)} for one in found
        ]
    types, titles = _said(ask, "types", ids), _said(ask, "titles", ids)
    days = ask.window.hours / 24
    return TopConversations(
        **ask.stamp(),
        conversations=[
            TopConversation(
                **one,
                type=types.get(one["conversation_id"]),
                title=titles.get(one["conversation_id"]),
                messages_per_day=one["message_count"] / days,
            )
            for one in found
        ],
    )


def _said(ask: Ask, section: str, conversations: list[str]) -> dict[str, Any]:
    """What a section says of each, in its second column."""
    found: list[dict[str, Any]] = ask.rows(section, dict, conversations=conversations)
    return dict(tuple(one.values()) for one in found)


report = Report(
    path="messenger/analytics/top-conversations",
    summary="The conversations in which most happens",
    answer=TopConversations,
    read=read,
    table="conversations",
    window="30d",
    options=TopConversationsOptions,
)
