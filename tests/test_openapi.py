"""The OpenAPI document: true of every route, and nothing in it makes the service fail."""

import re
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from localytics.query.report import catalogue
from tests.service import Service

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_no_request_makes_the_service_fail(shared_service: Service) -> None:
    schema = schemathesis.openapi.from_url(f"{shared_service.url}/openapi.json")
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def attack(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        attack()


def test_every_route_of_the_document_is_in_the_readme_and_back(shared_service: Service) -> None:
    paths = set(httpx.get(f"{shared_service.url}/openapi.json").json()["paths"])
    for path in paths - {"/api/v1/demo"}:  # what `localytics demo` talks to
        assert path.removeprefix("/api/v1/") in README, path
    assert {f"/api/v1/{report.path}" for report in catalogue().values()} < paths
    named = re.findall(r"`(/(?:api/v1/)?[a-z]+z?)`", README)
    assert named
    for path in named:
        assert httpx.get(shared_service.url + path).status_code in {200, 405}, path


def test_what_is_not_served_has_the_one_shape(shared_service: Service) -> None:
    for method, path, status in (
        ("GET", "/nothing/here", 404),
        ("DELETE", "/api/v1/events", 405),
        ("POST", "/api/v1/analytics/costs", 405),
    ):
        answer = httpx.request(method, shared_service.url + path)
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "message", "hint", "field"}
    for path, allowed in (("/api/v1/events", "POST"), ("/healthz", "GET, HEAD")):
        for end in ("", "/"):
            answer = httpx.delete(shared_service.url + path + end)
            assert allowed in answer.headers["allow"]
            assert answer.json()["error"]["hint"] == f"Allowed: {answer.headers['allow']}"


def test_head_is_served_wherever_get_is(shared_service: Service) -> None:
    with httpx.Client(base_url=shared_service.url) as client:
        paths = client.get("/openapi.json").json()["paths"]
        assert not [path for path, operations in paths.items() if "head" in operations]
        for path in ("/openapi.json", *(path for path in paths if "get" in paths[path])):
            if path == "/api/v1/status":
                continue  # says something else each time
            got, head = client.get(path), client.head(path)
            assert head.status_code == got.status_code, path
            assert head.content == b""
            for name in ("content-type", "etag", "allow"):
                assert head.headers.get(name) == got.headers.get(name), path
        assert client.head("/api/v1/events").status_code == 405
        assert client.head("/api/v1/status").status_code == 200
        assert client.head("/nothing").status_code == 404
