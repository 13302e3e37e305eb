"""Demo: the history of a small team that never was, the same for the same seed and day.

People with habits work in bursts through their own hours, on projects of different weight, with
models of different price; they talk to each other, and an app answers requests and sometimes fails.
What guests and machines do is in demo_guests and demo_operations. Every event has the source `demo`
and an id that starts with `demo-`, so that all of it can be told and taken away.
"""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from localytics.event import Event
from localytics.sources.demo_guests import guests
from localytics.sources.demo_operations import operations

SOURCE = "demo"
_SEED = 20
_MODELS = {
    "claude-sonnet-4-5": 10,
    "claude-opus-4-6": 5,
    "claude-haiku-4-5": 4,
    "gpt-5": 2,
    "local-llama-3-8b.gguf": 1,
}
_PROJECTS = {"website": 8, "billing": 5, "mobile-app": 4, "infra": 2, "docs": 1}
_AGENTS = {"main": 12, "explore": 4, "review": 2, "test-writer": 2}
_ENDPOINTS = {
    ("GET", "/projects/{id}"): 40.0,
    ("GET", "/search"): 180.0,
    ("POST", "/messages"): 90.0,
    ("POST", "/login"): 250.0,
}

_TALKS = {
    "team": ("group", "Team", ("ada", "brendan", "chioma", "dmitri", "emiko", "farid", "grete")),
    "launch": ("group", "Website launch", ("ada", "chioma", "dmitri")),
    "support": ("group", "Support", ("brendan", "farid", "grete")),
    "ada-emiko": ("direct", None, ("ada", "emiko")),
}


class _Person(NamedTuple):
    name: str
    starts_at: float  # hour of the day, UTC
    keenness: float  # bursts of work on a working day
    weekends: float  # share of that on a day off


_PEOPLE = (
    _Person("ada", 8.0, 4.0, 0.2),
    _Person("brendan", 9.5, 3.0, 0.0),
    _Person("chioma", 7.0, 5.0, 0.1),
    _Person("dmitri", 13.0, 2.5, 0.6),
    _Person("emiko", 0.5, 3.5, 0.1),
    _Person("farid", 10.0, 1.0, 0.0),
    _Person("grete", 16.0, 0.6, 0.9),
)


def demo_events(now: datetime, days: int) -> Iterator[list[Event]]:
    """The events of the `days` before `now`, a day at a time, oldest first."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for back in range(days, -1, -1):
        day = midnight - timedelta(days=back)
        dice = random.Random(f"{_SEED} {day:%Y-%m-%d}")  # noqa: S311  (a play, not a secret)
        events = [*_work(dice, day), *_traffic(dice, day), *_talk(dice, day)]
        events += operations(dice, day, SOURCE)
        events += guests(str(_SEED), day, midnight - timedelta(days=days), SOURCE)
        if back == days:
            events += _beginnings(day)
        yield [event for event in events if event.timestamp and event.timestamp < now]  # type: ignore[operator]


def _work(dice: random.Random, day: datetime) -> Iterator[Event]:
    for person in _PEOPLE:
        keenness = person.keenness * (1.0 if day.weekday() < 5 else person.weekends)
        for burst in range(_times(dice, keenness)):
            start = day + timedelta(hours=person.starts_at + dice.betavariate(2, 2) * 9)
            yield from _session(dice, person, start, f"demo-{day:%Y%m%d}-{person.name}-{burst}")


def _session(
    dice: random.Random, person: _Person, start: datetime, session: str
) -> Iterator[Event]:
    project = _pick(dice, _PROJECTS)
    model = _pick(dice, _MODELS)
    at = start
    context = 8_000
    for turn in range(1 + _times(dice, 6)):
        said = int(dice.lognormvariate(4.5, 1))
        yield Event(
            event_type="message.sent",
            id=f"{session}-{turn}-u",
            timestamp=at,
            source=SOURCE,
            user_id=person.name,
            session_id=session,
            project_id=project,
            role="user",
            message_type="text",
            message_length=said,
        )
        took = dice.lognormvariate(8.6, 0.7)
        at += timedelta(milliseconds=took)
        failed = dice.random() < 0.015
        written = 0 if failed else int(dice.lognormvariate(5.8, 1))
        fresh = int(dice.lognormvariate(6.5, 1))
        yield Event(
            event_type="message.sent",
            id=f"{session}-{turn}-a",
            timestamp=at,
            source=SOURCE,
            user_id=person.name,
            session_id=session,
            project_id=project,
            role="assistant",
            model=model,
            agent=_pick(dice, _AGENTS),
            duration_ms=round(took, 1),
            input_tokens=int(dice.lognormvariate(3, 1)),
            output_tokens=written,
            cache_read_tokens=context,
            cache_write_tokens=fresh,
            is_error=failed or None,
            status_code=529 if failed else None,
            error_message="Overloaded" if failed else None,
        )
        context = min(context + fresh + written, 180_000)
        at += timedelta(seconds=dice.expovariate(1 / 90))


def _beginnings(day: datetime) -> Iterator[Event]:
    """Who there is, and where they talk."""
    for person in _PEOPLE:
        yield Event(
            event_type="user.registered",
            id=f"demo-registered-{person.name}",
            timestamp=day,
            source=SOURCE,
            user_id=person.name,
            metadata={"username": person.name.title()},
        )
    for talk, (kind, title, people) in _TALKS.items():
        for name in people:
            first = name == people[0]
            yield Event(
                event_type="conversation.created" if first else "conversation.joined",
                id=f"demo-{talk}-{name}",
                timestamp=day,
                source=SOURCE,
                user_id=name,
                conversation_id=talk,
                metadata={"conversation_type": kind, "title": title} if first else None,
            )


def _talk(dice: random.Random, day: datetime) -> Iterator[Event]:
    """Messages of people to each other, read by some of the others, a few changed or taken back."""
    weekend = day.weekday() >= 5
    for person in _PEOPLE:
        keenness = person.keenness * (person.weekends if weekend else 1.0)
        for number in range(_times(dice, keenness)):
            talk = dice.choice([name for name, (*_, who) in _TALKS.items() if person.name in who])
            message = f"demo-{day:%Y%m%d}-{person.name}-said-{number}"
            at = day + timedelta(hours=person.starts_at + dice.betavariate(2, 2) * 9)
            about: dict[str, Any] = {
                "source": SOURCE,
                "conversation_id": talk,
                "message_id": message,
            }
            yield Event(
                event_type="message.sent",
                id=message,
                timestamp=at,
                user_id=person.name,
                role="user",
                message_type=_pick(dice, {"text": 17, "image": 2, "file": 1}),
                message_length=int(dice.lognormvariate(3.5, 1)),
                **about,
            )
            if dice.random() < 0.05:
                kind = dice.choice(["message.edited", "message.deleted"])
                after = at + timedelta(minutes=2)
                again = f"{message}-{kind[8:]}"
                yield Event(
                    event_type=kind, id=again, timestamp=after, user_id=person.name, **about
                )
            for reader in _TALKS[talk][2]:
                if reader != person.name and dice.random() < 0.5:
                    yield Event(
                        event_type="message.read",
                        id=f"{message}-{reader}",
                        timestamp=at + timedelta(minutes=dice.expovariate(1 / 40)),
                        user_id=reader,
                        **about,
                    )


def _traffic(dice: random.Random, day: datetime) -> Iterator[Event]:
    for number in range(150 if day.weekday() < 5 else 40):
        method, endpoint = dice.choice(list(_ENDPOINTS))
        status = dice.choices((200, 404, 500), (96, 3, 1))[0]
        # Busiest in the early afternoon, never quite still.
        hour = dice.triangular(0, 24, 14)
        yield Event(
            event_type="api.request",
            id=f"demo-{day:%Y%m%d}-request-{number}",
            timestamp=day + timedelta(hours=hour),
            source=SOURCE,
            user_id=dice.choice(_PEOPLE).name,
            endpoint=endpoint,
            method=method,
            status_code=status,
            duration_ms=round(_ENDPOINTS[method, endpoint] * dice.lognormvariate(0, 0.5), 2),
        )


def _pick(dice: random.Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def _times(dice: random.Random, mean: float) -> int:
    """A Poisson number (Knuth's way: fine for small means)."""
    limit, product, count = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count
