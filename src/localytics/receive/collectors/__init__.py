"""Collectors: what apps of any kind tell, each with a small vocabulary of its own.

A new collector is a file with the struct of its body, and a row here; route, checks and the OpenAPI
document follow from it.
"""

from typing import Annotated

from msgspec import Meta, Struct

from localytics.receive.collectors.device_metrics import DeviceMetrics
from localytics.receive.collectors.device_state_change import DeviceStateChange
from localytics.receive.collectors.error import Error
from localytics.receive.collectors.job_outcome import JobOutcome
from localytics.receive.collectors.metric import Metric
from localytics.receive.collectors.sent import Sent
from localytics.receive.collectors.user_activity import UserActivity


class Collector(Struct, frozen=True, kw_only=True):
    """A collector: what it takes. `noun` is what errors call one of it."""

    path: Annotated[str, Meta(description="Below /api/v1/analytics")]
    body: type[Sent]
    noun: str
    summary: str


COLLECTORS = (
    Collector(
        path="user-activity",
        body=UserActivity,
        noun="a user activity",
        summary="Store what a person did: page views, clicks, searches",
    ),
    Collector(
        path="error",
        body=Error,
        noun="an error",
        summary="Store an error of an app",
    ),
    Collector(
        path="device-state-change",
        body=DeviceStateChange,
        noun="a device state change",
        summary="Store that a device came into another state",
    ),
    Collector(
        path="job-outcome",
        body=JobOutcome,
        noun="a job outcome",
        summary="Store how a job ended",
    ),
    Collector(
        path="device-metrics",
        body=DeviceMetrics,
        noun="device metrics",
        summary="Store a device's figures where they say something new",
    ),
    Collector(
        path="metric",
        body=Metric,
        noun="a metric",
        summary="Store one figure: counter, gauge or histogram",
    ),
)
