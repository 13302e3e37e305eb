"""The short way past the router: nobody can tell it from the long one."""

from typing import Any

import pytest

from localytics.receive.collectors import COLLECTORS
from tests.service import Service

PATHS = ["/api/v1/events", *(f"/api/v1/analytics/{one.path}" for one in COLLECTORS)]
BAD: dict[str, dict[str, Any]] = {
    "no JSON": {"content": b"{"},
    "nothing": {"content": b""},
    "a field that is not known": {"json": {"event_type": "x", "colour": "red"}},
    "a parameter that is not known": {"json": {"event_type": "x"}, "params": {"dry_run": "true"}},
    "another type": {"content": b"x", "headers": {"content-type": "text/plain"}},
    "another encoding": {"json": {"event_type": "x"}, "headers": {"content-encoding": "br"}},
    "too much": {"content": b" " * 1_100_000},
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("what", BAD)
def test_both_ways_refuse_alike(shared_service: Service, path: str, what: str) -> None:
    sent = {"headers": {}, **BAD[what]}
    headers = {"content-type": "application/json", **sent.pop("headers")}
    direct = shared_service.post(path, headers=headers, **sent)
    routed = shared_service.post(path, headers={**headers, "origin": shared_service.url}, **sent)
    assert direct.status_code == routed.status_code
    assert direct.status_code in {400, 413, 415}
    assert direct.json() == routed.json()
    assert {*direct.headers} == {*routed.headers}


def test_both_ways_take_alike(shared_service: Service) -> None:
    event = {"event_type": "x", "id": "direct", "timestamp": "2026-03-01T12:00:00Z"}
    own = {"origin": shared_service.url}
    direct = shared_service.post("/api/v1/events", json=event)
    routed = shared_service.post("/api/v1/events", json=event, headers=own)
    assert (direct.status_code, routed.status_code) == (200, 200)
    assert (direct.json()["accepted"], routed.json()["duplicates"]) == (1, 1)
    assert {*direct.headers} == {*routed.headers}
    assert direct.headers["content-type"] == routed.headers["content-type"]


@pytest.mark.parametrize("path", ["/api/v1%2Fevents", "/api/v1/event%73"])
def test_path_that_is_written_otherwise_is_left_to_the_router(
    shared_service: Service, path: str
) -> None:
    answer = shared_service.post(path, json={"event_type": "x"})
    assert answer.status_code == (404 if "%2F" in path else 200)
