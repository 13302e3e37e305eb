"""Metrics: how the service itself is doing, and what apps recorded, for Prometheus.

Everything is read when it is asked for; nothing is kept here (see recorded). What counts since the
start is a counter, what may go down a gauge; times are seconds, sizes bytes.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from localytics.errors import LocalyticsError
from localytics.present.recorded import Recorded
from localytics.present.status import status_of
from localytics.query.reader import Reader
from localytics.query.timings import STEPS
from localytics.receive.intake import Intake
from localytics.store import Store

MEDIA_TYPE = CONTENT_TYPE_LATEST.partition("; charset=")[0]  # which Litestar adds
_STEPS = (*(f"{step:g}" for step in STEPS), "+Inf")


def exposition(store: Store, intake: Intake, recorded: Recorded, started: datetime) -> bytes:
    """All of it, and what apps `recorded`, in the text format; where the store can't be read, what
    can be said without.
    """
    registry = CollectorRegistry()
    registry.register(_Service(store, intake, recorded, started))
    return generate_latest(registry)


class _Service(Collector):
    def __init__(self, store: Store, intake: Intake, recorded: Recorded, started: datetime) -> None:
        self._store = store
        self._intake = intake
        self._recorded = recorded
        self._started = started

    def describe(self) -> Iterable[Metric]:
        return ()  # what is not asked for is not read

    def collect(self) -> Iterator[Metric]:
        yield from _of_intake(self._intake)
        yield from _of_writer(self._store)
        yield from _of_reader(self._store.reader)
        try:
            yield from _of_store(self._store, self._started)
            yield from self._recorded.collect()
        except LocalyticsError:
            yield _gauge("store_readable", "Whether the store could be read just now", 0)
        else:
            yield _gauge("store_readable", "Whether the store could be read just now", 1)
        yield _counter(
            "recorded_left_out",
            "Recorded metrics that are not shown: too many series, or a name that is taken",
            self._recorded.left_out,
        )


def _of_intake(intake: Intake) -> Iterator[Metric]:
    yield _counter("ingest_requests", "Requests that brought events", intake.requests)
    events = CounterMetricFamily(
        "localytics_ingest_events", "Events that came, by what became of them", labels=["outcome"]
    )
    for outcome, count in intake.events.items():
        events.add_metric([outcome], count)
    yield events
    refused = CounterMetricFamily(
        "localytics_ingest_refused", "Batches that could not be stored, by error", labels=["code"]
    )
    for code, count in intake.refused.items():
        refused.add_metric([code], count)
    yield refused


def _of_writer(store: Store) -> Iterator[Metric]:
    yield _gauge("writer_running", "Whether events can be stored", store.writer.running)
    yield _gauge("queue_bytes", "Events that wait to be stored", store.writer.waiting_bytes)


def _of_reader(reader: Reader) -> Iterator[Metric]:
    seconds = HistogramMetricFamily(
        "localytics_query_seconds", "Answers worked out, by report", labels=["report"]
    )
    for report, timing in sorted(reader.timings.so_far().items()):
        counts = zip(_STEPS, accumulate(timing.counts), strict=True)
        seconds.add_metric([report], [*counts], timing.seconds)
    yield seconds
    if reader.memory is not None:
        hits, misses = reader.memory.hits, reader.memory.misses
        yield _counter("answers_remembered", "Answers told again", hits)
        yield _counter("answers_worked_out", "Answers that were not remembered", misses)


def _of_store(store: Store, started: datetime) -> Iterator[Metric]:
    status = status_of(store, started, [])
    rollup, retention = status.rollup, status.retention
    yield _gauge("uptime_seconds", "Since the start", status.uptime_seconds)
    yield _gauge("events", "Events stored", status.events)
    yield _gauge("file_bytes", "The file", status.file_bytes)
    yield _gauge("log_bytes", "Its write-ahead log", status.log_bytes)
    if status.memory_bytes is not None:
        yield _gauge("memory_bytes", "Resident memory of the process", status.memory_bytes)
    yield _gauge("rollup_watermark", "Number of the last event rolled up", rollup.watermark)
    yield _gauge("rollup_lag_events", "Events not rolled up yet", rollup.lag_events)
    yield _gauge("rollup_stale", "Days to be rolled up anew", rollup.stale_days)
    yield _counter("audits", "Days counted again from their events", rollup.audited_days)
    yield _counter("drifted_rows", "Rollup rows that an audit found wrong", rollup.drifted_rows)
    yield _counter("retention_removed_events", "Events grown too old", retention.removed_events)
    for name, what, last in (
        ("rollup", "events were rolled up", rollup.last_run),
        ("audit", "a day was audited", rollup.last_audit),
        ("retention", "retention ran", retention.last_run),
    ):
        if last is not None:
            age = (datetime.now(UTC) - last).total_seconds()
            yield _gauge(f"{name}_age_seconds", f"Since {what}", age)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"localytics_{name}", what, value=value)


def _counter(name: str, what: str, value: float) -> Metric:
    return CounterMetricFamily(f"localytics_{name}", what, value=value)
