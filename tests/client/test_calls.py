"""What each call becomes, read back from the file of a real service."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from localytics import Client
from localytics.client.calls import ACTIVITIES, METRICS, OUTCOMES, SEVERITIES
from localytics.receive.collectors.error import Error
from localytics.receive.collectors.job_outcome import JobOutcome
from localytics.receive.collectors.metric import Metric
from localytics.receive.collectors.user_activity import UserActivity
from tests.client.stored import stored
from tests.service import Service

OWN = {"seq", "timestamp_basis", "received_at"}


def arrived(client: Client, service: Service) -> list[dict[str, Any]]:
    """The events without what the service adds, and without ids and times: those are checked."""
    assert client.flush(20)
    rows = stored(service)
    now = datetime.now(UTC).replace(tzinfo=None)
    for row in rows:
        assert row["timestamp_basis"] == "sent"
        assert len(row.pop("id")) == 36
        assert abs((now - row.pop("timestamp")).total_seconds()) < 60
    assert [row.pop("source") for row in rows] == ["shop"] * len(rows)
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]


def test_track_fills_columns_and_puts_the_rest_into_metadata(
    client: Client, service: Service
) -> None:
    client.track(
        "api.request",
        endpoint="/users/{id}",
        method="GET",
        status_code=503,
        user_id=7,
        error_message="x" * 3000,
        session_id=None,
        currency="EUR",
        metadata={"bytes_in": 5},
    )
    assert arrived(client, service) == [
        {
            "event_type": "api.request",
            "endpoint": "/users/{id}",
            "method": "GET",
            "status_code": 503,
            "user_id": "7",
            "error_message": "x" * 2000,
            "is_error": True,
            "metadata": {"currency": "EUR", "bytes_in": 5},
        }
    ]


def test_each_call_becomes_its_event(client: Client, service: Service) -> None:
    client.activity("page_view", "https://shop.example/cart?x=1", user_id="ada")
    client.activity("search", search_query="tea")
    client.error(
        "no stock", category="database", severity="warning", resolved=True, context={"n": 1}
    )
    client.job("import", "timeout", job_id="j1", retry_count=2)
    client.job("export", "success")
    client.device_state("lamp", "on", "off", changed_by="ada", reason="dusk")
    client.metric("queue_depth", 3, labels={"queue": "mail"})
    client.metric("mails", 2.5, "counter", {"queue": "mail"}, device_id="lamp")
    assert arrived(client, service) == [
        {
            "event_type": "user.activity",
            "category": "page_view",
            "endpoint": "/cart",
            "user_id": "ada",
            "is_error": False,
            "metadata": {"page_url": "https://shop.example/cart?x=1"},
        },
        {
            "event_type": "user.activity",
            "category": "search",
            "is_error": False,
            "metadata": {"search_query": "tea"},
        },
        {
            "event_type": "error.reported",
            "category": "database",
            "severity": "warning",
            "error_message": "no stock",
            "is_error": False,
            "status": "resolved",
            "metadata": {"context": {"n": 1}},
        },
        {
            "event_type": "job.finished",
            "category": "import",
            "status": "timeout",
            "is_error": True,
            "metadata": {"job_id": "j1", "retry_count": 2},
        },
        {
            "event_type": "job.finished",
            "category": "export",
            "status": "success",
            "is_error": False,
        },
        {
            "event_type": "device.state_changed",
            "device_id": "lamp",
            "status": "on",
            "is_error": False,
            "metadata": {"previous_state": "off", "changed_by": "ada", "reason": "dusk"},
        },
        {
            "event_type": "metric.recorded",
            "category": "queue_depth",
            "value": 3.0,
            "is_error": False,
            "metadata": {"metric_type": "gauge", "labels": {"queue": "mail"}},
        },
        {
            "event_type": "metric.recorded",
            "category": "mails",
            "value": 2.5,
            "device_id": "lamp",
            "is_error": False,
            "metadata": {"metric_type": "counter", "labels": {"queue": "mail"}},
        },
    ]


def test_exception_is_reported_with_its_stack_trace(client: Client, service: Service) -> None:
    try:
        int("lamp")
    except ValueError as error:
        client.error(error)
    (event,) = arrived(client, service)
    trace = event.pop("metadata")["stack_trace"]
    assert trace.startswith("Traceback (most recent call last):\n")
    assert 'int("lamp")' in trace
    assert event == {
        "event_type": "error.reported",
        "category": "app",
        "severity": "error",
        "error_message": "ValueError: invalid literal for int() with base 10: 'lamp'",
        "is_error": True,
        "status": "open",
    }


def test_timed_job_reports_how_its_block_ended(client: Client, service: Service) -> None:
    with client.timed_job("import", job_id="j1") as job:
        job["rows"] = 3
    for error in (ValueError("bad row"), TimeoutError(), KeyboardInterrupt()):
        with pytest.raises(type(error)), client.timed_job("import"):
            raise error
    events = arrived(client, service)
    assert all(0 <= event.pop("duration_ms") < 10_000 for event in events)
    assert [
        (event["status"], event["is_error"], event.get("error_message")) for event in events
    ] == [
        ("success", False, None),
        ("failed", True, "ValueError: bad row"),
        ("timeout", True, "TimeoutError"),
        ("cancelled", False, "KeyboardInterrupt"),
    ]
    assert [event["metadata"] for event in events] == [
        {"job_id": "j1", "rows": 3},
        {"error_code": "ValueError"},
        {"error_code": "TimeoutError"},
        {"error_code": "KeyboardInterrupt"},
    ]


def test_ids_and_timestamps_may_be_given(client: Client, service: Service) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    client.track("a", id="one", timestamp=noon)
    client.track("a", id="one", timestamp=noon)
    client.track("a", id="two", timestamp=int(noon.timestamp() * 1000))
    local = datetime(2026, 1, 1, 12)  # noqa: DTZ001  (as an app without time zones has it)
    client.track("a", id="three", timestamp=local)
    assert client.flush(20)
    assert (client.stats.accepted, client.stats.duplicates) == (3, 1)
    there = noon.replace(tzinfo=None)
    assert {row["id"]: row["timestamp"] for row in stored(service)} == {
        "one": there,
        "two": there,
        "three": local.astimezone(UTC).replace(tzinfo=None),
    }


def test_what_an_app_changes_after_the_call_is_not_seen(client: Client, service: Service) -> None:
    details = {"number": 0}
    for number in range(3):
        details["number"] = number
        client.track("a", metadata=details)
    assert [event["metadata"]["number"] for event in arrived(client, service)] == [0, 1, 2]


def test_inside_an_event_loop(service: Service, tmp_path: Path) -> None:
    async def main() -> None:
        async with Client(service.url, spool_dir=tmp_path) as client:
            with client.timed_job("a"):
                client.track("b")
            assert await client.aflush(20)
            assert client.stats.accepted == 2
            client.track("c")
        assert client.stats.accepted == 3

    asyncio.run(main())
    assert [row["event_type"] for row in stored(service)] == ["b", "job.finished", "c"]


def test_words_of_calls_are_those_that_the_service_takes() -> None:
    for words, collector, name in (
        (ACTIVITIES, UserActivity, "activity_type"),
        (SEVERITIES, Error, "severity"),
        (OUTCOMES, JobOutcome, "status"),
        (METRICS, Metric, "metric_type"),
    ):
        assert words == get_args(get_type_hints(collector)[name])


def test_proxies_are_not_asked(
    client: Client, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client.track("a")
    assert len(arrived(client, service)) == 1
