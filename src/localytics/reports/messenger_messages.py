"""Messages of a messenger: how many, of which types, from how many people, and how long.

A message is a `message.sent` that names a conversation. One that a `message.deleted` names by its
`message_id` counts nowhere, whichever of the two came or happened first.
"""

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class MessengerMessages(Answer, frozen=True, kw_only=True):
    """An edit is no message; the type and the length of a message are those of the latest edit that
    says any. `message_type_distribution` is in percent, `unknown` where no type was named.

    `avg_message_length` is over the messages whose length is known.
    """

    total_messages: int
    text_messages: int
    image_messages: int
    file_messages: int
    system_messages: int
    unique_senders: int
    avg_message_length: float | None
    message_type_distribution: dict[str, float]


class _Type(Struct, frozen=True, kw_only=True):
    message_type: str
    count: int


def read(ask: Ask) -> MessengerMessages:
    """Totals, and the types with the most frequent first."""
    types = {one.message_type: one.count for one in ask.rows("types", _Type)}
    totals = ask.values("totals")
    whole = totals["total_messages"]
    return MessengerMessages(
        **ask.stamp(),
        **totals,
        text_messages=types.get("text", 0),
        image_messages=types.get("image", 0),
        file_messages=types.get("file", 0),
        system_messages=types.get("system", 0),
        message_type_distribution={name: 100 * count / whole for name, count in types.items()},
    )


report = Report(
    path="messenger/analytics/messages",
    summary="A messenger's messages, by type",
    answer=MessengerMessages,
    read=read,
    window="30d",
    longest=("days", 365),
)
