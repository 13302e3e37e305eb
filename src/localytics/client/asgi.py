"""ASGI middleware: every request that a Starlette, FastAPI or Litestar app handles, as an event."""

import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from time import perf_counter
from typing import Any

from localytics.client.request import SKIPPED, Callback, Requests, Tracks
from localytics.client.route import asgi_route

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]  # each framework has types of its own for these


class ASGIMiddleware:
    """Records each HTTP request of `app` with `client` as an `api.request`, once it is answered.

    The event has the route's template (never the path itself), method, status, the milliseconds
    until the last byte of the answer was sent, the bytes of both bodies, and of a failure its type
    and message. Background tasks are not part of it; nor are addresses and query strings.
    `user_id(scope)` says who it was, asked when the request has ended; `route(scope)` names the
    endpoint where a framework of another kind routes. Requests for a path of `skip` (with all below
    it where it ends in a slash), WebSockets and lifespan pass through.

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
        self._requests = Requests(client, route or asgi_route, user_id, skip)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or self._requests.skips(scope["path"]):
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        status: int | None = None
        error: BaseException | None = None
        bytes_in = bytes_out = 0
        disconnected = ended = False

        async def receive_counted() -> Message:
            nonlocal bytes_in, disconnected
            message: Message = await receive()
            if message["type"] == "http.request":
                bytes_in += len(message.get("body", b""))
            elif not ended:
                disconnected = True
            return message

        async def send_counted(message: Message) -> None:
            nonlocal bytes_out, error, status
            kind = message["type"]
            if kind == "http.response.start":
                status = message["status"]
                if status is not None and status >= 500:
                    error = sys.exc_info()[1]  # which an exception handler is answering
                await send(message)
            elif kind == "http.response.body":
                bytes_out += len(message.get("body", b""))
                await send(message)
                if not message.get("more_body", False):
                    end()
            else:
                await send(message)

        def end() -> None:
            nonlocal ended
            if ended:
                return
            ended = True
            self._requests.record(
                endpoint=self._requests.endpoint(scope),
                user_id=self._requests.user_id(scope),
                method=scope["method"],
                duration_ms=(perf_counter() - started) * 1000,
                status=status,
                error=error,
                disconnected=disconnected,
                bytes_in=bytes_in,
                bytes_out=bytes_out,
            )

        try:
            await self._app(scope, receive_counted, send_counted)
        except BaseException as raised:
            error = raised
            raise
        finally:
            end()
            error = None  # its traceback holds this frame
