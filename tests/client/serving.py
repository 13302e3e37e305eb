"""Serving: an app on a socket of its own, and what was asked of it beside what became of that."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from socket import create_server
from typing import Any

import duckdb
import httpx
import uvicorn
from werkzeug.serving import WSGIRequestHandler, make_server

from localytics.client import Client
from tests.eventually import eventually
from tests.service import Service


@contextmanager
def asgi_served(app: Any) -> Iterator[str]:
    """The URL of an ASGI app under uvicorn, for the block."""
    with create_server(("127.0.0.1", 0)) as socket:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]})
        thread.start()
        try:
            eventually(lambda: server.started, "uvicorn")
            yield f"http://127.0.0.1:{socket.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


@contextmanager
def wsgi_served(app: Any) -> Iterator[str]:
    """The URL of a WSGI app under werkzeug's server of threads, for the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Sent:
    """A request, and what of it is to be recorded."""

    path: str
    endpoint: str
    status: int = 200
    method: str = "GET"
    bytes_in: int = 0
    bytes_out: int | None = None  # None: as many as the client got
    error_type: str | None = None
    error_message: str | None = None
    user_id: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


Key = tuple[Any, ...]


def ask(url: str, sent: list[Sent]) -> Counter[Key]:
    """Send all of it, in turn over one connection; gives what is to be recorded, tallied."""
    tally: Counter[Key] = Counter()
    with httpx.Client(base_url=url, timeout=30) as client:
        for one in sent:
            headers = {"x-user": one.user_id} if one.user_id else {}
            if one.error_type:  # after which uvicorn closes the connection, or does not
                headers["connection"] = "close"
            answer = client.request(one.method, one.path, headers=headers, **one.options)
            assert answer.status_code == one.status, f"{one}: {answer.status_code}"
            out = len(answer.content) if one.bytes_out is None else one.bytes_out
            tally[
                one.endpoint,
                one.method,
                one.status,
                one.status >= 400,  # which the service takes for an error, whoever's it was
                one.bytes_in,
                out,
                one.error_type,
                one.error_message,
                one.user_id,
            ] += 1
    return tally


@contextmanager
def client_of(service: Service) -> Iterator[Client]:
    """A client of the service; what it was given is stored when the block ends."""
    spool = service.folder.with_name("spool")
    with Client(service.url, source="app", spool_dir=spool) as client:
        yield client
        assert client.flush(30)


def tallied(events: list[dict[str, Any]]) -> Counter[Key]:
    """Recorded events as `ask` tallies what it sent."""
    tally: Counter[Key] = Counter()
    for event in events:
        metadata = event["metadata"]
        tally[
            event["endpoint"],
            event["method"],
            event["status_code"],
            event["is_error"],
            metadata["bytes_in"],
            metadata["bytes_out"],
            metadata.get("error_type"),
            event["error_message"],
            event["user_id"],
        ] += 1
    return tally


def recorded(
    service: Service, wrapped: Callable[[Client], AbstractContextManager[str]], sent: list[Sent]
) -> None:
    """Ask all of it of the app that `wrapped` serves, and hold what is stored against the tally."""
    with client_of(service) as client:
        with wrapped(client) as url:
            tally = ask(url, sent)
        assert client.flush(30)
        assert client.stats.accepted == tally.total()
        assert not client.stats.dropped
    words = "event_type=api.request&hours=1"
    points = service.get(f"/api/v1/analytics/timeline?{words}").json()["timeline"]
    assert sum(point["count"] for point in points) == tally.total()
    failed = sum(count for key, count in tally.items() if key[3])
    assert sum(point["error_count"] for point in points) == failed
    stored = tallied(events(service))
    extra, missing = stored - tally, tally - stored
    assert stored == tally, f"recorded: {extra}, sent: {missing}"


def events(service: Service) -> list[dict[str, Any]]:
    """Stop the service, and read the requests in its file."""
    assert service.stop() == 0
    with duckdb.connect(service.file, read_only=True) as connection:
        connection.execute("select * from events where event_type = 'api.request' order by seq")
        names = [column[0] for column in connection.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in connection.fetchall()]
    for row in rows:
        row["metadata"] = json.loads(row["metadata"])
        assert row["duration_ms"] > 0
    return rows
