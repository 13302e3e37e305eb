"""Device metrics: what a device measured, reading by reading."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class DeviceMetricsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which figure."""

    metric: Annotated[str, Meta(description="Only this metric, as `cpu_percent`.")] | None = None


class Reading(Struct, frozen=True, kw_only=True):
    """One stored point."""

    timestamp: datetime
    value: float


class DeviceMetrics(Answer, frozen=True, kw_only=True):
    """The stored points of each metric in order of time.

    Readings that changed nothing are not stored, so the last one stands until the next.
    """

    device_id: str
    metrics: dict[str, list[Reading]]


class Point(Struct, frozen=True, kw_only=True):
    """A row of the table: one stored point of one metric."""

    metric: str
    timestamp: datetime
    value: float


def read(ask: Ask) -> DeviceMetrics:
    """All points, by metric; NotFound for a device that no event names, whenever it was."""
    metrics: dict[str, list[Reading]] = {}
    for one in ask.rows("points", Point):
        reading = Reading(timestamp=one.timestamp, value=one.value)
        metrics.setdefault(one.metric, []).append(reading)
    if not metrics and not ask.values("known")["known"]:
        raise NotFound(
            "There is no such device", hint="No event of any time names it.", field="device_id"
        )
    return DeviceMetrics(
        **ask.stamp(), device_id=ask.question.filters["device_id"], metrics=metrics
    )


def _table(answer: DeviceMetrics) -> tuple[type[Struct], list[Point]]:
    return Point, [
        Point(metric=metric, timestamp=one.timestamp, value=one.value)
        for metric, readings in answer.metrics.items()
        for one in readings
    ]


report = Report(
    path="metrics/device-metrics/{device_id}",
    summary="What a device measured",
    answer=DeviceMetrics,
    read=read,
    table=_table,
    window="24h",
    longest=("hours", 720),
    options=DeviceMetricsOptions,
)
