"""The limits of listening: what is left out is counted, and the deaf cost nobody anything."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.asyncio.client import ClientConnection as Connection
from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from localytics.present.live import Frame, Listener
from tests.present.listening import EVENTS, PATH, SECONDS, address, heard
from tests.service import Service


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
