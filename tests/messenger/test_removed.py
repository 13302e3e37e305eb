"""What still counts once retention has removed the events, or somebody is forgotten."""

from datetime import datetime
from typing import Any

import pytest

from localytics.errors import NotFound
from localytics.rollup.days import Days
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.messenger.conftest import NOW
from tests.messenger.garden import event, participants, sent, total


def test_all_is_the_same_once_retention_has_removed_the_events(messenger: Recorder) -> None:
    messenger.record(
        event("user.registered", 200, user_id="ada", metadata={"username": "Ada"}),
        event("conversation.created", 200, conversation_id="garden", metadata={"title": "Garden"}),
        event("conversation.joined", 190, conversation_id="garden", user_id="cy"),
        *(sent(f"m{n}", 100 + n, message_length=n, message_type="text") for n in range(9)),
        event("message.edited", 90, message_id="m3", message_length=200),
        event("message.read", 95, message_id="m3", user_id="ada", conversation_id="garden"),
        event("message.read", 96, message_id="m3", user_id="ada", conversation_id="garden"),
        event("message.deleted", 80, message_id="m4"),
    )
    asked: list[tuple[str, dict[str, Any]]] = [
        ("messages", {"days": 365}),
        ("timeline", {"days": 365, "timezone": "America/New_York", "interval": "weekly"}),
        ("top_senders", {"days": 365}),
        ("user", {"days": 365, "user_id": "ada"}),
        ("conversation", {"conversation_id": "garden"}),
        ("top_conversations", {"days": 365}),
    ]
    before = [messenger.ask(f"messenger_{report}", **words) for report, words in asked]
    store = messenger.store
    removed = Retention(store.rolling, store.writer, Limits(raw_days=30)).run(NOW).events
    assert removed == 16
    assert [messenger.ask(f"messenger_{report}", **words) for report, words in asked] == before
    assert total(messenger, days=365) == 8
    messenger.record(event("message.deleted", 0.1, message_id="m0"))  # long after it went
    assert total(messenger, days=365) == 7


def test_who_is_forgotten_leaves_no_trace(messenger: Recorder) -> None:
    messenger.record(
        event("user.registered", user_id="bo", metadata={"username": "Bo"}),
        sent("m1", 100, user_id="bo"),
        sent("m2", user_id="bo"),
        sent("m3"),
    )
    store = messenger.store
    Retention(store.rolling, store.writer, Limits(raw_days=30)).run(NOW)
    assert store.forget("bo").kept_deletions == 0
    assert total(messenger, days=365) == 1
    assert participants(messenger) == 1
    with pytest.raises(NotFound):
        messenger.ask("messenger_user", user_id="bo")
    with store.database.cursor() as cursor:
        left = "select count(*) from rollup_messenger_sent_hours where user_id = 'bo'"
        assert cursor.execute(left).fetchall() == [(0,)]


def test_what_somebody_deleted_of_others_stays_deleted_once_they_are_forgotten(
    messenger: Recorder,
) -> None:
    def deleted(message: str, days_ago: float, user: str = "bo") -> dict[str, Any]:
        told = {
            "session_id": "s",
            "conversation_id": "garden",
            "metadata": {"reason": "bo says so"},
        }
        return event("message.deleted", days_ago, message_id=message, user_id=user, **told)

    messenger.record(
        *(sent(message, days) for message, days in (("m1", 100), ("m2", 1), ("m3", 1))),
        *(sent(message, days, user_id="bo") for message, days in (("b1", 100), ("b2", 1))),
        *(deleted(message, days) for message, days in (("m1", 99), ("m2", 0.5), ("late", 0.5))),
        *(deleted(message, days) for message, days in (("b1", 99), ("b2", 0.5))),
    )
    store = messenger.store
    Retention(store.rolling, store.writer, Limits(raw_days=30)).run(NOW)
    assert total(messenger, days=365) == 1
    gone = store.forget("bo")
    assert (gone.events, gone.archived_events, gone.kept_deletions) == (2, 2, 3)
    messenger.record(sent("late"))
    assert total(messenger, days=365) == 1
    assert store.rolling.audit(Days.of(datetime(2026, 6, 9))) == {}  # noqa: DTZ001
    with store.database.cursor() as cursor:
        for table, kept in (("events", ["late", "m2"]), ("archive", ["m1"])):
            left = f"select * from {table} where event_type = 'message.deleted'"
            found = cursor.execute(left)
            names = [column[0] for column in found.description or ()]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            assert sorted(row["message_id"] for row in rows) == kept
            told = {name for row in rows for name, value in row.items() if value is not None}
            assert not told & {"user_id", "session_id", "conversation_id", "metadata"}
    assert not store.forget("bo").changes


def test_what_somebody_deleted_of_their_own_stays_deleted_for_others_once_they_are_forgotten(
    messenger: Recorder,
) -> None:
    messenger.record(
        *(sent("both", 2, user_id=user) for user in ("bo", "ada")),
        sent("read", 2, user_id="bo"),
        event("message.read", 1, message_id="read", conversation_id="garden", user_id="kim"),
        *(event("message.deleted", 1, message_id=one, user_id="bo") for one in ("both", "read")),
        sent("m1", user_id="ada"),
    )
    assert messenger.store.forget("bo").kept_deletions == 2
    assert total(messenger) == 1
    assert messenger.ask("messenger_user", user_id="kim")["messages_read"] == 0
