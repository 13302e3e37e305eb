"""Smart filter: which snapshots of a device's metrics are worth storing, and why.

A snapshot is stored whole, or not at all:

- `first_contact`: nothing is known of the device since the start.
- `significant_change`: a metric moved from its last *stored* value by more than its percentage;
  exactly the percentage is not more, and is counted in decimals, as it was written: 0.7 to 0.735 is
  5 %. From 0 every move counts, as does every change of sign; to 0 is a move of 100 %. A metric
  that is new to the device counts; one that is missing does not, and keeps its last stored value.
- `snapshot`: the last stored one is `snapshot_seconds` old, or this one is older than that.
- `unchanged`: none of these. It is not stored.

A significant change is told as such also when a snapshot is due. `changed` are the metrics that
moved, in the order they were sent; on first contact there is nothing they could have moved from.

Age goes by the snapshots' own time, where they have one, else by when they arrived. One that is
older than the last stored came late: it is stored whatever it says, since what was known at its own
time is known no longer, and what comes next is still held against the newest. So what is not stored
is never further from the stored snapshot before it than the percentage, nor as much as
`snapshot_seconds` after it.

State moves only once a snapshot is durable, one snapshot of a device after the other. Devices that
were not heard of for longest are forgotten, once there are too many.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from fractions import Fraction
from typing import Literal, NamedTuple

from localytics.event import MAX_METADATA_KEYS
from localytics.settings import Device

Reason = Literal["first_contact", "snapshot", "significant_change", "unchanged"]

_TINY = 1e-290  # below, products of floats have no digits left to compare
_DOUBT = 1e-9  # of the old value; floats are far more exact than that


class Last(NamedTuple):
    """What is stored of a device: its newest time (epoch microseconds), each metric's value."""

    at: int
    values: dict[str, float]


class Verdict(NamedTuple):
    """What to do with a snapshot; `last` is what is stored of the device once that is done."""

    stored: bool
    reason: Reason
    changed: tuple[str, ...]
    last: Last


class Remembered:
    """A device. Who changes `last` has it to themselves (see SmartFilter.device)."""

    __slots__ = ("last", "turn", "waiting")

    def __init__(self) -> None:
        self.last: Last | None = None
        self.turn = asyncio.Lock()
        self.waiting = 0


class SmartFilter:
    """The rule of `settings`, and what is remembered of devices. For one event loop."""

    def __init__(self, settings: Device) -> None:
        self._snapshot_us = settings.snapshot_seconds * 1_000_000
        self._percent = settings.change_percent
        self._percent_by_metric = settings.percent_by_metric
        self._most = settings.devices
        self._devices: OrderedDict[str, Remembered] = OrderedDict()

    def __len__(self) -> int:
        """How many devices are remembered."""
        return len(self._devices)

    @asynccontextmanager
    async def device(self, device_id: str) -> AsyncIterator[Remembered]:
        """What is remembered of a device, for one at a time, in the order they asked."""
        device = self._devices.get(device_id)
        if device is None:
            device = self._devices[device_id] = Remembered()
        self._devices.move_to_end(device_id)
        device.waiting += 1
        try:
            async with device.turn:
                yield device
        finally:
            device.waiting -= 1
            self._forget()

    def judge(self, last: Last | None, metrics: Mapping[str, float], at: int) -> Verdict:
        """Whether `metrics` of the time `at` (epoch microseconds) are stored after `last`."""
        if last is None:
            return Verdict(True, "first_contact", (), Last(at, dict(metrics)))
        changed = tuple(
            name
            for name, value in metrics.items()
            if name not in last.values or moved(last.values[name], value, self._percent_of(name))
        )
        age = at - last.at
        if not changed and 0 <= age < self._snapshot_us:
            return Verdict(False, "unchanged", (), last)
        after = last if age < 0 else Last(at, _merged(last.values, metrics))
        return Verdict(True, "significant_change" if changed else "snapshot", changed, after)

    def _percent_of(self, metric: str) -> float:
        return self._percent_by_metric.get(metric, self._percent)

    def _forget(self) -> None:
        while len(self._devices) > self._most:
            idle = next((name for name, one in self._devices.items() if not one.waiting), None)
            if idle is None:
                return
            del self._devices[idle]


def moved(old: float, new: float, percent: float) -> bool:
    """Whether `new` is more than `percent` away from `old`."""
    if old == new:
        return False
    if old == 0 or (old < 0 < new) or (new < 0 < old):
        return True
    size = abs(old)
    over = abs(new - old) - percent / 100 * size
    if size > _TINY and abs(over) > _DOUBT * size:
        return over > 0
    exact = Fraction(repr(old))
    return abs(Fraction(repr(new)) - exact) * 100 > Fraction(repr(percent)) * abs(exact)


def _merged(stored: dict[str, float], metrics: Mapping[str, float]) -> dict[str, float]:
    """Every metric's last stored value; of very many names, those that were stored last."""
    values = {name: value for name, value in stored.items() if name not in metrics} | dict(metrics)
    excess = len(values) - MAX_METADATA_KEYS
    return dict(list(values.items())[excess:]) if excess > 0 else values
