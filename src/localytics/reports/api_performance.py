"""API performance: how fast each endpoint answers, how often it fails and how much it moves."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class ApiPerformanceOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which endpoint."""

    endpoint: Annotated[str, Meta(description="Only this endpoint, as `/items/{id}`.")] | None = (
        None
    )


class Requests(Struct, frozen=True, kw_only=True):
    """The requests of one endpoint with one method; null is those that name none, or all together.

    Times are over the requests that have one, percentiles by nearest rank, bytes over those that
    say; `error_rate` is a percentage of all.
    """

    endpoint: str | None = None
    method: str | None = None
    request_count: int = 0
    avg_response_time_ms: float | None = None
    min_response_time_ms: float | None = None
    max_response_time_ms: float | None = None
    p50_response_time_ms: float | None = None
    p95_response_time_ms: float | None = None
    p99_response_time_ms: float | None = None
    error_count: int = 0
    error_rate: float | None = None
    bytes_in: int | None = None
    bytes_out: int | None = None


class ApiPerformance(Answer, frozen=True, kw_only=True):
    """Endpoints by how much is asked of them, and all of them together."""

    endpoints: list[Requests]
    total: Requests


class _Group(Requests, frozen=True, kw_only=True):
    is_total: bool


def read(ask: Ask) -> ApiPerformance:
    """All groups, and among them that of everything."""
    groups = ask.rows("requests", _Group)
    return ApiPerformance(
        **ask.stamp(),
        endpoints=[_requests(one) for one in groups if not one.is_total],
        total=next((_requests(one) for one in groups if one.is_total), Requests()),
    )


def _requests(group: _Group) -> Requests:
    figures = asdict(group)
    del figures["is_total"]
    return Requests(**figures)


report = Report(
    path="metrics/api-performance",
    summary="Speed, errors and bytes of each endpoint",
    answer=ApiPerformance,
    read=read,
    table="endpoints",
    window="24h",
    longest=("hours", 168),
    options=ApiPerformanceOptions,
)
