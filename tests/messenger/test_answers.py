"""How soon people answer and how well a conversation is, against a recount in plain Python."""

import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localytics.errors import InvalidParameter, InvalidWindow, NotFound
from localytics.present.formats import encoded
from localytics.query.question import FORMATS
from localytics.query.report import catalogue
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.messenger.conftest import NOW, empty
from tests.messenger.model import Messenger
from tests.messenger.test_every_figure import life
from tests.recount import differences
from tests.reports.figures import answered, figures
from tests.reports.test_every_figure import TURNS
from tests.wall_clock import window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Words = dict[str, str]


class Talk:
    """The messages that count, of those that `words` mean."""

    def __init__(self, messenger: Messenger, words: Words) -> None:
        self.now = messenger.now
        self.start, self.end = window(words, "30d", self.now, [])
        self.events = messenger.events
        self.messages = [
            one
            for one in messenger.events
            if messenger.counts(one)
            and words.get("conversation_id", one.conversation) == one.conversation
            and words.get("source", one.wire.get("source")) == one.wire.get("source")
        ]

    def turns(self, hours: int) -> list[tuple[str, datetime, str | None, timedelta | None]]:
        """Conversation, time, and who answered after how long, of all turns of the window."""
        late = hours * HOUR
        until = max(self.end, min(self.now, self.end + late))
        said: dict[str, dict[tuple[str, object], datetime]] = defaultdict(dict)
        for one in sorted(self.messages, key=lambda one: one.at):
            if one.user is not None and self.start <= one.at < until:
                said[str(one.conversation)].setdefault((one.user, one.message), one.at)
        found: list[tuple[str, datetime, str | None, timedelta | None]] = []
        for conversation, messages in said.items():
            order = sorted((at, who) for (who, _), at in messages.items())
            for (at, who), after in zip(order, [*order[1:], None], strict=True):
                soon = after is not None and after[0] - at <= late
                if at >= self.end or (soon and after is not None and after[1] == who):
                    continue
                if soon and after is not None:
                    found.append((conversation, at, after[1], after[0] - at))
                else:
                    found.append((conversation, at, None, None))
        return found

    def response_times(self, words: Words) -> dict[str, Any]:
        hours, limit = int(words.get("max_hours", 24)), int(words.get("limit", 10))
        only = words.get("user_id")
        turns = [one for one in self.turns(hours) if only in {None, one[2]}]
        waiting = [one for one in turns if one[2] is None and one[1] + hours * HOUR > self.now]
        over = [one for one in turns if one not in waiting]
        by_conversation, by_person = defaultdict(list), defaultdict(list)
        for one in over:
            by_conversation[one[0]].append(one)
            if one[2] is not None:
                by_person[one[2]].append(one)
        conversations = [{"conversation_id": c, **told(of)} for c, of in by_conversation.items()]
        people = [
            {
                "user_id": who,
                **{k: v for k, v in told(of).items() if k not in ("turns", "unanswered")},
            }
            for who, of in by_person.items()
        ]
        everything = told(over)
        return everything | {
            "waiting": len(waiting),
            "response_rate": (Fraction(100 * everything["answered"], len(over)) if over else None),
            "conversations": sorted(
                conversations, key=lambda one: (-one["turns"], one["conversation_id"])
            )[:limit],
            "responders": sorted(people, key=lambda one: (-one["answered"], one["user_id"]))[
                :limit
            ],
        }

    def conversation_health(self, words: Words) -> dict[str, Any]:
        within = [one for one in self.messages if self.start <= one.at < self.end]
        length = self.end - self.start
        before = [one for one in self.messages if self.start - length <= one.at < self.start]
        last = max((one.at for one in self.messages if one.at < self.end), default=None)
        age = None if last is None else max(0, (min(self.end, self.now) - last) / DAY)
        senders = Counter(one.user for one in within if one.user is not None)
        shares = [count / senders.total() for count in senders.values()]
        entropy = -sum(p * math.log(p) for p in shares) if shares else None
        turns = self.turns(24)
        over = [one for one in turns if one[2] is not None or one[1] + DAY <= self.now]
        responses = {k: v for k, v in told(over).items() if k in RESPONSES}
        scores: dict[str, float | None] = {
            "recency": None if age is None else 100 / 2 ** (age / 7),
            "balance": None if entropy is None else 100 * entropy / math.log(max(2, len(senders))),
            "response": (
                100
                * (responses["answered"] / len(over))
                / (1 + float(responses["median_response_ms"] or 0) / 3.6e6)
                if over
                else None
            ),
            "trend": 100 * len(within) / (len(within) + len(before)) if within or before else None,
        }
        weights = {"recency": 3, "balance": 2, "response": 3, "trend": 2}
        known = {part for part in weights if scores[part] is not None}
        whole = sum(weights[part] for part in known)

        def part(name: str, **figures: Any) -> dict[str, Any]:
            weight = Fraction(weights[name], whole) if name in known else 0.0
            return {"score": near(scores[name]), "weight": weight, **figures}

        change = (len(within) - len(before)) / len(before) * 100 if before else 100.0 * bool(within)
        return {
            "conversation_id": words["conversation_id"],
            "health": (
                near(sum(weights[p] * (scores[p] or 0) for p in known) / whole) if whole else None
            ),
            "recency": part("recency", days_since_last_message=near(age), last_message_at=last),
            "balance": part("balance", participants=len(senders), entropy=near(entropy)),
            "response": part("response", **responses),
            "trend": part(
                "trend",
                messages=len(within),
                previous_messages=len(before),
                change_percentage=near(round(change, 2)),
            ),
        }


RESPONSES = ("answered", "unanswered", "median_response_ms")


def told(turns: list[Any]) -> dict[str, Any]:
    times = sorted(time for _, _, _, time in turns if time is not None)
    return {
        "turns": len(turns),
        "answered": len(times),
        "unanswered": len(turns) - len(times),
        "median_response_ms": rank(times, Fraction(1, 2)),
        "p95_response_ms": rank(times, Fraction(19, 20)),
    }


def rank(times: list[timedelta], share: Fraction) -> Fraction | None:
    """The nearest."""
    if not times:
        return None
    return Fraction(times[math.ceil(share * len(times)) - 1] // timedelta(microseconds=1), 1000)


def near(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)


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


@pytest.mark.parametrize(
    ("report", "words", "says"),
    [
        ("response_times", {"days": 366}, "days must be between 1 and 365"),
        ("response_times", {"max_hours": 0}, "max_hours must be a whole number between 1 and 720"),
        ("response_times", {"limit": 101}, "limit must be a whole number between 1 and 100"),
        ("conversation_health", {"conversation_id": "g", "days": 0}, "between 1 and 365"),
    ],
)
def test_a_number_out_of_range_is_told_the_range(
    messenger: Recorder, report: str, words: dict[str, Any], says: str
) -> None:
    with pytest.raises((InvalidParameter, InvalidWindow), match=says):
        messenger.ask(f"messenger_{report}", **words)


def test_an_unknown_conversation_is_not_found(messenger: Recorder) -> None:
    with pytest.raises(NotFound):
        messenger.ask("messenger_conversation_health", conversation_id="nowhere")


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
