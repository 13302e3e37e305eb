"""Demo of guests: people who find the team's app, look around, ask for help, and stay or do not."""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from localytics.event import Event

_NEW = (0, 0, 1, 1, 1, 2, 3)  # how many of them a day may bring
_FIRST_DAYS = 6.0  # in which most lose interest
_FAITHFUL = 0.15  # share of those who stay
_TALK = "support"


def guests(seed: str, day: datetime, first: datetime, source: str) -> Iterator[Event]:
    """What guests do on `day`; the earliest of them came on the day `first`."""
    for age in range((day - first).days, -1, -1):
        came = day - timedelta(days=age)
        born = random.Random(f"{seed} guests {came:%Y-%m-%d}")  # noqa: S311  (a play, not a secret)
        for number in range(born.choice(_NEW)):
            faithful = born.random() < _FAITHFUL
            chance = 0.4 if faithful else 0.35 * math.exp(-age / _FIRST_DAYS)
            dice = random.Random(f"{seed} {came:%Y-%m-%d} {number} {age}")  # noqa: S311
            if age == 0 or dice.random() < chance:
                yield from _visit(dice, day, f"guest-{came:%m%d}-{number + 1}", source, age == 0)


def _visit(
    dice: random.Random, day: datetime, guest: str, source: str, new: bool
) -> Iterator[Event]:
    start = day + timedelta(hours=dice.triangular(6, 22, 15))
    key = f"demo-{day:%Y%m%d}-{guest}"
    about: dict[str, Any] = {"source": source, "user_id": guest}
    if new:
        yield Event(
            event_type="user.registered",
            id=f"{key}-registered",
            timestamp=start,
            metadata={"username": guest.title()},
            **about,
        )
    for number in range(dice.randint(1, 3)):
        yield Event(
            event_type="api.request",
            id=f"{key}-{number}",
            timestamp=start + timedelta(minutes=1 + 2 * number),
            endpoint="/search",
            method="GET",
            status_code=200,
            duration_ms=round(180 * dice.lognormvariate(0, 0.5), 2),
            **about,
        )
    if dice.random() < 0.25:
        yield Event(
            event_type="message.sent",
            id=f"{key}-said",
            timestamp=start + timedelta(minutes=8),
            role="user",
            conversation_id=_TALK,
            message_id=f"{key}-said",
            message_type="text",
            message_length=int(dice.lognormvariate(4, 0.8)),
            **about,
        )
