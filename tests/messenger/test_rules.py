"""What counts as a message, who is in a conversation, and what all of it is called."""

from itertools import permutations
from typing import Any

import pytest

from localytics.errors import InvalidEvent, NotFound
from localytics.rollup.days import Days
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.messenger.conftest import NOW
from tests.messenger.garden import event, participants, sent, total


@pytest.mark.parametrize("rolled_up", [False, True])
@pytest.mark.parametrize("deleted_days_ago", [0.5, 300])
@pytest.mark.parametrize("deleted_first", [False, True])
def test_a_deleted_message_leaves_every_count_whichever_came_or_happened_first(
    messenger: Recorder, rolled_up: bool, deleted_days_ago: float, deleted_first: bool
) -> None:
    deletion = event("message.deleted", deleted_days_ago, message_id="m1", user_id="moderator")
    message = sent("m1", user_id="bo", message_length=1000, message_type="image")
    parts = [deletion, message] if deleted_first else [message, deletion]
    messenger.record(sent("m2", 2, message_length=10, message_type="text"), parts[0])
    if rolled_up:
        messenger.store.rolling.roll_up()
    messenger.record(parts[1])
    stats = messenger.ask("messenger_messages")
    assert (stats["total_messages"], stats["unique_senders"]) == (1, 1)
    assert (stats["image_messages"], stats["avg_message_length"]) == (0, 10)
    assert stats["message_type_distribution"] == {"text": 100.0}
    points = messenger.ask("messenger_timeline", days=3)["timeline"]
    assert sum(point["count"] for point in points) == 1
    assert [one["user_id"] for one in messenger.ask("messenger_top_senders")["top_senders"]] == [
        "ada"
    ]
    bo = messenger.ask("messenger_user", user_id="bo")
    assert (bo["messages_sent"], bo["first_message_date"], bo["last_activity_date"]) == (
        0,
        None,
        None,
    )
    conversation = messenger.ask("messenger_conversation", conversation_id="garden")
    assert (conversation["message_count"], conversation["active_participants"]) == (1, 1)
    assert conversation["last_message_date"] == "2026-06-08T12:00:00Z"
    assert participants(messenger) == 1  # bo said nothing that counts
    assert messenger.ask("messenger_engagement")["active_users"] == 1


def test_a_message_is_called_by_the_field_or_by_metadata_or_by_its_id(messenger: Recorder) -> None:
    messenger.record(
        sent("field"),
        event("message.sent", conversation_id="garden", metadata={"message_id": 7}),
        event("message.sent", conversation_id="garden") | {"id": "own"},
        sent("stays"),
        event("message.deleted", metadata={"message_id": "field"}),
        event("message.deleted", message_id="7"),
        event("message.deleted", message_id="own"),
    )
    assert total(messenger) == 1


@pytest.mark.parametrize("kept", ["new", "rolled up", "archived"])
@pytest.mark.parametrize("source", ["chat-a", None])
def test_what_one_app_says_of_a_message_is_not_about_another_apps_of_the_same_name(
    messenger: Recorder, kept: str, source: str | None
) -> None:
    own = {} if source is None else {"source": source}
    other = {"source": "chat-b"}
    messenger.record(
        *(
            sent(name, 100, message_length=10, **said)
            for name in ("deleted", "edited")
            for said in (own, other)
        ),
        event("message.deleted", 99, message_id="deleted", **own),
        event("message.edited", 99, message_id="edited", message_length=70, **own),
        *(
            event("message.read", 99, message_id=name, user_id="bo", **said)
            for name in ("deleted", "edited")
            for said in (own, other)
        ),
    )
    if kept != "new":
        messenger.store.rolling.roll_up()
    if kept == "archived":
        store = messenger.store
        removed = Retention(store.rolling, store.writer, Limits(raw_days=30)).run(NOW)
        assert removed.events == 10
    stats = messenger.ask("messenger_messages", days=365)
    assert (stats["total_messages"], stats["avg_message_length"]) == (3, 30)
    theirs = messenger.ask("messenger_messages", days=365, source="chat-b")
    assert (theirs["total_messages"], theirs["avg_message_length"]) == (2, 10)
    assert messenger.ask("messenger_user", user_id="bo", days=365)["messages_read"] == 3


@pytest.mark.parametrize("kind", ["message.deleted", "message.edited"])
@pytest.mark.parametrize("said", [None, {}, {"message_id": ""}, {"message_id": True}])
def test_what_changes_a_message_has_to_name_it(
    messenger: Recorder, kind: str, said: dict[str, Any] | None
) -> None:
    with pytest.raises(InvalidEvent, match=f"{kind} must name the message") as refused:
        messenger.record(event(kind) | ({} if said is None else {"metadata": said}))
    assert (refused.value.code, refused.value.field) == ("invalid_event", "message_id")
    assert "in metadata as text" in (refused.value.hint or "")


def test_without_a_conversation_it_is_no_message_of_a_messenger(messenger: Recorder) -> None:
    messenger.record(
        event("message.sent", role="assistant", model="some-model", message_id="m1"), sent("m2")
    )
    assert total(messenger) == 1


def test_the_latest_edit_says_how_long_a_message_is_and_is_none_itself(
    messenger: Recorder,
) -> None:
    messenger.record(
        event("message.edited", 0.2, message_id="m1", message_length=30),
        sent("m1", message_length=10, message_type="text"),
        sent("m2", message_length=90),
        event("message.edited", 0.5, message_id="m1", message_length=5000),
        event("message.edited", 0.1, message_id="m1", message_type="image"),
    )
    stats = messenger.ask("messenger_messages")
    assert (stats["total_messages"], stats["avg_message_length"]) == (2, 60)
    assert stats["message_type_distribution"] == {"image": 50.0, "unknown": 50.0}


def test_a_message_is_read_once_however_often_it_is_said(messenger: Recorder) -> None:
    def read(message: str, days_ago: float, user: str = "bo") -> dict[str, Any]:
        return event("message.read", days_ago, message_id=message, user_id=user)

    messenger.record(read("m1", 0.3), read("m1", 5), read("m2", 0.3), read("m2", 0.3, "cy"))
    messenger.record(read("gone", 0.2), event("message.deleted", message_id="gone"))
    assert messenger.ask("messenger_user", user_id="bo")["messages_read"] == 2


@pytest.mark.parametrize(
    ("happened", "inside"),
    [
        ("created", 1),
        ("joined", 1),
        ("joined left", 0),
        ("left joined", 1),
        ("joined left joined", 1),
        ("joined+left", 0),  # at one instant
        ("sent", 1),
        ("sent left", 0),
        ("left sent", 1),
        ("joined left sent", 0),  # the last message of one who is gone
        ("joined sent left", 0),
    ],
)
def test_who_is_in_a_conversation(messenger: Recorder, happened: str, inside: int) -> None:
    instants = [instant.split("+") for instant in happened.split()]
    events = []
    for place, words in enumerate(instants):
        for word in words:
            kind = "message.sent" if word == "sent" else f"conversation.{word}"
            events.append(event(kind, 5 - place, user_id="bo", conversation_id="garden"))
    messenger.record(sent("m1", user_id=None) | {"user_id": ""}, *reversed(events))
    messenger.record(*events)  # once more
    assert participants(messenger) == inside + 1  # and whoever has the empty name


@pytest.mark.parametrize("order", [*permutations([("joined", 3), ("left", 2), ("joined", 1)])])
def test_who_is_back_within_the_hour_is_there_however_rows_are_merged(
    messenger: Recorder, order: tuple[tuple[str, int], ...]
) -> None:
    about = {"user_id": "bo", "conversation_id": "garden"}
    rolling = messenger.store.rolling
    for word, minutes_ago in order:
        messenger.record(event(f"conversation.{word}", minutes_ago / 1440, **about))
        rolling.roll_up()
    messenger.record(sent("m1"))
    today = Days.of(NOW.replace(hour=0, tzinfo=None))
    for _ in range(2):
        assert participants(messenger) == 2
        assert rolling.audit(today) == {}
        rolling.merge()


def test_names_are_what_the_latest_event_says_whenever_it_came(messenger: Recorder) -> None:
    messenger.record(
        event("user.online", 1, user_id="ada", metadata={"username": "Countess"}),
        sent("m1", metadata={"title": "Roof"}),
        event(
            "conversation.created",
            9,
            conversation_id="garden",
            metadata={"title": "Garden", "conversation_type": "group"},
        ),
        event("user.registered", 40, user_id="ada", metadata={"username": "Ada"}),
        sent("m2", user_id="bo"),
    )
    ada, bo = messenger.ask("messenger_top_senders")["top_senders"]
    assert (ada["username"], bo["username"]) == ("Countess", None)
    found = messenger.ask("messenger_conversation", conversation_id="garden")
    assert (found["title"], found["type"]) == ("Roof", "group")
    assert (found["created_at"], found["conversation_age_days"]) == ("2026-06-01T12:00:00Z", 9)
    assert found["messages_per_day"] == 2 / 9
    (top,) = messenger.ask("messenger_top_conversations", days=10)["conversations"]
    assert (top["title"], top["type"], top["messages_per_day"]) == ("Roof", "group", 0.2)


def test_the_fifth_message_makes_one_engaged(messenger: Recorder) -> None:
    messenger.record(*(sent(f"a{n}") for n in range(5)), *(sent(f"b{n}", 8) for n in range(4)))
    messenger.record(sent("c", user_id="bo"), event("user.registered", 300, user_id="idle"))
    found = messenger.ask("messenger_engagement")
    assert (found["total_users"], found["active_users"], found["engaged_users"]) == (3, 2, 1)
    assert found["engagement_rate"] == pytest.approx(200 / 3)
    assert found["active_users_trend"] == 100.0
    assert found["previous"] == {
        "total_users": 2,
        "active_users": 1,
        "engaged_users": 0,
        "engagement_rate": 50.0,
        "deep_engagement_rate": 0.0,
    }


def test_who_did_nothing_in_the_window_has_zeros_and_nobody_is_a_404(messenger: Recorder) -> None:
    messenger.record(event("user.registered", 300, user_id="idle"))
    idle = messenger.ask("messenger_user", user_id="idle", days=30)
    assert idle["messages_sent"] == idle["messages_read"] == idle["avg_messages_per_day"] == 0
    assert idle["first_message_date"] is idle["last_activity_date"] is None
    with pytest.raises(NotFound, match="no such user"):
        messenger.ask("messenger_user", user_id="nobody")
    with pytest.raises(NotFound, match="no such conversation"):
        messenger.ask("messenger_conversation", conversation_id="nowhere")
    assert messenger.ask("messenger_engagement", days=1)["engagement_rate"] == 0
    before = {"start_date": "2020-01-01", "end_date": "2020-01-08"}
    assert messenger.ask("messenger_engagement", **before)["engagement_rate"] is None


def test_events_of_different_ids_are_different_messages(messenger: Recorder) -> None:
    again = sent("m1", 1)
    messenger.record(sent("m1", 2, message_length=10), again, again)
    assert total(messenger) == 2
    messenger.record(event("message.edited", message_id="m1", user_id="ada", message_length=30))
    assert messenger.ask("messenger_messages")["avg_message_length"] == 30
    messenger.record(event("message.deleted", message_id="m1", user_id="ada"))
    assert total(messenger) == 0
