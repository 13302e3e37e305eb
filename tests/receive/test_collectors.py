"""The collectors on a real socket: what each stores, field by field."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from localytics.receive.collectors import COLLECTORS
from tests.receive.messages import MESSAGES, post
from tests.service import Service

COMMON = {
    "id": "one",
    "timestamp": "2026-01-02T03:04:05Z",
    "source": "shop",
    "project_id": "p",
    "session_id": "s",
    "user_id": "ada",
    "device_id": "pi",
}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        "user-activity",
        {
            "activity_type": "search",
            "page_url": "https://shop.example/find/all?q=1#x",
            "element_id": "box",
            "search_query": "shoes",
            "duration_ms": 12.5,
            "extra_data": {"a": [1]},
        },
        {
            "event_type": "user.activity",
            "category": "search",
            "endpoint": "/find/all",
            "duration_ms": 12.5,
            "is_error": False,
        },
        {
            "page_url": "https://shop.example/find/all?q=1#x",
            "element_id": "box",
            "search_query": "shoes",
            "extra_data": {"a": [1]},
        },
    ),
    (
        "error",
        {
            "category": "the app's own",
            "severity": "critical",
            "error_message": "m" * 2000,
            "stack_trace": "s" * 20_000,
            "context": {"k": "v"},
            "endpoint": "/pay",
            "resolved": True,
        },
        {
            "event_type": "error.reported",
            "category": "the app's own",
            "severity": "critical",
            "error_message": "m" * 2000,
            "endpoint": "/pay",
            "is_error": True,
            "status": "resolved",
        },
        {"stack_trace": "s" * 20_000, "context": {"k": "v"}},
    ),
    (
        "device-state-change",
        {
            "new_state": "on",
            "previous_state": "off",
            "changed_by": "timer",
            "reason": "dusk",
            "extra_data": {"lux": 3},
        },
        {"event_type": "device.state_changed", "status": "on", "is_error": False},
        {
            "previous_state": "off",
            "changed_by": "timer",
            "reason": "dusk",
            "extra_data": {"lux": 3},
        },
    ),
    (
        "job-outcome",
        {
            "job_id": "j",
            "job_type": "backup",
            "status": "timeout",
            "duration_ms": 7,
            "error_code": "E1",
            "error_message": "late",
            "retry_count": 2,
            "initiated_by": "cron",
            "extra_data": {},
        },
        {
            "event_type": "job.finished",
            "category": "backup",
            "status": "timeout",
            "duration_ms": 7.0,
            "error_message": "late",
            "is_error": True,
        },
        {
            "job_id": "j",
            "error_code": "E1",
            "retry_count": 2,
            "initiated_by": "cron",
            "extra_data": {},
        },
    ),
    (
        "device-metrics",
        {"metrics": {"cpu": 12.5, "rpm": 900}},
        {"event_type": "device.metrics", "is_error": False},
        {"metrics": {"cpu": 12.5, "rpm": 900.0}, "reason": "first_contact"},
    ),
    (
        "metric",
        {
            "metric_name": "queue",
            "metric_type": "histogram",
            "value": -1.5,
            "labels": {"zone": "a", "n": 1, "on": True},
        },
        {"event_type": "metric.recorded", "category": "queue", "value": -1.5, "is_error": False},
        {"metric_type": "histogram", "labels": {"zone": "a", "n": 1, "on": True}},
    ),
]


def test_every_collector_is_tested() -> None:
    paths = [collector.path for collector in COLLECTORS]
    assert [case[0] for case in CASES] == paths == list(MESSAGES)


def test_each_is_stored_as_the_event_it_is_and_once(service: Service) -> None:
    for path, body, _, _ in CASES:
        answer = post(service, path, {**COMMON, **body, "id": path})
        assert answer.status_code == 200, answer.text
        again = post(service, path, {**COMMON, **body, "id": path})
        if path == "device-metrics":
            assert answer.json() == {"stored": True, "reason": "first_contact", "changed": []}
            assert again.json() == {"stored": False, "reason": "unchanged", "changed": []}
        else:
            assert (answer.json()["accepted"], again.json()["duplicates"]) == (1, 1)
    service.stop()
    assert [row["event_type"] for row in stored(service.file)] == [
        columns["event_type"] for _, _, columns, _ in CASES
    ]


@pytest.mark.parametrize(("path", "body", "columns", "metadata"), CASES)
def test_every_field_finds_its_place(
    tmp_path: Path,
    path: str,
    body: dict[str, Any],
    columns: dict[str, Any],
    metadata: dict[str, Any],
) -> None:
    with Service(tmp_path / "data") as service:
        assert post(service, path, {**COMMON, **body}).status_code == 200
        service.stop()
        (row,) = stored(service.file)
    told = {name: value for name, value in row.items() if value is not None}
    assert json.loads(told.pop("metadata")) == metadata
    assert str(told.pop("timestamp")) == "2026-01-02 03:04:05"
    for made in ("seq", "timestamp_basis", "received_at"):
        told.pop(made)
    sent = {name: value for name, value in COMMON.items() if name != "timestamp"}
    assert told == sent | columns


def stored(file: Path) -> list[dict[str, Any]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        answer = connection.execute("select * from events order by seq")
        names = [column[0] for column in answer.description or ()]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


@pytest.mark.parametrize(
    ("page_url", "endpoint"),
    [
        ("/a/b?c#d", "/a/b"),
        ("https://shop.example", "/"),
        ("https://shop.example/" + "x" * 200, None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_the_endpoint_of_an_activity_is_its_page(
    service: Service, page_url: str, endpoint: str | None
) -> None:
    body = {"activity_type": "page_view", "page_url": page_url}
    assert post(service, "user-activity", body).json()["accepted"] == 1
    service.stop()
    assert [row["endpoint"] for row in stored(service.file)] == [endpoint]


def test_switched_off_takes_nothing_and_what_came_is_counted(tmp_path: Path) -> None:
    with Service(tmp_path / "off", {"LOCALYTICS_INGEST__ENABLED": "false"}) as off:
        for path, body in MESSAGES.items():
            assert post(off, path, body).status_code == 403
        assert off.get("/api/v1/status").json()["events"] == 0
    with Service(tmp_path / "on") as on:
        for path, body in MESSAGES.items():
            assert post(on, path, body).status_code == 200
        post(on, "device-metrics", MESSAGES["device-metrics"])
        post(on, "error", {})
        counts = on.get("/metrics").text
    for outcome, count in (("accepted", 6), ("rejected", 1), ("unchanged", 1)):
        assert f'localytics_ingest_events_total{{outcome="{outcome}"}} {count}.0' in counts
