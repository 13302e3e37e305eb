"""Recorded: the counters, gauges and histograms that apps recorded since the start, for Prometheus.

Read from the store each time they are asked for, as far as they were not read before; so an event
that was sent twice counts once here too. Counters and histograms begin at 0 with the service, which
Prometheus takes for what it is. A counter is told as it came, since it counts up in its sender; one
that sends what it adds (`temporality: delta`) is added up here.
"""

import json
import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import Struct

from localytics.query.reader import Reader

if TYPE_CHECKING:
    from prometheus_client.core import Metric

Kind = Literal["counter", "gauge", "histogram"]
Labels = tuple[tuple[str, str], ...]

STEPS = tuple(float(f"{digit}e{power}") for power in range(-3, 6) for digit in (1, 2.5, 5))
_STEPS = (*(f"{step:g}" for step in STEPS), "+Inf")
_SLICE = 100_000
_NOT_OF_NAMES = re.compile(r"[^a-zA-Z0-9_]")
_ENDINGS = {
    "counter": ("", "_total", "_created"),
    "gauge": ("",),
    "histogram": ("", "_bucket", "_sum", "_count", "_created"),
}
_KINDS = tuple(_ENDINGS)  # to be compared with: what was sent may be a list, or anything
_decode = json.JSONDecoder(parse_int=str, parse_float=str).decode  # as they are written
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LAST = "select coalesce(max(seq), 0) from events"
_NEXT = """
select category, value, metadata, source, device_id, timestamp
from events
where seq > $after and seq <= $upto and event_type = 'metric.recorded'
order by seq
"""


class _Reading(NamedTuple):
    """What an app recorded once."""

    name: str | None
    value: float | None
    metadata: str | None
    source: str | None
    device_id: str | None
    at: datetime


class _Series:
    """What became of one combination of labels."""

    __slots__ = ("at", "counts", "total")

    def __init__(self, kind: Kind) -> None:
        self.total = 0.0
        self.counts = [0] * (len(STEPS) + 1) if kind == "histogram" else []
        self.at: datetime | None = None

    def add(self, kind: Kind, value: float, at: datetime, *, is_total: bool) -> None:
        if kind == "histogram":
            self.counts[bisect_left(STEPS, value)] += 1
        if kind == "histogram" or (kind == "counter" and not is_total):
            self.total += value
        elif self.at is None or at >= self.at:  # a late one says nothing about now
            self.total, self.at = value, at


class _Family(Struct, kw_only=True):
    """A metric: its name as it was recorded, and its series by their labels."""

    recorded: str
    kind: Kind
    series: dict[Labels, _Series]


class Recorded:
    """At most `most_series` of them; what others recorded is `left_out`, in events,
    as is what no counter can count. Where there were `removals` of events, what is left is read
    anew.
    """

    def __init__(self, reader: Reader, most_series: int, removals: Callable[[], int]) -> None:
        self._reader = reader
        self._most = most_series
        self._lock = threading.Lock()
        self._families: dict[str, _Family] = {}
        self._taken: set[str] = set()
        self._series = 0
        self._since: int = reader.figures(_LAST)[0]
        self._read = self._since
        self._removals = removals
        self._removed = removals()
        self.left_out = 0

    def collect(self) -> Iterator["Metric"]:
        """Every metric, up to the last event that is stored. Raises what a reader raises."""
        with self._lock:
            self._catch_up()
            for name, family in sorted(self._families.items()):
                yield _metric(name, family)

    def _catch_up(self) -> None:
        if (removals := self._removals()) != self._removed:
            self._removed = removals
            self._families, self._taken, self._series = {}, set(), 0
            self._read, self.left_out = self._since, 0
        last: int = self._reader.figures(_LAST)[0]
        while self._read < last:
            upto = min(self._read + _SLICE, last)
            for row in self._reader.rows(_NEXT, {"after": self._read, "upto": upto}):
                self._add(_Reading(*row))
            self._read = upto

    def _add(self, reading: "_Reading") -> None:
        told: dict[str, Any] = _decode(reading.metadata) if reading.metadata else {}
        kind, name, value = told.get("metric_type"), reading.name, reading.value
        if not name or value is None or kind not in _KINDS:
            return  # sent as a plain event, and not as a metric
        labels = told.get("labels")
        labels = labels if isinstance(labels, dict) else {}
        if kind == "counter" and value < 0:
            self.left_out += 1  # a counter that goes down is one that began anew
            return
        labels = _labels(labels, reading.source, reading.device_id)
        series = self._series_of(name, kind, labels)
        if series is None:
            self.left_out += 1
        else:
            is_total = told.get("temporality") != "delta"
            series.add(kind, value, reading.at, is_total=is_total)

    def _series_of(self, recorded: str, kind: Kind, labels: Labels) -> _Series | None:
        """Its series; None where there are too many, or another metric has its name."""
        name = _name(recorded, kind)
        family = self._families.get(name)
        if family is None:
            names = {name + ending for ending in _ENDINGS[kind]}
            if self._series >= self._most or names & self._taken:
                return None
            self._taken |= names
            family = _Family(recorded=recorded, kind=kind, series={})
            self._families[name] = family
        if (family.recorded, family.kind) != (recorded, kind):
            return None
        series = family.series.get(labels)
        if series is None and self._series < self._most:
            self._series += 1
            series = family.series[labels] = _Series(kind)
        return series


def _metric(name: str, family: _Family) -> "Metric":
    from prometheus_client.core import Metric  # noqa: PLC0415  (a start need not wait for it)

    metric = Metric(name, f"Recorded as {family.recorded}", family.kind)
    for labels, series in family.series.items():
        if family.kind == "histogram":
            counts = [*accumulate(series.counts)]
            for step, count in zip(_STEPS, counts, strict=True):
                metric.add_sample(f"{name}_bucket", {**dict(labels), "le": step}, count)
            metric.add_sample(f"{name}_count", dict(labels), counts[-1])
            metric.add_sample(f"{name}_sum", dict(labels), series.total)
        else:
            ending = "_total" if family.kind == "counter" else ""
            metric.add_sample(name + ending, dict(labels), series.total)
    return metric


def _name(recorded: str, kind: Kind) -> str:
    """As Prometheus spells names; the service's own begin with `localytics_`, and no other does."""
    name = _NOT_OF_NAMES.sub("_", recorded)
    if not name[0].isalpha() or name.startswith("localytics_"):
        name = f"recorded_{name}"
    return name.removesuffix("_total") if kind == "counter" else name


def _labels(labels: dict[str, Any], source: str | None, device_id: str | None) -> Labels:
    found = {"source": source, "device_id": device_id, **labels}
    spelt: dict[str, str] = {}
    for name, value in sorted(found.items()):
        label = _NOT_OF_NAMES.sub("_", name)
        if not label or not label[0].isalpha() or label == "le":
            label = f"label_{label}"
        while label in spelt:
            label += "_"
        if value is not None:
            spelt[label] = value if isinstance(value, str) else _encode(value)
    return tuple(sorted(spelt.items()))
