"""`/metrics` as Prometheus parses it, and what readiness and status say of the rollups."""

import subprocess
import sys
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.eventually import eventually
from tests.service import Service

GOOD: dict[str, Any] = {"event_type": "page.viewed", "id": "one"}


def samples(service: Service) -> dict[str, float]:
    """Every sample by its name and labels: `name{label=value}`."""
    answer = service.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=1.0.0; charset=utf-8"
    found = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.name.startswith("localytics_")
        assert family.documentation
        for name, labels, value, *_ in family.samples:
            inner = ",".join(f"{label}={said}" for label, said in sorted(labels.items()))
            found[f"{name}{{{inner}}}" if inner else name] = value
    return found


def events(service: Service) -> dict[str, float]:
    found = samples(service)
    outcomes = ("accepted", "duplicate", "updated", "rejected")
    return {one: found[f"localytics_ingest_events_total{{outcome={one}}}"] for one in outcomes}


def test_what_came_in_is_counted_by_what_became_of_it(service: Service) -> None:
    none = {"accepted": 0, "duplicate": 0, "updated": 0, "rejected": 0}
    assert events(service) == none
    service.post("/api/v1/events", json=GOOD)
    service.post("/api/v1/events", json=[GOOD, {"event_type": "b"}, {"event_type": ""}])
    assert events(service) == {"accepted": 2, "duplicate": 1, "updated": 0, "rejected": 1}
    assert service.post("/api/v1/events", json=[{}, {}, {"a": 1}]).status_code == 400
    assert service.post("/api/v1/events", json={"event_type": ""}).status_code == 400
    assert service.post("/api/v1/events", content=b"{}").status_code == 415  # no event at all
    answer = {"event_type": "message.sent", "id": "m", "timestamp": 1_740_000_000_000}
    for tokens in (1, 2):
        told = [answer | {"output_tokens": tokens}]
        assert service.post("/api/v1/events?replay=true", json=told).status_code == 200
    assert events(service) == {"accepted": 3, "duplicate": 1, "updated": 1, "rejected": 5}
    found = samples(service)
    assert found["localytics_ingest_requests_total"] == 7
    assert found["localytics_events"] == 3
    assert found["localytics_queue_bytes"] == 0
    assert found["localytics_writer_running"] == found["localytics_store_readable"] == 1
    assert found["localytics_log_bytes"] + found["localytics_file_bytes"] > 0


def test_answers_are_timed_by_report(service: Service) -> None:
    assert not [name for name in samples(service) if name.startswith("localytics_query_seconds_")]
    for days in (1, 2, 3):
        service.get("/api/v1/analytics/usage", params={"days": days})
    service.get("/api/v1/analytics/costs")
    service.get("/api/v1/analytics/costs", params={"days": 0})  # no question
    found = samples(service)
    assert found["localytics_query_seconds_count{report=usage}"] == 3
    assert found["localytics_query_seconds_count{report=costs}"] == 1
    assert found["localytics_query_seconds_bucket{le=+Inf,report=usage}"] == 3
    assert found["localytics_query_seconds_sum{report=usage}"] > 0


def test_rollups_tell_how_far_they_are(service: Service) -> None:
    eventually(
        lambda: service.get("/api/v1/status").json()["rollup"]["last_run"], "the first rollup"
    )
    before = samples(service)
    service.post("/api/v1/events", json=[GOOD, {"event_type": "b"}])
    assert service.post("/api/v1/analytics/aggregate").status_code == 200
    service.post("/api/v1/events", json={"event_type": "c"})
    status = service.get("/api/v1/status").json()
    rollup = status["rollup"]
    found = samples(service)
    assert rollup["watermark"] + rollup["lag_events"] == status["last_seq"] == 3
    assert (rollup["stale_days"], rollup["drifted_rows"]) == (0, 0)
    assert rollup["watermark"] == found["localytics_rollup_watermark"] == 2
    assert rollup["lag_events"] == found["localytics_rollup_lag_events"] == 1
    assert found["localytics_drifted_rows_total"] == 0
    assert status["retention"]["removed_events"] == 0
    assert found["localytics_retention_removed_events_total"] == 0
    age = service.get("/readyz").json()["last_rollup_age_seconds"]
    assert 0 <= age <= found["localytics_uptime_seconds"] + 60
    assert found["localytics_rollup_age_seconds"] >= 0
    assert before["localytics_events"] == 0


def test_a_start_does_not_wait_for_the_metrics_library() -> None:
    code = "import sys, localytics.app; sys.exit('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
