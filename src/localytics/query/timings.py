"""Timings: how long things took, counted by name in steps of seconds."""

import threading
from bisect import bisect_left
from collections.abc import Mapping

from msgspec import Struct

STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Timing(Struct, kw_only=True):
    """How many took up to each of STEPS and no less than the one before, the last even longer; and
    `seconds` of all together."""

    counts: list[int]
    seconds: float = 0.0


class Timings:
    """Any thread may add."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_name: dict[str, Timing] = {}

    def add(self, name: str, seconds: float) -> None:
        """Count one that took `seconds`."""
        with self._lock:
            timing = self._by_name.get(name)
            if timing is None:
                timing = self._by_name[name] = Timing(counts=[0] * (len(STEPS) + 1))
            timing.counts[bisect_left(STEPS, seconds)] += 1
            timing.seconds += seconds

    def so_far(self) -> Mapping[str, Timing]:
        """By name, as it stands."""
        with self._lock:
            return {
                name: Timing(counts=[*timing.counts], seconds=timing.seconds)
                for name, timing in self._by_name.items()
            }
