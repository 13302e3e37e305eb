"""Live events over a real WebSocket: what is stored arrives, and the deaf cost nobody anything."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.asyncio.client import ClientConnection as Connection
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from localytics.present.live import Frame, Listener
from tests.service import Service

PATH = "/api/v1/live"
EVENTS = "/api/v1/events"
SECONDS = 30


@pytest.fixture(scope="module")
def strict_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with room for two listeners, and little patience."""
    limits = {
        "LOCALYTICS_LIVE__SOCKETS": "2",
        "LOCALYTICS_LIVE__EVENTS_PER_SECOND": "50",
        "LOCALYTICS_SERVER__HEADER_SECONDS": "0.2",
        "LOCALYTICS_SERVER__BODY_SECONDS": "0.2",
    }
    with Service(tmp_path_factory.mktemp("strict") / "data", limits) as service:
        yield service


def address(service: Service, query: str = "") -> str:
    return f"{service.url.replace('http', 'ws', 1)}{PATH}{query}"


def heard(listening: ClientConnection) -> list[dict[str, Any]]:
    """The events of the next message, of which none was dropped."""
    message = json.loads(listening.recv(SECONDS))
    assert message["dropped"] == 0
    return list(message["events"])


def deaf(service: Service, query: str = "") -> socket.socket:
    """A listener that shakes hands and never reads."""
    url = urlsplit(service.url)
    quiet = socket.socket()
    quiet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    quiet.connect((url.hostname, url.port))
    key = base64.b64encode(os.urandom(16)).decode()
    quiet.sendall(
        f"GET {PATH}{query} HTTP/1.1\r\nHost: {url.netloc}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
        "".encode()
    )
    assert quiet.recv(12) == b"HTTP/1.1 101"
    return quiet


def large(number: int, source: str) -> dict[str, Any]:
    return {
        "event_type": "live.large",
        "source": source,
        "metadata": {"number": number, "text": "x" * 20_000},
    }


def test_what_is_stored_arrives_as_it_is_listed_and_nothing_older(shared_service: Service) -> None:
    older = {"event_type": "live.older", "source": "live-arrives"}
    assert shared_service.post(EVENTS, json=older).json()["accepted"] == 1
    with connect(address(shared_service, "?source=live-arrives")) as listening:
        events = [
            {"event_type": "live.first", "source": "live-arrives", "status_code": 500},
            {
                "event_type": "message.sent",
                "source": "live-arrives",
                "model": "claude-sonnet-4-5",
                "input_tokens": 1200,
                "metadata": {"tag": "<script>"},
            },
        ]
        shared_service.post(EVENTS, json=events)
        got = heard(listening)
    listed = shared_service.get("/api/v1/analytics/events?source=live-arrives&limit=2").json()
    assert got == listed["events"][::-1]
    assert [event["event_type"] for event in got] == ["live.first", "message.sent"]
    assert got[0]["is_error"] is True
    assert got[1]["cost_usd"] == 0.0036


def test_a_duplicate_is_not_told_again(shared_service: Service) -> None:
    event = {
        "event_type": "live.twice",
        "id": "live-1",
        "timestamp": "2026-01-01T00:00:00Z",
        "source": "live-twice",
    }
    with connect(address(shared_service, "?source=live-twice")) as listening:
        shared_service.post(EVENTS, json=event)
        shared_service.post(EVENTS, json=event)
        shared_service.post(EVENTS, json={"event_type": "live.end", "source": "live-twice"})
        got: list[str] = []
        while "live.end" not in got:
            got += [event["event_type"] for event in heard(listening)]
    assert got == ["live.twice", "live.end"]


def test_a_repeated_filter_allows_each_and_different_ones_must_all_hold(
    shared_service: Service,
) -> None:
    query = "?event_type=live.a&event_type=live.b&user_id=ada"
    with connect(address(shared_service, query)) as listening:
        events = [
            {"event_type": f"live.{kind}", "user_id": user}
            for kind in "abc"
            for user in ("ada", "bob")
        ]
        shared_service.post(EVENTS, json=events)
        got = [(event["event_type"], event["user_id"]) for event in heard(listening)]
    assert got == [("live.a", "ada"), ("live.b", "ada")]


@pytest.mark.parametrize(
    ("query", "headers", "status", "code"),
    [
        ("?colour=red", {}, 400, "invalid_parameter"),
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


def test_one_connection_is_told_of_what_each_of_its_questions_allows(
    shared_service: Service,
) -> None:
    def send(*users: str) -> None:
        events = [{"event_type": "live.shared", "user_id": user} for user in users]
        shared_service.post(EVENTS, json=events)

    def next_of(listening: ClientConnection, many: int) -> dict[str, list[str]]:
        """The users of the next messages, by the question that each is about."""
        messages = [json.loads(listening.recv(SECONDS)) for _ in range(many)]
        return {one["of"]: [event["user_id"] for event in one["events"]] for one in messages}

    only = "event_type=live.shared"
    with connect(address(shared_service, "?event_type=live.never")) as listening:
        listening.send(json.dumps({"listen": [f"{only}&user_id=ada", only]}))
        refused = {"listen": ["colour=red"]}
        listening.send(json.dumps({"listen": [only, f"{only}&user_id=ada"]}))  # as it is
        listening.send(json.dumps(refused))
        error = json.loads(listening.recv(SECONDS))["error"]
        assert (error["code"], error["field"]) == ("invalid_parameter", "colour")
        listening.send(json.dumps({"listen": [f"{only}&user_id=ada", only, only]}))
        listening.send('{"listen": "everything"}')
        assert json.loads(listening.recv(SECONDS))["error"]["code"] == "invalid_input"
        send("ada", "bob")
        assert next_of(listening, 2) == {only: ["ada", "bob"], f"{only}&user_id=ada": ["ada"]}
        listening.send(json.dumps({"listen": [f"{only}&user_id=bob"]}))
        listening.send("")
        listening.recv(SECONDS)
        send("ada", "bob")
        assert next_of(listening, 1) == {f"{only}&user_id=bob": ["bob"]}


def test_its_own_pages_may_listen(shared_service: Service) -> None:
    with connect(address(shared_service), additional_headers={"Origin": shared_service.url}):
        pass


def test_a_plain_request_is_told_what_to_do(shared_service: Service) -> None:
    answer = shared_service.get(PATH)
    assert answer.status_code == 400
    assert "ws://" in answer.json()["error"]["hint"]


def test_a_listener_is_heard_out_however_long_nothing_happens(strict_service: Service) -> None:
    with connect(address(strict_service)) as listening:
        with pytest.raises(TimeoutError):
            listening.recv(0.5)  # more than a request may take here
        strict_service.post(EVENTS, json={"event_type": "live.late"})
        assert [event["event_type"] for event in heard(listening)] == ["live.late"]


def test_more_listeners_than_allowed_are_refused_until_one_leaves(strict_service: Service) -> None:
    with connect(address(strict_service)):
        with connect(address(strict_service)):
            with pytest.raises(InvalidStatus) as refused, connect(address(strict_service)):
                pass
            assert refused.value.response.status_code == 503
            assert refused.value.response.headers["retry-after"] == "1"
        while True:  # the other's leaving has to be noticed
            try:
                with connect(address(strict_service)):
                    break
            except InvalidStatus:
                continue


def test_more_events_than_allowed_are_left_out_the_oldest_first_and_counted(
    strict_service: Service,
) -> None:
    events = [{"event_type": "live.many", "value": number} for number in range(200)]
    got: list[float] = []
    dropped = 0
    with connect(address(strict_service, "?event_type=live.many")) as listening:
        strict_service.post(EVENTS, json=events)
        while len(got) + dropped < 200:
            message = json.loads(listening.recv(SECONDS))
            got += [event["value"] for event in message["events"]]
            dropped += message["dropped"]
    assert len(got) <= 50
    assert got == list(range(200 - len(got), 200))


def test_one_that_never_reads_costs_the_others_nothing_and_is_told_what_it_missed(
    shared_service: Service,
) -> None:
    batches, size, source = 30, 15, "live-deaf"

    async def run() -> None:
        quiet = deaf(shared_service, f"?source={source}")
        reading: Connection = await connect_async(
            address(shared_service, f"?source={source}"), max_size=None
        )
        others = await asyncio.gather(
            *(connect_async(address(shared_service, "?event_type=live.small")) for _ in range(48))
        )
        for batch in range(batches):
            events = [large(batch * size + number, source) for number in range(size)]
            events.append({"event_type": "live.small", "value": batch})
            answer = await asyncio.to_thread(shared_service.post, EVENTS, json=events)
            assert answer.json()["accepted"] == size + 1
            assert await numbers(reading, size) == list(range(batch * size, (batch + 1) * size))
        for other in others:
            values: list[float] = []
            while len(values) < batches:
                message = json.loads(await other.recv())
                assert message["dropped"] == 0
                values += [event["value"] for event in message["events"]]
            assert values == list(range(batches))
            await other.close()
        await reading.close()
        got, dropped = await asyncio.to_thread(made_up_for, quiet, batches * size)
        assert dropped > 0
        assert got == sorted(set(got))
        assert len(got) + dropped == batches * size

    async def numbers(reading: Connection, count: int) -> list[int]:
        found: list[int] = []
        while len(found) < count:
            message = json.loads(await reading.recv())
            assert message["dropped"] == 0
            found += [event["metadata"]["number"] for event in message["events"]]
        return found

    asyncio.run(run())


def made_up_for(quiet: socket.socket, total: int) -> tuple[list[int], int]:
    """What a listener that begins to read gets in the end: numbers, and how many it missed."""
    quiet.settimeout(SECONDS)
    stream = quiet.makefile("rb")
    while stream.readline() != b"\r\n":
        pass  # the rest of the handshake
    got: list[int] = []
    dropped = 0
    while len(got) + dropped < total:
        kind, length = stream.read(2)
        if length == 126:
            length = int.from_bytes(stream.read(2))
        elif length == 127:
            length = int.from_bytes(stream.read(8))
        payload = stream.read(length)
        if kind == 0x81:
            message = json.loads(payload)
            got += [event["metadata"]["number"] for event in message["events"]]
            dropped += message["dropped"]
    quiet.close()
    return got, dropped


def test_what_waits_for_a_listener_is_bounded() -> None:
    async def run() -> None:
        listener = Listener((), 0, buffer_bytes=1000)
        for _ in range(50):
            listener.offer(Frame("x" * 90, 3, 1))
        messages = [await listener.message() for _ in range(12)]
        assert sum(len(message) for message in messages[:11]) < 1000 + 11 * 40
        assert [message[-5:] for message in messages[:11]] == ['ed":1}'[-5:]] * 11
        assert messages[11] == f'{{"events":[],"dropped":{39 * 4}}}'
        listener.offer(Frame("y", 1, 0))
        assert await listener.message() == '{"events":[y],"dropped":0}'

    asyncio.run(run())


def test_the_service_stops_at_once_and_says_so_to_who_listens(strict_service: Service) -> None:
    quiet = deaf(strict_service, "?source=live-stop")
    with connect(address(strict_service, "?event_type=live.end")) as listening:
        for batch in range(15):  # until the one that never reads has all that it can take
            events = [large(batch * 50 + number, "live-stop") for number in range(25)]
            strict_service.post(EVENTS, json=events)
        strict_service.post(EVENTS, json={"event_type": "live.end"})
        heard(listening)
        exit_code = strict_service.stop()
        with pytest.raises(ConnectionClosed) as closed:
            listening.recv(SECONDS)
    quiet.close()
    assert exit_code == 0
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1001
    log = strict_service.log.read_text("utf-8")
    assert "timeout" not in log  # nothing had to be waited for
    assert "ERROR" not in log
