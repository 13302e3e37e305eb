"""Messages of a messenger: how many, of which types, from how many people, and how long.

A message is a `message.sent` that names a conversation. One that a `message.deleted` of the
same `source` names by its `message_id` counts nowhere, whichever of the two came or happened first.
Events of different ids are different messages: if they say one `message_id`, each counts, and what
deletes or edits it means all of them.
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
    length: int
    measured: int  # those whose length is known


def read(ask: Ask) -> MessengerMessages:
    """Totals, and the types with the most frequent first."""
    types = ask.rows("types", _Type)
    counts = {one.message_type: one.count for one in types}
    whole, measured = sum(counts.values()), sum(one.measured for one in types)
    return MessengerMessages(
        **ask.stamp(),
        total_messages=whole,
        text_messages=counts.get("text", 0),
        image_messages=counts.get("image", 0),
        file_messages=counts.get("file", 0),
        system_messages=counts.get("system", 0),
        **ask.values("senders"),
        avg_message_length=sum(one.length for one in types) / measured if measured else None,
        message_type_distribution={name: 100 * count / whole for name, count in counts.items()},
    )


report = Report(
    path="messenger/analytics/messages",
    summary="A messenger's messages, by type",
    answer=MessengerMessages,
    read=read,
    window="30d",
    longest=("days", 365),
)
