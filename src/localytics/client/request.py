"""Request: one that an app has handled, as an event. What the ASGI and WSGI middleware share."""

import logging
from collections.abc import Callable, Iterable, MutableMapping
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
        return self._call("route", self._find_route, connection) or UNMATCHED

    def user_id(self, connection: Connection) -> str | None:
        return self._user_id and self._call("user_id", self._user_id, connection)

    def record(
        self,
        *,
        endpoint: str,
        user_id: str | None,
        method: str,
        duration_ms: float,
        status: int | None,
        error: BaseException | None,
        disconnected: bool,
        bytes_in: int,
        bytes_out: int,
    ) -> None:
        """Record a request that has ended. `status` is None where no answer was begun."""
        crashed = isinstance(error, Exception) and not disconnected
        disconnected = disconnected or not (error is None or crashed)
        if status is None and not disconnected:
            status = 500  # which is what the server then answers
        is_error = crashed or (status is not None and status >= 500)
        fields: dict[str, Any] = {
            "endpoint": endpoint,
            "method": method[:_MAX_NAME],
            "status_code": status,
            "duration_ms": duration_ms,
            "is_error": is_error,
            "bytes_in": bytes_in,
            "bytes_out": 0 if method == "HEAD" else bytes_out,
        }
        if user_id is not None:
            fields["user_id"] = user_id
        if error is not None and is_error:
            fields["error_type"] = type(error).__name__
            fields["error_message"] = self._call("error_message", str, error)
        if disconnected:
            fields["disconnected"] = True
        self._track("api.request", **fields)

    def _call(self, what: str, callback: Callback, given: Any) -> str | None:
        """What a callback says, as text. One that fails costs the event that field, and no more."""
        try:
            said = callback(given)
            limit = _MAX_ERROR_MESSAGE if what == "error_message" else _MAX_NAME
            return None if said is None else str(said)[:limit]
        except Exception:
            if what not in self._complained:
                self._complained.add(what)
                log.warning("%s of a request can't be told; said once", what, exc_info=True)
            return None
