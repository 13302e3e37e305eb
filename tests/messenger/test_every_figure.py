"""Every figure about a messenger equals a recount, whatever people do and however it arrives.

People register, make conversations, come, say, change, delete and read things and go, over months;
it is delivered out of order and twice, and rolled up in between.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localytics.errors import NotFound
from localytics.query.report import catalogue
from tests.conftest import Recorder
from tests.differences import differences
from tests.messenger.conftest import empty
from tests.messenger.model import Messenger
from tests.reports.figures import figures
from tests.reports.test_every_figure import TURNS, ZONES

PEOPLE = ("ada", "bo", "cy", "dé", None)
CONVERSATIONS = ("c1", "c2", "c/3", None)
NAMES = ("", "Ada", "Roof & garden", 7, True, {"not": "a name"})


@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed can't be shrunk
    print_blob=True,
)
@given(seed=st.integers(0, 2**32))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int) -> None:
    random = Random(seed)
    now = random.choice(TURNS) + random.choice([timedelta(0), timedelta(days=1, minutes=20)])
    deliveries = life(random, now, random.choice([10, 60, 200]))
    with time_machine.travel(now, tick=False):
        empty(shared)
        parts = random.choice([1, 3])
        for part in range(parts):
            shared.record(*deliveries[part::parts])
            if random.random() < 0.7:
                shared.store.rolling.roll_up()
        arrived = [wire for part in range(parts) for wire in deliveries[part::parts]]
        messenger = Messenger(arrived, now)
        for report, words in asked(random, now):
            default = catalogue()[f"messenger_{report}"].window
            try:
                got = figures(shared, f"messenger_{report}", words)
            except NotFound:
                field = "user_id" if report == "user" else "conversation_id"
                assert words[field] not in {wire.get(field) for wire in arrived}
                continue
            expected = messenger.ask(report, words, default)
            assert differences(got, expected) == [], (report, words)


def life(random: Random, now: datetime, size: int) -> list[dict[str, Any]]:
    """Events as they arrive: in any order, some of them twice."""
    said = [f"m{number}" for number in range(size // 4 + 1)] + ["12"]
    instants = [now - timedelta(days=1), *(moment(random, now) for _ in range(4))]
    events = []
    for number in range(size):
        at = random.choice(instants) if random.random() < 0.3 else moment(random, now)
        event: dict[str, Any] = {
            "id": random.choice(said) + f"-{number}" if random.random() < 0.9 else said[number % 3],
            "event_type": random.choice(
                ["message.sent"] * 9
                + ["message.edited", "message.edited", "message.deleted"]
                + ["message.read"] * 3
                + ["conversation.joined", "conversation.joined", "conversation.left"] * 2
                + ["conversation.created", "user.registered", "user.online", "user.offline"]
                + ["file.uploaded", "api.request"]
            ),
            "timestamp": at.isoformat(),
            "user_id": random.choice(PEOPLE),
            "conversation_id": random.choice(CONVERSATIONS),
            "source": random.choice([None, "phone", "web"]),
            "message_type": random.choice([None, "text", "text", "image", "file", "poll"]),
            "message_length": random.choice([None, 0, 3, 250, 2**60]),
        }
        metadata: dict[str, Any] = {
            name: random.choice(NAMES)
            for name in ("username", "title", "conversation_type")
            if random.random() < 0.1
        }
        changes = event["event_type"] in {"message.edited", "message.deleted"}
        form = random.choice(["field", "text", "both"] + ["none"] * (not changes))
        if form in {"field", "both"}:
            event["message_id"] = random.choice(said)
        if form in {"text", "both"}:
            metadata["message_id"] = random.choice([*said, 12])
        if metadata or random.random() < 0.1:
            event["metadata"] = metadata
        events.append({name: value for name, value in event.items() if value is not None})
    unique = {event["id"]: event for event in events}
    deliveries = [*unique.values(), *random.sample([*unique.values()], len(unique) // 4)]
    random.shuffle(deliveries)
    return deliveries


def moment(random: Random, now: datetime) -> datetime:
    """An instant of the year before now, most of them lately, a few of them yet to come."""
    days = random.choice([0, 0, 1, 6, 7, 8, 29, 30, 60, 364])
    minutes = random.choice([-60, 0, 15, 60, random.randrange(1440)])
    return now - timedelta(
        days=days, minutes=minutes, microseconds=random.choice([0, 0, 1, 123_456])
    )


def asked(random: Random, now: datetime) -> Iterator[tuple[str, dict[str, str]]]:
    """Each report about some window, with some of the words that it takes."""

    def words(longest: int, *, window: bool = True) -> dict[str, str]:
        found = {"timezone": random.choice(ZONES)}
        start = (now - timedelta(days=random.choice([3, 8, 40]))).astimezone(UTC).date()
        end = start + timedelta(days=random.choice([1, 3, 30]))
        forms = [
            {},
            {"days": str(random.choice([1, 7, 30, longest]))},
            {"start_date": start.isoformat(), "end_date": end.isoformat()},
        ]
        narrowed = [{}, {}, {"source": "web"}]
        return found | (random.choice(forms) if window else {}) | random.choice(narrowed)

    def who() -> dict[str, str]:
        return random.choice(
            [{}, {"conversation_id": "c1"}, {"user_id_filter": "ada"}, {"conversation_id": "none"}]
        )

    yield "messages", words(365) | who()
    yield "timeline", words(365) | who() | random.choice([{}, {"interval": "weekly"}])
    yield "timeline", words(90) | {"interval": random.choice(["hourly", "monthly", "daily"])}
    yield "top_senders", words(365) | random.choice([{}, {"limit": "2"}, {"conversation_id": "c1"}])
    yield "user", words(365) | {"user_id": random.choice(["ada", "dé", "nobody"])}
    yield "engagement", words(90)
    yield (
        "conversation",
        words(1, window=False) | {"conversation_id": random.choice(["c1", "c/3", "none"])},
    )
    for order in ("messages", "participants", "activity"):
        yield (
            "top_conversations",
            words(365) | {"sort_by": order} | random.choice([{}, {"limit": "1"}]),
        )
    yield "dashboard", words(90)
