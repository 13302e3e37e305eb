"""The service is killed, never there, or can't take events: nothing is lost or sent twice."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from localytics import Client
from tests.client.stored import ids
from tests.eventually import eventually
from tests.service import Service


def free_url() -> str:
    """Of a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def spooled_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


class Stream(threading.Thread):
    """Tracks numbered events, about one a millisecond, until told to `finish`."""

    def __init__(self, client: Client) -> None:
        super().__init__()
        self.tracked = 0
        self._client = client
        self._finish = threading.Event()

    def run(self) -> None:
        while not self._finish.wait(0.001):
            self._client.track("stream", number=self.tracked)
            self.tracked += 1

    def finish(self) -> int:
        self._finish.set()
        self.join()
        return self.tracked

    def until(self, more: int) -> None:
        goal = self.tracked + more
        eventually(lambda: self.tracked >= goal, f"{more} more events")


def test_killed_and_started_again_mid_stream_every_event_is_there_once(tmp_path: Path) -> None:
    with Service(tmp_path / "data") as service:
        client = Client(service.url, spool_dir=tmp_path / "spool", flush_seconds=0.02)
        stream = Stream(client)
        stream.start()
        try:
            for kill in range(4):
                accepted = client.stats.accepted
                eventually(lambda: client.stats.accepted > accepted, "more events stored")  # noqa: B023
                service.kill()
                stream.until(50)
                if kill % 2:  # long enough to be spooled
                    eventually(lambda: client.stats.spooled > 0, "events in the spool")
                service.start()
        finally:
            tracked = stream.finish()
        client.close(30)
        stats = client.stats
        assert (stats.waiting, stats.spooled, stats.dropped, stats.rejected) == (0, 0, {}, 0)
        assert stats.accepted + stats.duplicates == tracked > 200
        assert sorted(ids(service)) == list(range(tracked))


def test_service_that_is_never_there_costs_little_and_the_next_start_sends_all(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = tmp_path / "state" / "spool"
    url = free_url()
    with caplog.at_level(logging.WARNING, "localytics.client"):
        client = Client(url, spool_dir=spool)
        for number in range(2500):
            client.track("a", number=number)
        assert not client.flush(1.0)
        assert client.stats.waiting + client.stats.spooled == 2500
        client.close(0.5)
    assert client.stats.dropped == {}
    assert (client.stats.waiting, client.stats.spooled) == (0, 2500)
    assert caplog.text.count("are kept and sent later") == 1
    assert {file.stat().st_mode & 0o777 for file in spool.iterdir()} == {0o600}
    assert spool.stat().st_mode & 0o777 == 0o700
    with (
        Service(tmp_path / "data") as service,
        Client(service.url, spool_dir=spool) as following,
    ):
        assert following.flush(20)
        assert (following.stats.accepted, following.stats.spooled) == (2500, 0)
        assert list(spool.iterdir()) == []
        assert ids(service) == list(range(2500))


def test_memory_is_bounded_where_no_folder_keeps_events(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with caplog.at_level(logging.WARNING, "localytics.client"):
        client = Client(free_url(), spool_dir=file / "spool", max_queue_events=1500)
        for number in range(5000):
            client.track("a", number=number)
        assert not client.flush(0.5)
        waiting = client.stats.waiting
        assert 1500 <= waiting <= 2500  # and beside it the batch that was to be sent
        assert client.stats.dropped == {"full": 5000 - waiting}
        client.close(0.2)
    assert client.stats.dropped == {"full": 5000 - waiting, "lost": waiting}
    assert client.stats.waiting == 0
    assert caplog.text.count("Can't keep events in") == 1
    assert f"{waiting} lost" in caplog.text


def test_memory_is_bounded_in_bytes(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    client = Client(free_url(), spool_dir=file / "spool", max_queue_mb=2)
    for _ in range(1000):
        client.track("a", text="x" * 10_000, metadata={"more": "x" * 10_000})
    waiting = client.stats.waiting
    assert waiting * 20_500 <= 2 * 2**20 + 750_000
    client.close(0.2)
    dropped = client.stats.dropped
    assert {*dropped} == {"full", "lost"}
    assert dropped["lost"] <= waiting + 20  # some were on their way to the spool when it was asked
    assert sum(dropped.values()) == 1000


def test_spool_is_bounded_and_gives_up_the_oldest(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    with Client(free_url(), spool_dir=spool, max_spool_mb=1) as client:
        for number in range(8000):
            client.track("a", number=number, text="x" * 200)
        assert not client.flush(0.3)
    stats = client.stats
    assert stats.spooled + stats.dropped["spool_full"] == 8000
    assert stats.dropped == {"spool_full": 8000 - stats.spooled}
    assert 2000 <= stats.spooled < 4000
    assert spooled_bytes(spool) <= 2**20
    with (
        Service(tmp_path / "data") as service,
        Client(service.url, spool_dir=spool) as following,
    ):
        assert following.flush(20)
        assert ids(service) == list(range(8000 - stats.spooled, 8000))


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://127.0.0.1", "http://127.0.0.1:99999", "http://[1"]
)
def test_url_that_is_none_hurts_nobody(url: str, tmp_path: Path) -> None:
    with Client(url, spool_dir=tmp_path / "spool") as client:
        client.track("a")
        assert not client.flush(0.3)
    assert client.stats.spooled == 1


def test_service_that_hangs_delays_the_end_no_longer_than_asked(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = Client(url, spool_dir=tmp_path / "spool", flush_seconds=0.01)
        client.track("a", number=0)
        connection, _ = silent.accept()
        with connection:
            connection.recv(100_000)
            client.track("a", number=1)
            client.close(0.2)
    assert client.stats.dropped == {}
    with (
        Service(tmp_path / "data") as service,
        Client(service.url, spool_dir=tmp_path / "spool") as following,
    ):
        assert following.flush(20)
        assert sorted(ids(service)) == [0, 1]


@contextmanager
def answering(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these answers one after another; its URL, and the bodies it was sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            status, headers, body = answers[min(len(bodies), len(answers)) - 1]
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", bodies
        finally:
            server.shutdown()
            thread.join()


TAKEN: tuple[int, dict[str, str], bytes] = (
    200,
    {},
    b'{"accepted": 1, "duplicates": 0, "updated": 0, "rejected": []}',
)


@pytest.mark.parametrize(
    "answer",
    [
        (503, {"retry-after": "0"}, b'{"error": {"message": "busy"}}'),
        (429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, b""),
        (507, {}, b"{"),
        (500, {}, b"\xff"),
        (403, {}, b'{"error": {"message": "Collection is switched off"}}'),
        (404, {}, b"<html>"),
        (200, {}, b"<html>I am another server</html>"),
        (200, {}, b'{"accepted": 7, "duplicates": 0, "rejected": []}'),
        (200, {}, b"[" * 100_000),
    ],
)
def test_answer_that_acknowledges_nothing_keeps_the_event_with_its_id(
    tmp_path: Path, answer: tuple[int, dict[str, str], bytes]
) -> None:
    with answering(answer, TAKEN) as (url, bodies), Client(url, spool_dir=tmp_path / "s") as client:
        client.track("a")
        assert client.flush(20)
        assert (client.stats.accepted, client.stats.dropped) == (1, {})
    assert len(bodies) == 2
    assert bodies[0].strip() == bodies[1].strip()


def test_retry_after_is_honoured(tmp_path: Path) -> None:
    with (
        answering((503, {"retry-after": "100"}, b""), TAKEN) as (url, bodies),
        Client(url, spool_dir=tmp_path / "spool") as client,
    ):
        client.track("a")
        assert not client.flush(1.5)
        assert len(bodies) == 1
        client.close(10)  # the end is a reason to try once more
        assert client.stats.accepted == 1


def test_connection_is_kept_open_and_made_anew_when_the_service_was_restarted(
    service: Service, tmp_path: Path
) -> None:
    with Client(service.url, spool_dir=tmp_path / "spool") as client:
        client.track("a", number=0)
        assert client.flush(20)
        service.restart()
        client.track("a", number=1)
        assert client.flush(20)
        assert client.stats.duplicates == 0
        assert not (tmp_path / "spool").exists()
        assert ids(service) == [0, 1]


def test_two_clients_share_a_spool_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    url = free_url()
    for start in range(0, 3000, 100):
        with Client(url, spool_dir=spool) as client:
            for number in range(start, start + 100):
                client.track("a", number=number)
    with (
        Service(tmp_path / "data") as service,
        Client(service.url, spool_dir=spool) as one,
        Client(service.url, spool_dir=spool) as other,
    ):
        eventually(lambda: one.stats.accepted + other.stats.accepted == 3000, "all to be stored")
        assert one.flush(20)
        assert other.flush(20)
        assert one.stats.duplicates == other.stats.duplicates == 0
        assert sorted(ids(service)) == list(range(3000))
