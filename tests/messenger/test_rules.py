"""What counts as a message, who is in a conversation, and what all of it is called."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine

from localytics.errors import InvalidEvent, InvalidInput, NotFound
from localytics.present.formats import etag
from localytics.query.question import understand
from localytics.query.report import catalogue
from localytics.query.usual import usual_questions
from localytics.rollup.days import Days
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.messenger.conftest import NOW
from tests.reports.figures import answered

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


@pytest.mark.parametrize(
    ("report", "words", "told"),
    [
        ("dashboard", {"days": 91}, "days must be between 1 and 90"),
        ("dashboard", {"days": 0}, "days must be between 1 and 90"),
        ("messages", {"days": 366}, "days must be between 1 and 365"),
        ("timeline", {"days": 366}, "days must be between 1 and 365"),
        ("timeline", {"interval": "yearly"}, "interval is 'yearly', which is no bucket size"),
        ("user", {"user_id": "ada", "days": 366}, "days must be between 1 and 365"),
        ("engagement", {"days": 91}, "days must be between 1 and 90"),
        ("engagement", {"days": "x"}, "days must be a whole number, not 'x'"),
        ("engagement", {"days": "1_0"}, "days must be a whole number, not '1_0'"),
        ("engagement", {"days": "\u0661"}, "days must be a whole number, not '\u0661'"),
        ("top_senders", {"limit": 0}, "limit must be a whole number between 1 and 100"),
        ("top_senders", {"limit": 101}, "limit must be a whole number between 1 and 100"),
        ("top_conversations", {"limit": 51}, "limit must be a whole number between 1 and 50"),
        (
            "top_conversations",
            {"sort_by": "noise"},
            "sort_by must be one of activity, messages or participants",
        ),
    ],
)
def test_what_is_out_of_range_is_told_the_range(
    report: str, words: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told) as refused:
        understand(
            catalogue()[f"messenger_{report}"], [(name, str(v)) for name, v in words.items()]
        )
    assert refused.value.field == [*words][-1]
    if "interval" in words:
        assert "daily" in (refused.value.hint or "")


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


def test_events_of_different_ids_are_different_messages(messenger: Recorder) -> None:
    again = sent("m1", 1)
    messenger.record(sent("m1", 2, message_length=10), again, again)
    assert total(messenger) == 2
    messenger.record(event("message.edited", message_id="m1", user_id="ada", message_length=30))
    assert messenger.ask("messenger_messages")["avg_message_length"] == 30
    messenger.record(event("message.deleted", message_id="m1", user_id="ada"))
    assert total(messenger) == 0


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


def test_the_dashboard_is_ready_and_never_stale(messenger: Recorder) -> None:
    """At a moment at which no edge of a window stands on a full hour."""
    messenger.record(sent("m1", 0.4))
    memory = messenger.store.reader.memory
    assert memory is not None
    ready = [one for one in usual_questions() if one.report.name == "messenger_dashboard"]
    with time_machine.travel(NOW + timedelta(seconds=7), tick=False):
        assert [messenger.store.reader.read(one).exact for one in ready] == [True] * 3
    hits = memory.hits
    tags = []
    for seconds in (8, 60):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            told = [
                messenger.ask("messenger_dashboard", **words)
                for words in ({"days": 1}, {}, {"days": 7}, {"days": 30})
            ]
            tags.append(etag(answered(messenger, "messenger_dashboard", {}), "json"))
            for one in told:
                assert one["active_users_24h"] == {
                    "timestamp": one["generated_at"],
                    "period_hours": 24,
                    "active_users": 1,
                }
    assert memory.hits == hits + 10
    assert tags[0] == tags[1]
    messenger.record(sent("m2", 0.5))
    assert messenger.ask("messenger_dashboard", days=1)["message_stats"]["total_messages"] == 2
