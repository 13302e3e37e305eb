"""Request: one that an app has handled, as an event. What the ASGI and WSGI middleware share."""

import logging
from collections.abc import Callable, Iterable, MutableMapping
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import urlsplit

log = logging.getLogger("localytics.client")

SKIPPED = frozenset({"/health", "/healthz", "/readyz", "/livez", "/metrics", "/favicon.ico"})
UNMATCHED = "(unmatched)"  # one endpoint for all paths that nobody routes, however many there are
_MAX_NAME = 200
_MAX_ERROR_MESSAGE = 2_000

Connection = MutableMapping[str, Any]  # an ASGI scope or a WSGI environ
Callback = Callable[[Any], object]


class Tracks(Protocol):
    """What middleware needs of a client."""

    enabled: bool
    url: str

    def take(self, event_type: str, fields: dict[str, Any], /) -> None: ...


class Exchange:
    """What is seen of one request while it goes on. `status` is None until an answer is begun.

    What most requests never change belongs to the class: setting it for each would take longer.
    """

    status: int | None = None
    error: BaseException | None = None
    endpoint: str | None = None
    user_id: str | None = None
    bytes_in = 0
    bytes_out = 0
    duration_ms = 0.0
    disconnected = False
    ended = False

    def __init__(self, requests: "Requests") -> None:
        self.requests = requests
        self.started = perf_counter()

    def end(self) -> None:
        self.duration_ms = (perf_counter() - self.started) * 1000
        self.ended = True


class Requests:
    """Records requests with `client`, but for the paths of `skip`.

    A path of `skip` that ends in a slash stands for all below it, too. Where the service itself is
    served below a path of some app, what is sent there is never recorded: each report would make
    another.
    """

    def __init__(
        self,
        client: Tracks,
        find_route: Callable[[Connection], str | None],
        user_id: Callback | None,
        skip: Iterable[str],
    ) -> None:
        paths = set(skip)
        if mounted := urlsplit(client.url).path.rstrip("/"):
            paths |= {mounted, f"{mounted}/"}
        self._take = client.take
        self._find_route = find_route
        self._user_id = user_id
        self._exact = frozenset(paths)
        self._below = tuple(path for path in paths if path.endswith("/"))
        self._complained: set[str] = set()

    def skips(self, path: str) -> bool:
        return path in self._exact or path.startswith(self._below)

    def look(self, exchange: Exchange, connection: Connection) -> None:
        """See where the request went and who it was."""
        try:
            exchange.endpoint = self._find_route(connection)
        except Exception:
            self._complain("route")
        if self._user_id is not None:
            try:
                said = self._user_id(connection)
                exchange.user_id = None if said is None else str(said)[:_MAX_NAME]
            except Exception:
                self._complain("user_id")

    def record(self, exchange: Exchange, connection: Connection, method: str) -> None:
        """Record an exchange that has ended. What is not there is not sent: it would cost."""
        if exchange.endpoint is None:
            self.look(exchange, connection)
        status, error = exchange.status, exchange.error
        fields: dict[str, Any] = {
            "endpoint": (exchange.endpoint or UNMATCHED)[:_MAX_NAME],
            "method": method,
            "status_code": status,
            "duration_ms": exchange.duration_ms,
            "bytes_in": exchange.bytes_in,
            "bytes_out": 0 if method == "HEAD" else exchange.bytes_out,
        }
        if exchange.user_id is not None:
            fields["user_id"] = exchange.user_id
        if error is not None or exchange.disconnected or status is None or status >= 500:
            fields |= _failure(exchange)
            exchange.error = None  # whose traceback may hold the exchange
        self._take("api.request", fields)

    def _complain(self, what: str) -> None:
        """Once: it would be the same for every request."""
        if what not in self._complained:
            self._complained.add(what)
            log.warning("%s can't be told of some requests", what, exc_info=True)


def _failure(exchange: Exchange) -> dict[str, Any]:
    """What went wrong. That a client went away, or the server ended, is no error of the app's."""
    status, error = exchange.status, exchange.error
    crashed = isinstance(error, Exception) and not exchange.disconnected
    if exchange.disconnected or not (error is None or crashed):
        fields: dict[str, Any] = {"disconnected": True}
    else:
        fields = {"status_code": status or 500}  # which is what the server then answers
    if crashed or fields.get("status_code", status or 0) >= 500:
        fields["is_error"] = True
        if error is not None:
            fields["error_type"] = type(error).__name__
            fields["error_message"] = _message(error)
    return fields


def _message(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_ERROR_MESSAGE]
    except Exception:
        return ""
