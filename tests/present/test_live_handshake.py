"""Who may listen to live events, and what is said to whom may not."""

import base64
import json

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.present.listening import PATH, address
from tests.service import Service


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("?colour=red", {}, 400, "invalid_parameter"),
        ("?user_id", {}, 400, "invalid_parameter"),
        ("", {"Origin": "https://evil.example"}, 403, "foreign_origin"),
        ("", {"Host": "evil.example"}, 403, "foreign_host"),
    ],
)
def test_who_may_not_listen_is_told_why_before_anything_else(
    shared_service: Service, query: str, headers: dict[str, str], status: int, code: str
) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(address(shared_service, query), additional_headers=headers),
    ):
        pass
    assert refused.value.response.status_code == status
    assert json.loads(bytes(refused.value.response.body or b""))["error"]["code"] == code


HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "says"),
    [
        ("GET", PATH, {"Sec-WebSocket-Key": ""}, 400, "Sec-WebSocket-Key"),
        ("GET", PATH, {"Sec-WebSocket-Version": "8"}, 400, "Sec-WebSocket-Version header: 8"),
        ("GET", PATH, {"X-Long": "x" * 10_000}, 400, "8192 bytes"),
        ("GET", PATH, {f"X-{number}": "x" for number in range(150)}, 400, "128 headers"),
        ("GET", PATH, {"Content-Length": "1"}, 400, "body"),
        ("POST", PATH, {}, 405, "GET"),
        ("GET", "/api/v1/alive", {}, 404, "/api/v1/alive"),
        ("GET", "/", {}, 404, "served at /"),
    ],
)
def test_what_is_no_handshake_or_leads_nowhere_is_told_so_in_the_one_shape(
    shared_service: Service, method: str, path: str, headers: dict[str, str], status: int, says: str
) -> None:
    body = b"x" if "Content-Length" in headers else None
    url = shared_service.url + path
    answer = httpx.request(method, url, headers=HANDSHAKE | headers, content=body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert says in error["message"]
    assert error["hint"]
    assert answer.headers.get("allow") == ("GET" if status == 405 else None)


def test_its_own_pages_may_listen(shared_service: Service) -> None:
    with connect(address(shared_service), additional_headers={"Origin": shared_service.url}):
        pass


def test_a_plain_request_is_told_what_to_do(shared_service: Service) -> None:
    answer = shared_service.get(PATH)
    assert answer.status_code == 400
    assert "ws://" in answer.json()["error"]["hint"]
