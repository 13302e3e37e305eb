"""Hours of conversations, which are counted as one where that says the same: shared, cut by the
window, with messages in them that were deleted, sent again, came late or went.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localytics.query.report import catalogue
from localytics.reports import messenger_response_times
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.differences import differences
from tests.messenger.conftest import NOW, empty
from tests.messenger.garden import event, sent, total
from tests.messenger.model import Messenger
from tests.messenger.talk import HOUR, Talk
from tests.reports.figures import figures

PEOPLE = ("ada", "ada", "ada", "bo", None)
NAMES = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")
LONG_AGO = 16 * 24  # hours: more than what is counted message by message
Wire = dict[str, Any]


@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed can't be shrunk
    print_blob=True,
)
@given(seed=st.integers(0, 2**32))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int) -> None:
    random = Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messenger_response_times, "MOST_AGAIN", random.choice([0, 2, 1_000]))
        check_at_every_stage(shared, random)


def check_at_every_stage(shared: Recorder, random: Random) -> None:
    removes = random.random() < 0.3
    now = NOW if removes else NOW + random.choice([0, 1, 20, 59]) * timedelta(minutes=1)
    with time_machine.travel(now, tick=False):
        empty(shared)
        arrived: list[Wire] = []
        for number in range(random.choice([1, 2, 4])):
            part = [talk(random, f"{number}-{place}", now) for place in range(random.randrange(60))]
            shared.record(*part)
            arrived += part
            step(shared, random)
            check(shared, arrived, random, now)  # what is remembered has to be gone on with
        if removes:
            retention = Retention(shared.store.rolling, shared.store.writer, Limits(raw_days=1))
            retention.run(now)
            late = [talk(random, f"late-{place}", now) for place in range(random.choice([0, 9]))]
            shared.record(*late)
            arrived += late
            check(shared, arrived, random, now, whole_hours=True)
        if random.random() < 0.3:
            shared.store.forget("bo")
            arrived = [wire for one in arrived if (wire := without("bo", one))]
            check(shared, arrived, random, now, whole_hours=removes)


def step(recorder: Recorder, random: Random) -> None:
    if random.random() < 0.6:
        recorder.store.rolling.roll_up()
    if random.random() < 0.4:
        recorder.store.rolling.merge()


def talk(random: Random, id_: str, now: datetime) -> Wire:
    """What happens in a few hours, most of it in one conversation and said by one person."""
    ago = HOUR * random.choice([0, 0, 1, 2, 5, 24, 25, 73, LONG_AGO, LONG_AGO + 1])
    ago += timedelta(minutes=random.choice([0, 1, 15, random.randrange(60)]))
    wire = {
        "id": id_,
        "event_type": random.choice(
            ["message.sent"] * 8 + ["message.deleted", "message.edited", "conversation.left"]
        ),
        "timestamp": (now - ago).isoformat(),
        "user_id": random.choice(PEOPLE),
        "conversation_id": random.choice(["c1", "c1", "c2"]),
        "source": random.choice([None, None, "web"]),
        "message_id": random.choice([*NAMES, f"own-{id_}", f"own-{id_}", f"own-{id_}"]),
        "message_type": random.choice([None, "text", "image", "unknown"]),
        "message_length": random.choice([None, 3, 250]),
    }
    if wire["event_type"] in {"message.deleted", "message.edited"} and random.random() < 0.5:
        wire["message_id"] = f"own-{random.randrange(4)}-{random.randrange(60)}"
    return {name: value for name, value in wire.items() if value is not None}


def without(person: str, wire: Wire) -> Wire | None:
    """What is left of it once somebody is forgotten: which messages are deleted."""
    if wire.get("user_id") != person:
        return wire
    kept = {"id", "timestamp", "event_type", "source", "message_id"}
    deletes = wire["event_type"] == "message.deleted"
    return {name: value for name, value in wire.items() if name in kept} if deletes else None


def check(
    recorder: Recorder,
    arrived: list[Wire],
    random: Random,
    now: datetime,
    *,
    whole_hours: bool = False,
) -> None:
    messenger = Messenger(arrived, now)
    for report, words in asked(random, now, whole_hours):
        got = figures(recorder, f"messenger_{report}", words)
        if report == "response_times":
            expected = Talk(messenger, words).response_times(words)
        else:
            default = catalogue()[f"messenger_{report}"].window
            expected = messenger.ask(report, words, default)
        assert differences(got, expected) == [], (report, words)


def asked(random: Random, now: datetime, whole_hours: bool) -> Iterator[tuple[str, dict[str, str]]]:
    def words() -> dict[str, str]:
        until = now - random.choice([0, 0, 1, 3]) * HOUR
        since = until - random.choice([1, 2, 25, 75, LONG_AGO, LONG_AGO + 2]) * HOUR
        if not whole_hours:
            since -= timedelta(minutes=random.choice([0, 1, 17]))
            until -= timedelta(minutes=random.choice([0, 1, 17]))
        chosen = {"start_date": since.isoformat(), "end_date": until.isoformat()}
        return random.choice([{"days": "30"}, chosen, chosen]) | random.choice(
            [{}, {}, {"source": "web"}, {"conversation_id": "c1"}]
        )

    for hours in ("1", "24", "720"):
        yield "response_times", words() | {"max_hours": hours}
    yield "response_times", words() | {"user_id": "ada"}
    yield "messages", words() | random.choice([{}, {"user_id": "ada"}])
    yield "top_senders", words() | random.choice([{}, {"user_id": "ada"}])
    for interval in ("hourly", "daily"):
        yield "timeline", words() | {"interval": interval, "timezone": "America/New_York"}
    yield "engagement", words()


def said(who: str, minutes: float, message: str, **more: Any) -> Wire:
    """A message of the hour that began two hours ago."""
    return sent(message, (120 - minutes) / 1440, user_id=who, **more)


def deleted(message: str, **more: Any) -> Wire:
    return event("message.deleted", 0.01, message_id=message, **more)


def answers(recorder: Recorder, stage: str, *events: Wire) -> list[tuple[str, float]]:
    """Who answered whom after how many minutes on average, in a store that is at some `stage`."""
    recorder.record(*events)
    if stage != "new":
        recorder.store.rolling.roll_up()
    if stage == "merged":
        recorder.store.rolling.merge()
    told = recorder.ask("messenger_response_times")
    return [(one["user_id"], one["median_response_ms"] / 60_000) for one in told["responders"]]


@pytest.mark.parametrize("stage", ["new", "rolled up", "merged"])
@pytest.mark.parametrize(
    ("events", "answered"),
    [
        ([said("ada", 10, "a"), said("ada", 40, "b"), said("bo", 70, "c")], ("bo", 30)),
        (
            [said("ada", 10, "a"), said("ada", 40, "b"), said("bo", 70, "c"), deleted("b")],
            ("bo", 60),
        ),
        (
            [said("ada", 10, "a"), said("bo", 70, "b"), said("bo", 90, "c"), deleted("b")],
            ("bo", 80),
        ),
        # Neither the first nor the last of its hour.
        (
            [
                said("ada", 10, "a"),
                said("ada", 20, "b"),
                said("ada", 40, "c"),
                said("bo", 70, "d"),
                deleted("b"),
            ],
            ("bo", 30),
        ),
        # Only the whole of what somebody said in between.
        (
            [said("ada", 10, "a"), said("cy", 20, "b"), said("bo", 70, "c"), deleted("b")],
            ("bo", 60),
        ),
        # Sent twice within an hour, and over two.
        ([said("ada", 10, "a"), said("ada", 40, "a"), said("bo", 70, "c")], ("bo", 60)),
        ([said("ada", 10, "a"), said("ada", 65, "a"), said("bo", 70, "c")], ("bo", 60)),
        # Others call theirs alike: another app, and another person.
        (
            [said("ada", 10, "a"), said("ada", 40, "a", source="web"), said("bo", 70, "c")],
            ("bo", 30),
        ),
        (
            [
                said("ada", 10, "a"),
                said("ada", 40, "b"),
                said("bo", 70, "c"),
                deleted("b", source="web"),
            ],
            ("bo", 30),
        ),
    ],
)
def test_an_hour_is_what_its_messages_are(
    messenger: Recorder, stage: str, events: list[Wire], answered: tuple[str, float]
) -> None:
    assert answers(messenger, stage, *events) == [answered]


@pytest.mark.parametrize("most", [0, 1, 1_000])
def test_a_message_that_is_sent_again_later_is_still_the_first(
    messenger: Recorder, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(messenger_response_times, "MOST_AGAIN", most)
    told = [said("ada", 10, "a"), said("ada", 40, "b"), said("bo", 70, "c")]
    assert answers(messenger, "rolled up", *told) == [("bo", 30)]
    for stage in ("new", "rolled up", "merged"):
        again = said("ada", 65, "b")
        assert answers(messenger, stage, again) == [("bo", 30)]
    store = messenger.store
    assert store.forget("bo").events == 1
    assert answers(messenger, "new", said("cy", 75, "d"), said("ada", 66, "a")) == [("cy", 35)]


def test_who_deleted_all_of_theirs_has_sent_nothing(messenger: Recorder) -> None:
    messenger.record(said("ada", 10, "a"), said("bo", 20, "b"), said("bo", 30, "b"), deleted("b"))
    messenger.store.rolling.roll_up()
    assert total(messenger) == messenger.ask("messenger_messages")["unique_senders"] == 1
    told = messenger.ask("messenger_top_senders")["top_senders"]
    assert [(one["user_id"], one["message_count"]) for one in told] == [("ada", 1)]
    assert messenger.ask("messenger_engagement", days=30)["active_users"] == 1
