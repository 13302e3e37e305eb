"""The garden: a conversation of a few people, as events over the wire, and what of it counts."""

from datetime import timedelta
from itertools import count
from typing import Any

from tests.conftest import Recorder
from tests.messenger.conftest import NOW

numbers = count()


def event(kind: str, days_ago: float = 1, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=days_ago)).isoformat()
    return {"event_type": kind, "id": f"e{next(numbers)}", "timestamp": at, **more}


def sent(message: str, days_ago: float = 1, **more: Any) -> dict[str, Any]:
    about = {"message_id": message, "user_id": "ada", "conversation_id": "garden"}
    return event("message.sent", days_ago, **about | more)


def total(messenger: Recorder, **words: Any) -> int:
    count: int = messenger.ask("messenger_messages", **words)["total_messages"]
    return count


def participants(messenger: Recorder) -> int:
    """Who is in the garden, by both reports that say it."""
    count: int = messenger.ask("messenger_conversation", conversation_id="garden")[
        "participant_count"
    ]
    (top,) = messenger.ask("messenger_top_conversations")["conversations"]
    assert top["participant_count"] == count
    return count
