"""Clients that go away before they are answered: the service goes on without them."""

import json
import socket
import struct
from pathlib import Path
from urllib.parse import urlsplit

from tests.eventually import eventually
from tests.faults.sender import load_on
from tests.faults.strace import tampered
from tests.service import Service

LEAVERS = 40


def test_what_a_client_sent_before_it_left_is_stored_and_others_are_answered(
    service: Service,
) -> None:
    with tampered(service, "fdatasync", "delay_enter=20000"):
        for number in range(LEAVERS):
            _send_and_leave(service.url, {"event_type": "x", "id": f"left {number}"})
            answer = service.post("/api/v1/events", json={"event_type": "x", "id": f"{number}"})
            assert answer.json()["accepted"] == 1
    eventually(
        lambda: service.get("/api/v1/status").json()["events"] == 2 * LEAVERS,
        "the events of those who left",
    )
    assert service.get("/readyz").status_code == 200
    assert "Traceback" not in service.log.read_text("utf-8")


def test_service_that_is_stopped_under_load_has_stored_what_it_acknowledged(
    tmp_path: Path,
) -> None:
    with Service(tmp_path / "data") as service:
        with load_on(service) as load:
            for _ in range(5):
                load.until_acknowledged(20)
                assert service.stop() == 0
                service.start()
            load.until_acknowledged(20)
        load.assert_stored_once()
    assert "Traceback" not in service.log.read_text("utf-8")


def _send_and_leave(url: str, event: dict[str, str]) -> None:
    address = urlsplit(url)
    body = json.dumps(event).encode()
    head = (
        f"POST /api/v1/events HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname, address.port or 0)) as connection:
        connection.sendall(head.encode() + body)
        # Closed by a reset, as when a client is killed.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
