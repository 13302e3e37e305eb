"""The guard: which Host and Origin may come in."""

import socket
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service import Service


def status(service: Service, *headers: str, target: str = "/healthz") -> int:
    """Of a request with exactly these headers, as no client library would send it."""
    url = httpx.URL(service.url)
    with socket.create_connection((url.host, url.port or 80)) as connection:
        lines = [f"GET {target} HTTP/1.1", "connection: close", *headers, "", ""]
        connection.sendall("\r\n".join(lines).encode())
        answer = connection.makefile("rb").readline()
    return int(answer.split()[1])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST:4777",
        "127.0.0.1:80",
        "127.0.0.5:1",
        "[::1]",
        "[::1]:4777",
    ],
)
def test_this_machines_names_are_served(shared_service: Service, host: str) -> None:
    assert status(shared_service, f"host: {host}") == 200


@pytest.mark.parametrize(
    "headers",
    [
        ["host: evil.com"],
        ["host: 127.0.0.1.evil.com"],
        ["host: 0.0.0.0"],
        ["host: localhost.evil.com:4777"],
        ["host: evil.com:127.0.0.1"],
        ["host:"],
        [],
        ["host: localhost", "host: localhost"],
        ["host: localhost", "host: evil.com"],
    ],
)
def test_foreign_missing_and_doubled_hosts_are_refused(
    shared_service: Service, headers: list[str]
) -> None:
    assert status(shared_service, *headers) in {400, 403}


@pytest.mark.parametrize(
    ("target", "answered"),
    [
        ("http://127.0.0.1:4777/healthz", 200),
        ("HTTP://LOCALHOST/healthz?a=//b", 200),
        ("http://[::1]:4777/healthz", 200),
        ("http://127.0.0.1/nothing", 404),
        ("http://evil.com/healthz", 403),
        ("ws://evil.com:80/healthz", 403),
        ("http://127.0.0.1@evil.com/healthz", 403),
        ("http://evil.com", 403),
        ("evil.com:80", 400),
        ("/healthz?a=http://evil.com/", 200),
    ],
)
def test_the_host_of_a_whole_url_counts(
    shared_service: Service, target: str, answered: int
) -> None:
    assert status(shared_service, "host: 127.0.0.1", target=target) == answered
    if answered != 400:
        assert status(shared_service, "host: evil.com", target=target) == (
            403 if target.startswith("/") else answered
        )
        assert status(shared_service, target=target) == 403


@pytest.mark.parametrize(("host", "answered"), [("localhost", 101), ("evil.com", 403)])
def test_the_host_of_a_whole_url_counts_for_a_websocket(
    shared_service: Service, host: str, answered: int
) -> None:
    handshake = [
        "host: localhost",
        "upgrade: websocket",
        "connection: upgrade",
        "sec-websocket-version: 13",
        f"sec-websocket-key: {'A' * 22}==",
    ]
    target = f"http://{host}/api/v1/live"
    assert status(shared_service, *handshake, target=target) == answered


@pytest.mark.parametrize(
    "header",
    [
        "origin: https://evil.com",
        "origin: null",
        "origin: http://localhost:9999",
        "sec-fetch-site: cross-site",
        "sec-fetch-site: same-site",
    ],
)
def test_pages_of_other_sites_are_refused(shared_service: Service, header: str) -> None:
    assert status(shared_service, "host: localhost:4777", header) == 403


@pytest.mark.parametrize(
    "header",
    ["origin: http://localhost:4777", "sec-fetch-site: same-origin", "sec-fetch-site: none"],
)
def test_its_own_pages_are_served(shared_service: Service, header: str) -> None:
    assert status(shared_service, "host: localhost:4777", header) == 200


def test_no_cors_header_unless_configured(shared_service: Service) -> None:
    answer = httpx.get(f"{shared_service.url}/healthz")
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_origin_allowed_by_name_may_send(configured_service: Service) -> None:
    origin = {"origin": "https://app.example"}
    url = f"{configured_service.url}/api/v1/events"
    asked = httpx.options(url, headers={**origin, "access-control-request-method": "POST"})
    assert asked.headers["access-control-allow-origin"] == "https://app.example"
    sent = httpx.post(url, json={"event_type": "a"}, headers=origin)
    assert sent.json()["accepted"] == 1
    assert sent.headers["access-control-allow-origin"] == "https://app.example"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/analytics/summary"),
        ("GET", "/api/v1/export/events"),
        ("POST", "/api/v1/retention"),
        ("POST", "/api/v1/import/events"),
        ("DELETE", "/api/v1/analytics/user/ada"),
        ("DELETE", "/api/v1/demo"),
        ("OPTIONS", "/api/v1/analytics/user/ada"),
    ],
)
def test_an_origin_allowed_by_name_may_do_nothing_else(
    configured_service: Service, method: str, path: str
) -> None:
    headers = {"origin": "https://app.example", "access-control-request-method": "DELETE"}
    answer = httpx.request(method, configured_service.url + path, headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign_origin"
    assert "only send events" in answer.json()["error"]["message"]


def test_headers_without_an_end_are_cut_off(shared_service: Service) -> None:
    address = urlsplit(shared_service.url)
    with socket.create_connection((address.hostname or "", address.port or 80)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ")
        with suppress(OSError):
            for _ in range(100):
                connection.sendall(b"a" * 100_000)
        with suppress(ConnectionResetError):
            told = connection.recv(65536)
            assert told.startswith(b"HTTP/1.1 400 ")
            assert b"larger than 64 KiB" in told
    assert shared_service.get("/healthz").status_code == 200


def test_errors_of_the_guard_have_the_one_shape(shared_service: Service) -> None:
    answer = httpx.get(f"{shared_service.url}/healthz", headers={"host": "evil.com"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "foreign_host"
