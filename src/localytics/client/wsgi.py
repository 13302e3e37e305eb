"""WSGI middleware: every request that a Flask or Django app handles, as an event."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from localytics.client.request import SKIPPED, Callback, Exchange, Requests, Tracks
from localytics.client.route import wsgi_route
from localytics.client.telling import ERROR, REQUEST, have_told

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
App = Callable[[Environ, StartResponse], Iterable[bytes]]


class WSGIMiddleware:
    """Records each request of `app` with `client` as an `api.request`, once it is answered.

    What an event has and what the parameters mean is said at ASGIMiddleware. `user_id` and `route`
    are given the environ as the answer begins: Flask's session and Django's user are there still. A
    Flask app is wrapped as `app.wsgi_app`; of a Django app it has to be the application itself that
    is wrapped, for its requests to tell their routes.

    With `enabled` off, or unsaid and the client off (ANALYTICS_ENABLED), this is `app` itself.
    """

    def __new__(cls, app: App, *, client: Tracks, enabled: bool | None = None, **_: Any) -> Any:
        is_on = client.enabled if enabled is None else enabled
        return super().__new__(cls) if is_on else app

    def __init__(
        self,
        app: App,
        *,
        client: Tracks,
        user_id: Callback | None = None,
        route: Callable[[Any], str | None] | None = None,
        skip: Iterable[str] = SKIPPED,
        enabled: bool | None = None,  # noqa: ARG002  (decided before)
    ) -> None:
        self._app = app
        self._requests = Requests(client, route or wsgi_route, user_id, skip)
        have_told(app)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._requests.skips(environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")):
            return self._app(environ, start_response)
        answer = _Answer(self._requests, environ, start_response)
        try:
            body = self._app(environ, answer.start)
        except BaseException as error:
            answer.finish(error)
            raise
        if isinstance(body, list | tuple):
            # All of it is there: the server may go by its length, as it does without us.
            answer.bytes_out += sum(map(len, body))
            answer.finish()
            return body
        answer.body = body
        return answer


class _Answer(Exchange):
    """The answer to one request, on its way to the server."""

    def __init__(self, requests: Requests, environ: Environ, start_response: StartResponse) -> None:
        super().__init__(requests)
        self.body: Iterable[bytes] = ()
        self._environ = environ
        self._start_response = start_response
        self._chunks: _Counted | None = None
        if "CONTENT_LENGTH" not in environ and environ.get("HTTP_TRANSFER_ENCODING"):
            self._chunks = environ["wsgi.input"] = _Counted(environ["wsgi.input"])

    def start(self, status: str, headers: Any, *exc_info: Any) -> Callable[[bytes], object]:
        write = self._start_response(status, headers, *exc_info)
        self.status = int(status[:3])
        self.requests.look(self, self._environ)  # while the framework still knows

        def write_counted(data: bytes) -> object:
            self.bytes_out += len(data)
            return write(data)

        return write_counted

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self.body:
                self.bytes_out += len(chunk)
                yield chunk
        except GeneratorExit:  # the server has had enough: `close` records it
            raise
        except BaseException as error:
            self.finish(error)
            raise
        self.finish()

    def close(self) -> None:
        """Called by the server in the end, also where it did not take all of the body."""
        if not self.ended:
            self.disconnected = self._environ["REQUEST_METHOD"] != "HEAD"
            self.finish()
        if (close := getattr(self.body, "close", None)) is not None:
            close()

    def finish(self, error: BaseException | None = None) -> None:
        if self.ended:
            return
        self.end()
        environ = self._environ
        told = environ.pop(ERROR, None)
        self.error = told if error is None else error
        self.bytes_in = self._bytes_in()
        self.requests.record(self, environ, environ["REQUEST_METHOD"])
        environ.pop(REQUEST, None)  # each holds the other

    def _bytes_in(self) -> int:
        if self._chunks is not None:
            return self._chunks.bytes
        length = self._environ.get("CONTENT_LENGTH") or "0"
        # A stranger has sent it, and it may be anything.
        known = length.isascii() and length.isdecimal() and len(length) < 19
        return int(length) if known else 0


class _Counted:
    """A body of unknown length, counted as the app reads it."""

    def __init__(self, stream: Any) -> None:
        self.bytes = 0
        self._stream = stream

    def read(self, *size: int) -> bytes:
        return self._count(self._stream.read(*size))

    def readline(self, *size: int) -> bytes:
        return self._count(self._stream.readline(*size))

    def readlines(self, *hint: int) -> list[bytes]:
        return [self._count(line) for line in self._stream.readlines(*hint)]

    def __iter__(self) -> Iterator[bytes]:
        return map(self._count, self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _count(self, data: bytes) -> bytes:
        self.bytes += len(data)
        return data
