"""What the collectors refuse, field by field, and what they say would be right."""

import gzip
import json
from typing import Any

import pytest

from tests.receive.messages import MESSAGES, post
from tests.service import Service


@pytest.mark.parametrize("path", MESSAGES)
def test_an_unknown_field_is_named_and_so_are_the_known(shared_service: Service, path: str) -> None:
    answer = post(shared_service, path, {**MESSAGES[path], "colour": "red"})
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (400, "colour")
    for name in (*MESSAGES[path], "source", "timestamp"):
        assert name in error["hint"]


@pytest.mark.parametrize(
    ("path", "field"), [(path, field) for path, body in MESSAGES.items() for field in body]
)
def test_what_is_needed_is_named(shared_service: Service, path: str, field: str) -> None:
    body = {name: value for name, value in MESSAGES[path].items() if name != field}
    answer = post(shared_service, path, body)
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (400, field)
    assert field in error["hint"]


@pytest.mark.parametrize(
    ("path", "change", "field", "said"),
    [
        (
            "user-activity",
            {"activity_type": "swipe"},
            "activity_type",
            "click, interaction, page_view, search",
        ),
        ("user-activity", {"extra_data": []}, "extra_data", "an object of at most 256 keys"),
        ("user-activity", {"page_url": "/a\0b"}, "page_url", "NUL"),
        ("error", {"severity": "fatal"}, "severity", "critical, error, info, warning"),
        ("error", {"error_message": "m" * 2001}, "error_message", "2000"),
        ("error", {"category": ""}, "category", "text of 1 to 200 characters"),
        ("error", {"context": {"a": {"b": "\0"}}}, "context", "NUL"),
        ("error", {"context": {str(n): n for n in range(257)}}, "context", "256"),
        ("error", {"context": {"a": 2**64}}, "context", "64 bits"),
        ("error", {"resolved": "yes"}, "resolved", "true or false"),
        ("job-outcome", {"status": "ok"}, "status", "cancelled, failed, success, timeout"),
        (
            "job-outcome",
            {"retry_count": -1},
            "retry_count",
            "a whole number from 0 to 9223372036854775807",
        ),
        ("device-state-change", {"device_id": "d" * 201}, "device_id", "200"),
        ("device-metrics", {"metrics": {}}, "metrics", "1 to 256 keys"),
        ("device-metrics", {"metrics": {"cpu": "hot"}}, "metrics", "with numbers"),
        ("device-metrics", {"metrics": {"cpu": True}}, "metrics", "with numbers"),
        ("device-metrics", {"metrics": {"c" * 201: 1}}, "metrics", "200"),
        ("device-metrics", {"metrics": {"": 1}}, "metrics", "each of 1 to 200 characters"),
        ("device-metrics", {"timestamp": "2201-01-01T00:00:00Z"}, "timestamp", "2200"),
        ("metric", {"metric_type": "timer"}, "metric_type", "counter, gauge, histogram"),
        ("metric", {"temporality": "total"}, "temporality", "cumulative, delta"),
        ("metric", {"value": "1"}, "value", "a number"),
        ("metric", {"metric_type": "counter", "value": -1}, "value", "at least 0"),
        ("metric", {"labels": {"a": {}}}, "labels", "with texts, numbers, true or false"),
        ("metric", {"labels": {"": "a"}}, "labels", "each of 1 to 200 characters"),
        ("user-activity", {"duration_ms": 1e12}, "duration_ms", "at least 0 and below 10000000"),
        ("user-activity", {"timestamp": "yesterday"}, "timestamp", "epoch milliseconds"),
        ("metric", {"timestamp": -1}, "timestamp", "1970"),
        ("metric", {"id": ""}, "id", "1"),
    ],
)
def test_bad_fields_are_named_with_what_would_be_right(
    shared_service: Service, path: str, change: dict[str, Any], field: str, said: str
) -> None:
    answer = post(shared_service, path, {**MESSAGES[path], **change})
    error = answer.json()["error"]
    assert (answer.status_code, error["field"]) == (400, field), error
    assert said in error["message"]
    assert error["hint"]
    assert "Expected" not in error["message"]


BROKEN = [
    b"",
    b"[]",
    b"null",
    b"7",
    b'"text"',
    b"{",
    b'\xef\xbb\xbf{"a": 1}',
    b'{"metric_name": "\xff"}',
    b'{"metric_name": "\\ud800", "metric_type": "gauge", "value": 1}',
    b'{"metric_name": "a", "metric_type": "gauge", "value": NaN}',
    b'{"metric_name": "a", "metric_type": "gauge", "value": -Infinity}',
    b'{"metric_name": "a", "metric_type": "gauge", "value": 1e400}',
    b'{"metric_name": "a", "labels": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001,
    b"[" * 5000,
]


@pytest.mark.parametrize("path", MESSAGES)
@pytest.mark.parametrize("body", BROKEN)
def test_broken_bodies_are_a_400(shared_service: Service, path: str, body: bytes) -> None:
    answer = shared_service.post(
        f"/api/v1/analytics/{path}", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400, answer.text
    assert set(answer.json()["error"]) == {"code", "message", "hint", "field"}


def test_depth_counts_what_it_is_stored_in(shared_service: Service) -> None:
    for depth, status in ((15, 200), (16, 400)):
        deep: Any = 1
        for _ in range(depth):
            deep = {"a": deep}
        body = {**MESSAGES["user-activity"], "extra_data": deep}
        assert post(shared_service, "user-activity", body).status_code == status


def test_several_at_once_and_a_bad_one_sinks_no_neighbour(shared_service: Service) -> None:
    good, bad = MESSAGES["job-outcome"], {**MESSAGES["job-outcome"], "status": "ok"}
    told = post(shared_service, "job-outcome", [good, bad, good]).json()
    assert (told["accepted"], [one["index"] for one in told["rejected"]]) == (2, [1])
    unreadable = json.dumps([good, {**good, "duration_ms": float("nan")}, good, "\ud800"])
    told = shared_service.post(
        "/api/v1/analytics/job-outcome",
        content=unreadable,
        headers={"content-type": "application/json"},
    ).json()
    assert (told["accepted"], [one["index"] for one in told["rejected"]]) == (2, [1, 3])
    lines = "\n".join(map(json.dumps, [bad, good])).encode()
    answer = shared_service.post(
        "/api/v1/analytics/job-outcome",
        content=gzip.compress(lines),
        headers={"content-type": "application/x-ndjson", "content-encoding": "gzip"},
    )
    assert (answer.json()["accepted"], answer.json()["rejected"][0]["index"]) == (1, 0)
    assert post(shared_service, "job-outcome", [bad, bad]).status_code == 400
    assert post(shared_service, "job-outcome", [good] * 1001).status_code == 413
    assert (
        post(shared_service, "device-metrics", [MESSAGES["device-metrics"]] * 2).status_code == 400
    )


def test_limits_and_types_are_those_of_events(shared_service: Service) -> None:
    path = "/api/v1/analytics/error"
    large = json.dumps({**MESSAGES["error"], "stack_trace": "s" * 33_000})
    json_type = {"content-type": "application/json"}
    assert shared_service.post(path, content=large, headers=json_type).status_code == 413
    for kind in ("text/plain", "application/json; charset=utf-16"):
        answer = shared_service.post(path, content=b"{}", headers={"content-type": kind})
        assert answer.status_code == 415
    answer = shared_service.post(f"{path}?resolved=true", json=MESSAGES["error"])
    assert answer.status_code == 400
    assert shared_service.get(path).status_code == 405
