"""Metric: one metric over time, each type of it as that type is read.

A `counter` counts up since its sender began: what it adds is the difference to the reading before,
and a reading below that one means that the sender began anew, from 0. Readings are told apart by
their labels, `source` and `device_id`, and what each added is worked out over all of its series;
labels that are asked for and filters then choose which of them count. The first reading ever of a
counter counts from 0. One that comes so late that retention has removed what came after it counts
for nothing, since nobody knows what it added, and the answer is not `exact`. A counter whose
metadata says `temporality: delta` sends what it adds instead.

What retention has removed of a metric is still there by 15 minutes, sums and extremes exact and the
percentiles of a histogram within 1 %.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import asdict

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

_DAY = timedelta(days=1)
_EVER = "1970-01-01"


class MetricOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which metric, and which of its readings."""

    metric_name: Annotated[str, Meta(description="The metric.")]
    labels: Annotated[
        dict[str, str], Meta(description="Only readings with this label: `labels.host=a`.")
    ] = {}


class CounterPoint(Struct, frozen=True, kw_only=True):
    """What was added in one bucket, and how much that is a second of what the window has of it."""

    timestamp: datetime
    sum: float
    rate: float | None


class Counter(Struct, frozen=True, kw_only=True):
    """What was added in the window, and how much that is a second."""

    sum: float
    rate: float | None
    points: list[CounterPoint]


class GaugePoint(Struct, frozen=True, kw_only=True):
    """The readings of one bucket; null where there is none."""

    timestamp: datetime
    last: float | None = None
    min: float | None = None
    max: float | None = None
    avg: float | None = None


class Gauge(Struct, frozen=True, kw_only=True):
    """The readings of the window."""

    last: float | None
    min: float | None
    max: float | None
    avg: float | None
    points: list[GaugePoint]


class HistogramPoint(Struct, frozen=True, kw_only=True):
    """The values of one bucket, percentiles by nearest rank."""

    timestamp: datetime
    count: int = 0
    sum: float = 0.0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Histogram(Struct, frozen=True, kw_only=True):
    """The values of the window, percentiles by nearest rank."""

    count: int
    sum: float
    p50: float | None
    p95: float | None
    p99: float | None
    points: list[HistogramPoint]


class Metric(Answer, frozen=True, kw_only=True):
    """Null is a type that the metric has never had. Points are there for every bucket."""

    metric_name: str
    counter: Counter | None
    gauge: Gauge | None
    histogram: Histogram | None


class Row(Struct, frozen=True, kw_only=True):
    """A row of the table: one bucket of one type, with the figures which that type has."""

    metric_type: str
    timestamp: datetime
    count: int | None = None
    sum: float | None = None
    rate: float | None = None
    last: float | None = None
    min: float | None = None
    max: float | None = None
    avg: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class _Added(Struct, frozen=True, kw_only=True):
    added: float
    unknown: int  # readings of which it is not known what they add
    firsts: int  # readings before which there may be others that were not looked at


class _End(Struct, frozen=True, kw_only=True):
    """The last reading of a counter before an instant."""

    series: int
    source: str | None
    device_id: str | None
    timestamp: str
    seq: int
    value: float


class _Kind(Struct, frozen=True, kw_only=True):
    metric_type: str


def read(ask: Ask) -> Metric:
    """The series of each type; NotFound for a metric that was never recorded."""
    kinds = ask.ever("kinds", "metric_name")
    if ask.has_archive:
        kinds |= {one.metric_type for one in ask.rows("removed_kinds", _Kind)}
    if not kinds:
        raise NotFound(
            "There is no such metric",
            hint="No value of that name was ever recorded.",
            field="metric_name",
        )
    values = {"wanted": [[name, value] for name, value in _labels(ask)]}
    counter = _counter(ask, values) if "counter" in kinds else None
    return Metric(
        **ask.stamp(),
        metric_name=ask.options.metric_name,
        counter=counter,
        gauge=_gauge(ask, values) if "gauge" in kinds else None,
        histogram=_histogram(ask, values) if "histogram" in kinds else None,
    )


def _labels(ask: Ask) -> list[tuple[str, str]]:
    labels: dict[str, str] = ask.options.labels
    return sorted(labels.items())


def _counter(ask: Ask, values: dict[str, Any]) -> Counter:
    start, end = ask.window.start, ask.window.end
    ask.fleeting = True  # how much of the first and the last bucket there is, moves
    points = []
    for (since, until), found in zip(ask.periods, _added(ask, values), strict=True):
        added = _total(one.added for one in found)
        rate = _rate(added, min(until, end) - max(since, start))
        points.append(CounterPoint(timestamp=ask.local(since), sum=added, rate=rate))
        ask.complete = ask.complete and not any(one.unknown for one in found)
    whole = _total(point.sum for point in points)
    return Counter(sum=whole, rate=_rate(whole, end - start), points=points)


def _added(ask: Ask, values: dict[str, Any]) -> list[list[_Added]]:
    """What readings added, bucket by bucket.

    Where each counter of the window was read in the day before as well, no more of its past has to
    be looked at. Else it is worked out, and from then on remembered, where all of them stood before
    that.
    """
    start = ask.window.start.astimezone(UTC)
    if ask.oldest is None or start <= ask.oldest:
        return ask.rows_by_bucket("counter", _Added, **values, **_known([]), since=_EVER)
    midnight = _text(start.replace(hour=0, minute=0, second=0, microsecond=0))
    key = ("ends", ask.options.metric_name, midnight)
    if not ask.remembers(key):
        since = _text(start - _DAY)
        found = ask.rows_by_bucket("counter", _Added, **values, **_known([]), since=since)
        if not any(one.firsts for bucket in found for one in bucket):
            return found

    def read_on(after: int, ends: list[_End]) -> list[_End]:
        return ask.rows("ends", _End, **_known(ends), after=after, before=midnight)

    ends = ask.remembered(key, read_on, list[_End]())
    return ask.rows_by_bucket("counter", _Added, **values, **_known(ends), since=midnight)


def _text(instant: datetime) -> str:
    """Not as an instant, because that would be an edge which moves with the clock."""
    return instant.replace(tzinfo=None).isoformat()


def _known(ends: list[_End]) -> dict[str, Any]:
    """What the statements bind of where counters stood."""
    return {f"end_{name}": [getattr(end, name) for end in ends] for name in _End.__struct_fields__}


def _total(added: Iterable[float]) -> float:
    """Their sum; infinite, which an answer says as null, where no float is so large."""
    try:
        return math.fsum(added)
    except OverflowError:
        return math.inf


def _rate(added: float, time: timedelta) -> float | None:
    return added / time.total_seconds() if time else None


def _gauge(ask: Ask, values: dict[str, Any]) -> Gauge:
    points, whole = ask.series_and_whole("gauge", GaugePoint, **values)
    return Gauge(**whole, points=points)


def _histogram(ask: Ask, values: dict[str, Any]) -> Histogram:
    points, whole = ask.series_and_whole("histogram", HistogramPoint, **values)
    if ask.has_archive:
        ask.complete = ask.complete and not ask.values("sketched", **values)["sketched"]
    return Histogram(**whole, points=points)


def _table(answer: Metric) -> tuple[type[Struct], list[Row]]:
    return Row, [
        Row(metric_type=name, **asdict(point))
        for name in ("counter", "gauge", "histogram")
        if (series := getattr(answer, name)) is not None
        for point in series.points
    ]


report = Report(
    path="analytics/metric/{metric_name}",
    summary="One metric over time",
    answer=Metric,
    read=read,
    table=_table,
    window="24h",
    grain="hour",
    options=MetricOptions,
)
