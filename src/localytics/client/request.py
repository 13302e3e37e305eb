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

    def track(self, event_type: str, /, **fields: Any) -> None: ...


class Exchange:
    """What is seen of one request while it goes on. `status` is None until an answer is begun."""

    __slots__ = ("bytes_in", "bytes_out", "disconnected", "ended", "error", "started", "status")

    def __init__(self) -> None:
        self.started = perf_counter()
        self.status: int | None = None
        self.error: BaseException | None = None
        self.bytes_in = self.bytes_out = 0
        self.disconnected = self.ended = False


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
        self._track = client.track
        self._find_route = find_route
        self._user_id = user_id
        self._exact = frozenset(paths)
        self._below = tuple(path for path in paths if path.endswith("/"))
        self._complained: set[str] = set()

    def skips(self, path: str) -> bool:
        return path in self._exact or path.startswith(self._below)

    def endpoint(self, connection: Connection) -> str:
        try:
            return (self._find_route(connection) or UNMATCHED)[:_MAX_NAME]
        except Exception:
            self._complain("route")
            return UNMATCHED

    def user_id(self, connection: Connection) -> str | None:
        if self._user_id is None:
            return None
        try:
            said = self._user_id(connection)
            return None if said is None else str(said)[:_MAX_NAME]
        except Exception:
            self._complain("user_id")
            return None

    def record(self, exchange: Exchange, method: str, endpoint: str, user_id: str | None) -> None:
        """Record an exchange that has ended. What is not there is not sent: it would cost."""
        duration_ms = (perf_counter() - exchange.started) * 1000
        status, error = exchange.status, exchange.error
        crashed = isinstance(error, Exception) and not exchange.disconnected
        disconnected = exchange.disconnected or not (error is None or crashed)
        if status is None and not disconnected:
            status = 500  # which is what the server then answers
        fields: dict[str, Any] = {
            "endpoint": endpoint,
            "method": method,
            "duration_ms": duration_ms,
            "bytes_in": exchange.bytes_in,
            "bytes_out": 0 if method == "HEAD" else exchange.bytes_out,
        }
        if status is not None:
            fields["status_code"] = status
        if user_id is not None:
            fields["user_id"] = user_id
        if disconnected:
            fields["disconnected"] = True
        if crashed or (status is not None and status >= 500):
            fields["is_error"] = True
            if error is not None:
                fields["error_type"] = type(error).__name__
                fields["error_message"] = _message(error)
        self._track("api.request", **fields)

    def _complain(self, what: str) -> None:
        """Once: it would be the same for every request."""
        if what not in self._complained:
            self._complained.add(what)
            log.warning("%s can't be told of some requests", what, exc_info=True)


def _message(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_ERROR_MESSAGE]
    except Exception:
        return ""
