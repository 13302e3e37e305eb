"""The body: a client that does not send all of it."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from tests.eventually import eventually
from tests.service import Service


def test_a_client_that_leaves_within_its_body_is_no_error(tmp_path: Path) -> None:
    with Service(tmp_path / "data", {"LOCALYTICS_SERVER__LOG_LEVEL": "debug"}) as service:
        address = urlsplit(service.url)
        with socket.create_connection((address.hostname, address.port or 0)) as connection:
            connection.sendall(
                f"POST /api/v1/events HTTP/1.1\r\nhost: {address.netloc}\r\n"
                "content-type: application/json\r\ncontent-length: 100\r\n\r\n{".encode()
            )
        eventually(lambda: "A client left" in service.log.read_text("utf-8"), "it to be noticed")
        assert service.get("/healthz").status_code == 200
        log = service.log.read_text("utf-8")
        assert "ERROR" not in log
        assert "Traceback" not in log
