"""Operations: random events of what collectors send, and what tests of their reports share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import Phase, settings

from localytics.configuration import load
from localytics.query.report import catalogue
from localytics.store import Store
from tests.conftest import Recorder
from tests.counted import Counted
from tests.differences import differences
from tests.recount import Recount
from tests.reports.figures import figures
from tests.reports.test_every_figure import TURNS, ZONES, forget, near

Make = Callable[[Random], dict[str, Any]]
examples = settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed can't be shrunk
    print_blob=True,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """One store for all examples of a module."""
    folder = tmp_path_factory.mktemp("operations")
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})) as store:
        yield Recorder(store)


@dataclass(frozen=True)
class Case:
    """What is stored, what is asked and when."""

    report: str
    words: dict[str, Any]
    now: datetime
    recount: Recount
    got: dict[str, Any]

    @property
    def events(self) -> list[Counted]:
        """Those of the window that the filters let through, in the order of time."""
        return sorted(self.recount.events, key=lambda event: event.at)

    def equals(self, expected: dict[str, Any]) -> None:
        assert differences(self.got, expected) == [], self.words


def case(
    shared: Recorder,
    report: str,
    seed: int,
    make: Make,
    words: dict[str, Any] | None = None,
    *,
    fixed: list[dict[str, Any]] | None = None,
) -> Case:
    """Store random events around a turn of some clock and ask `report` about a window there."""
    random = Random(seed)
    turn, zone = random.choice(TURNS), random.choice(ZONES)
    now = turn + random.choice([timedelta(0), timedelta(minutes=20), timedelta(hours=5)])
    events = [*(fixed or [])]
    for _ in range(random.choice([3, 25, 60])):
        at = min(near(random, turn), now + timedelta(hours=20))
        made = make(random) | {"timestamp": at.isoformat()}
        events.append({name: value for name, value in made.items() if value is not None})
    start = near(random, turn)
    length = timedelta(seconds=random.choice([1, 1800, 3600, 90_000, 160 * 3600]))
    windows: list[dict[str, Any]] = [
        {},
        {"hours": random.choice([1, 24, 25, 168])},
        {"time_range": "7d"},
        {"start_date": start.isoformat(), "end_date": (start + length).isoformat()},
    ]
    asked = random.choice(windows) | (words or {}) | {"timezone": zone}
    if random.random() < 0.3:
        asked["source"] = "app"
    forget(shared)
    with time_machine.travel(now, tick=False):
        half = len(events) // 2
        shared.record(*events[:half])
        if random.random() < 0.5:
            shared.store.rolling.roll_up()
        shared.record(*events[half:])
        got = figures(shared, report, asked)
    recount = Recount(events, asked, catalogue()[report].window, now)
    return Case(report, asked, now, recount, got)


def nearest_rank(values: list[Any], percent: int) -> Any:
    """The smallest value that so many percent of all do not exceed; None of none."""
    for place, value in enumerate(sorted(values), start=1):
        if Fraction(place, len(values)) >= Fraction(percent, 100):
            return value
    return None


def mean(values: list[Any]) -> Fraction | None:
    return Fraction(sum(map(Fraction, values)), len(values)) if values else None


def present(events: list[Counted], field: str) -> list[Any]:
    """The values of the events that carry the field."""
    return [event[field] for event in events if event[field] is not None]


def in_metadata(events: list[Counted], name: str) -> list[Any]:
    """The values of the events whose metadata has the name."""
    found = [(event["metadata"] or {}).get(name) for event in events]
    return [value for value in found if value is not None]


def grouped(events: list[Counted], key: Callable[[Counted], Any]) -> dict[Any, list[Counted]]:
    groups: dict[Any, list[Counted]] = {}
    for event in events:
        groups.setdefault(key(event), []).append(event)
    return groups


def most(counts: dict[Any, int]) -> list[tuple[Any, int]]:
    """The most frequent first, of equals by name, None last."""
    return sorted(counts.items(), key=lambda one: (-one[1], one[0] is None, one[0] or ""))


def ms(start: datetime, end: datetime) -> float:
    return (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(milliseconds=1)
