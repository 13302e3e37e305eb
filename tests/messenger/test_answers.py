"""How soon people answer and how well a conversation is, against a recount in plain Python."""

from datetime import datetime, timedelta
from random import Random

import pytest
import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localytics.errors import NotFound
from localytics.present.formats import encoded
from localytics.query.question import FORMATS
from localytics.query.report import catalogue
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.differences import differences
from tests.messenger.conftest import NOW, empty
from tests.messenger.model import Messenger
from tests.messenger.talk import DAY, HOUR, Talk, Words
from tests.messenger.test_every_figure import life
from tests.reports.figures import answered, figures
from tests.reports.test_every_figure import TURNS


def some_words(random: Random, now: datetime) -> Words:
    start = (now - timedelta(days=random.choice([3, 8, 40]))).date()
    end = start + timedelta(days=random.choice([1, 3, 30]))
    forms = [
        {},
        {"days": random.choice(["1", "8", "365"])},
        {"start_date": start.isoformat(), "end_date": end.isoformat()},
    ]
    return random.choice(forms) | random.choice([{}, {}, {"source": "web"}])


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed can't be shrunk
    print_blob=True,
)
@given(seed=st.integers(0, 2**32))
def test_answers_and_health_equal_their_recount(shared: Recorder, seed: int) -> None:
    random = Random(seed)
    now = random.choice(TURNS) + random.choice([timedelta(0), timedelta(days=1, minutes=20)])
    deliveries = life(random, now, random.choice([10, 100, 300]))
    with time_machine.travel(now, tick=False):
        empty(shared)
        parts = random.choice([1, 3])
        for part in range(parts):
            shared.record(*deliveries[part::parts])
            if random.random() < 0.7:
                shared.store.rolling.roll_up()
        if random.random() < 0.3:
            shared.store.rolling.merge()
        arrived = [wire for part in range(parts) for wire in deliveries[part::parts]]
        messenger = Messenger(arrived, now)
        words = some_words(random, now) | random.choice(
            [{}, {"conversation_id": "c1"}, {"user_id": "ada"}, {"max_hours": "1", "limit": "1"}]
        )
        got = figures(shared, "messenger_response_times", words)
        expected = Talk(messenger, words).response_times(words)
        assert differences(got, expected) == [], words
        words = some_words(random, now) | {"conversation_id": "c1"}
        if "c1" not in {one.conversation for one in messenger.events}:
            with pytest.raises(NotFound):
                figures(shared, "messenger_conversation_health", words)
        else:
            got = figures(shared, "messenger_conversation_health", words)
            expected = Talk(messenger, words).conversation_health(words)
            assert differences(got, expected) == [], words


def say(number: int, who: str, ago: timedelta, **more: str) -> dict[str, str]:
    return {
        "id": f"m{number}",
        "event_type": "message.sent",
        "conversation_id": "garden",
        "user_id": who,
        "timestamp": (NOW - ago).isoformat(),
    } | more


TALK = [
    say(1, "ada", 100 * HOUR),
    say(2, "ada", 90 * HOUR),  # goes on: one turn, from here on unanswered for two hours
    say(3, "bo", 88 * HOUR),
    say(4, "ada", 60 * HOUR),  # too late for an answer, and answered in one
    say(5, "cy", 59 * HOUR),
    say(6, "cy", 20 * HOUR),  # a day and more later: a turn of its own, which still waits
]


def test_turns_are_answered_from_their_last_message(messenger: Recorder) -> None:
    messenger.record(*TALK)
    answer = messenger.ask("messenger_response_times")
    assert (answer["answered"], answer["unanswered"], answer["waiting"]) == (2, 2, 1)
    assert answer["response_rate"] == 50.0
    assert (answer["median_response_ms"], answer["p95_response_ms"]) == (3_600_000, 7_200_000)
    assert [one["user_id"] for one in answer["responders"]] == ["bo", "cy"]
    longer = messenger.ask("messenger_response_times", max_hours=48)
    assert (longer["answered"], longer["unanswered"], longer["waiting"]) == (3, 0, 1)
    only = messenger.ask("messenger_response_times", user_id="cy")
    assert (only["answered"], only["unanswered"], only["turns"]) == (1, 0, 1)


def test_a_deleted_message_answers_nobody(messenger: Recorder) -> None:
    deletion = say(9, "bo", HOUR, event_type="message.deleted", message_id="m3")
    messenger.record(*TALK, deletion)
    assert messenger.ask("messenger_response_times")["answered"] == 1


def test_what_waits_is_unanswered_once_it_is_late(messenger: Recorder) -> None:
    messenger.record(*TALK)
    assert messenger.ask("messenger_response_times")["waiting"] == 1
    with time_machine.travel(NOW + 4 * HOUR, tick=False):
        answer = messenger.ask("messenger_response_times")
    assert (answer["waiting"], answer["unanswered"]) == (0, 3)


def test_health_is_the_weighted_mean_of_what_is_known(messenger: Recorder) -> None:
    messenger.record(say(1, "ada", 7 * DAY), say(2, "bo", 7 * DAY - HOUR), say(3, "cy", 40 * DAY))
    words = {"conversation_id": "garden"}
    health = messenger.ask("messenger_conversation_health", **words)
    assert health["balance"]["score"] == 100.0
    assert health["response"]["score"] == 25.0  # half unanswered, the other half after an hour
    assert health["trend"]["score"] == pytest.approx(100 * 2 / 3)
    assert [health[part]["weight"] for part in ("recency", "balance", "response", "trend")] == [
        0.3,
        0.2,
        0.3,
        0.2,
    ]
    quiet = messenger.ask("messenger_conversation_health", **words, days=1)
    assert [quiet[part]["score"] for part in ("balance", "response", "trend")] == [None] * 3
    assert (quiet["recency"]["weight"], quiet["health"]) == (1.0, quiet["recency"]["score"])


def test_answers_outlive_the_messages(messenger: Recorder) -> None:
    messenger.record(*TALK)
    asked: list[tuple[str, Words]] = [
        ("messenger_response_times", {}),
        ("messenger_conversation_health", {"conversation_id": "garden"}),
    ]
    before = [messenger.ask(report, **words) for report, words in asked]
    Retention(messenger.store.rolling, messenger.store.writer, Limits(raw_days=1)).run(NOW)
    assert [messenger.ask(report, **words) for report, words in asked] == before
    assert all(answer["exact"] for answer in before)


def test_nobody_answers_in_an_empty_store(messenger: Recorder) -> None:
    answer = messenger.ask("messenger_response_times")
    assert (answer["turns"], answer["response_rate"], answer["median_response_ms"]) == (
        0,
        None,
        None,
    )
    for form in FORMATS:
        found = answered(messenger, "messenger_response_times", {})
        assert encoded(catalogue()["messenger_response_times"], found, form)
