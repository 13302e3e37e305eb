"""API performance: how fast each endpoint answers, how often it fails and how much it moves."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

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


class _Group(Struct, frozen=True, kw_only=True):
    """What is added up of requests; `percentiles` are the 50th, 95th and 99th."""

    endpoint: str | None = None
    method: str | None = None
    request_count: int = 0
    timed_count: int = 0
    duration_ms: Decimal | None = None
    shortest_ms: float | None = None
    longest_ms: float | None = None
    percentiles: list[float] | None = None
    error_count: int = 0
    bytes_in: int | None = None
    bytes_out: int | None = None


def read(ask: Ask) -> ApiPerformance:
    """All groups, and all of them put together."""
    groups = ask.rows("requests", _Group)
    whole = _Group(
        request_count=sum(one.request_count for one in groups),
        timed_count=sum(one.timed_count for one in groups),
        duration_ms=_over(sum, (one.duration_ms for one in groups)),
        shortest_ms=_over(min, (one.shortest_ms for one in groups)),
        longest_ms=_over(max, (one.longest_ms for one in groups)),
        percentiles=ask.values("total")["percentiles"],
        error_count=sum(one.error_count for one in groups),
        bytes_in=_over(sum, (one.bytes_in for one in groups)),
        bytes_out=_over(sum, (one.bytes_out for one in groups)),
    )
    return ApiPerformance(
        **ask.stamp(), endpoints=[_requests(one) for one in groups], total=_requests(whole)
    )


def _over(put_together: Callable[[list[Any]], Any], values: Iterable[Any]) -> Any:
    """`put_together` those that are there; None where none is."""
    known = [one for one in values if one is not None]
    return put_together(known) if known else None


def _requests(group: _Group) -> Requests:
    count, timed, duration = group.request_count, group.timed_count, group.duration_ms
    p50, p95, p99 = group.percentiles or (None, None, None)
    return Requests(
        endpoint=group.endpoint,
        method=group.method,
        request_count=count,
        avg_response_time_ms=None if duration is None else float(duration) / timed,
        min_response_time_ms=group.shortest_ms,
        max_response_time_ms=group.longest_ms,
        p50_response_time_ms=p50,
        p95_response_time_ms=p95,
        p99_response_time_ms=p99,
        error_count=group.error_count,
        error_rate=100 * group.error_count / count if count else None,
        bytes_in=group.bytes_in,
        bytes_out=group.bytes_out,
    )


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
