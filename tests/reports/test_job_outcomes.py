from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Recorder
from tests.counted import Counted
from tests.reports.operations import (
    case,
    examples,
    grouped,
    in_metadata,
    mean,
    most,
    nearest_rank,
    present,
    shared,
)

__all__ = ["shared"]
STATUSES = ("success", "failed", "timeout", "cancelled")


def job(random: Random) -> dict[str, Any]:
    metadata = {
        name: value
        for name, value in {
            "error_code": random.choice([None, "E1", "E2", "E3", "E4", "E5", "E6", "E7", "Ü"]),
            "retry_count": random.choice([None, 0, 1, 5]),
        }.items()
        if value is not None
    }
    return {
        "event_type": random.choice(["job.finished"] * 5 + ["job.started"]),
        "source": random.choice([None, "app"]),
        "category": random.choice(["backup", "backup", "sync", None]),
        "status": random.choice([*STATUSES, "success", "paused", None]),
        "duration_ms": random.choice([None, random.randrange(80_000) / 8]),
        "metadata": random.choice([None, metadata, metadata]),
    }


def figures(job_type: str | None, found: list[Counted]) -> dict[str, Any]:
    by_status = {status: sum(one["status"] == status for one in found) for status in (*STATUSES,)}
    codes = grouped([one for one in found if in_metadata([one], "error_code")], code_of)
    return {
        "job_type": job_type,
        "total": len(found),
        **by_status,
        "other": len(found) - sum(by_status.values()),
        "success_rate": mean([100 * (one["status"] == "success") for one in found]),
        "avg_duration_ms": mean(present(found, "duration_ms")),
        "p95_duration_ms": nearest_rank(present(found, "duration_ms"), 95),
        "avg_retries": mean(in_metadata(found, "retry_count")),
        "top_error_codes": [
            {"error_code": code, "count": count}
            for code, count in most({code: len(one) for code, one in codes.items()})[:5]
        ],
    }


def code_of(event: Counted) -> Any:
    return event["metadata"]["error_code"]


@examples
@given(seed=st.integers(0, 2**32), job_type=st.sampled_from([None, None, "sync", "none"]))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int, job_type: str | None) -> None:
    asked = {} if job_type is None else {"job_type": job_type}
    found = case(shared, "job_outcomes", seed, job, asked)
    jobs = [
        one
        for one in found.events
        if one["event_type"] == "job.finished" and job_type in (None, one["category"])
    ]
    groups = grouped(jobs, lambda one: one["category"])
    ranked = most({name: len(group) for name, group in groups.items()})
    found.equals(
        {"jobs": [figures(name, groups[name]) for name, _ in ranked], "total_jobs": len(jobs)}
    )


def test_percentiles_are_by_nearest_rank(recorder: Recorder) -> None:
    job = {"event_type": "job.finished", "timestamp": "2025-03-03T10:00:00Z", "category": "sync"}
    recorder.record(*(job | {"duration_ms": number} for number in range(1, 101)))
    (found,) = recorder.ask("job_outcomes", start_date="2025-03-03", end_date="2025-03-04")["jobs"]
    assert found["p95_duration_ms"] == 95


def test_texts_that_are_no_numbers_count_as_none(recorder: Recorder) -> None:
    job = {"event_type": "job.finished", "timestamp": "2025-03-03T10:00:00Z", "category": "sync"}
    for told in (1, "3", "nan", "inf", "-Infinity", "1e400", "many", None):
        recorder.record(job | {"metadata": {"retry_count": told}})
    (found,) = recorder.ask("job_outcomes", start_date="2025-03-03", end_date="2025-03-04")["jobs"]
    assert (found["total"], found["avg_retries"]) == (8, 2)
