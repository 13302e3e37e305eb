"""Job outcomes: how jobs end, how long they take and what they fail of."""

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

STATUSES = ("success", "failed", "timeout", "cancelled")
TOP_CODES = 5


class JobOutcomesOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which jobs."""

    job_type: Annotated[str, Meta(description="Only jobs of this type.")] | None = None


class ErrorCode(Struct, frozen=True, kw_only=True):
    """A code, and how many jobs ended with it."""

    error_code: str
    count: int


class JobOutcome(Struct, frozen=True, kw_only=True):
    """The jobs of one type; null is of those that name none.

    `other` ended in a way of their own, `success_rate` is a percentage of all. Averages are over
    the jobs that carry the figure, `p95_duration_ms` is by nearest rank.
    """

    job_type: str | None
    total: int
    success: int
    failed: int
    timeout: int
    cancelled: int
    other: int
    success_rate: float
    avg_duration_ms: float | None
    p95_duration_ms: float | None
    avg_retries: float | None
    top_error_codes: list[ErrorCode] = []


class JobOutcomes(Answer, frozen=True, kw_only=True):
    """Job types by how many jobs there were."""

    jobs: list[JobOutcome]
    total_jobs: int


class _Code(Struct, frozen=True, kw_only=True):
    job_type: str | None
    error_code: str
    count: int


def read(ask: Ask) -> JobOutcomes:
    """Every type with the codes it fails of most."""
    codes: dict[str | None, list[ErrorCode]] = {}
    for one in ask.rows("error_codes", _Code, most=TOP_CODES):
        code = ErrorCode(error_code=one.error_code, count=one.count)
        codes.setdefault(one.job_type, []).append(code)
    jobs = [
        replace(one, top_error_codes=codes.get(one.job_type, []))
        for one in ask.rows("jobs", JobOutcome, statuses=list(STATUSES))
    ]
    return JobOutcomes(**ask.stamp(), jobs=jobs, total_jobs=sum(one.total for one in jobs))


report = Report(
    path="metrics/job-outcomes",
    summary="How jobs end, by type",
    answer=JobOutcomes,
    read=read,
    table="jobs",
    window="24h",
    longest=("hours", 168),
    options=JobOutcomesOptions,
)
