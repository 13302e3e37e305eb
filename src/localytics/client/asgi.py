"""ASGI middleware: every request that a Starlette, FastAPI or Litestar app handles, as an event."""

import sys
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from localytics.client.request import SKIPPED, Callback, Exchange, Requests, Tracks
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
        exchange = _Exchange(self._requests, scope, receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except BaseException as error:
            if not exchange.ended:
                exchange.error = error
            raise
        finally:
            if not exchange.ended:
                exchange.end()
                self._requests.record(exchange, scope, scope["method"])


class _Exchange(Exchange):
    def __init__(self, requests: Requests, scope: Any, receive: Any, send: Any) -> None:
        super().__init__(requests)
        self._scope = scope
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message: Message = await self._receive()
        if message["type"] == "http.request":
            self.bytes_in += len(message.get("body", b""))
        elif not self.ended:
            self.disconnected = True
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """Not a coroutine itself, so that most messages cost a call and no more."""
        kind = message["type"]
        if kind == "http.response.body":
            self.bytes_out += len(message.get("body", b""))
            if not message.get("more_body", False):
                return self._send_last(message)
        elif kind == "http.response.start":
            self.status = status = message["status"]
            if status >= 500:
                self.error = sys.exc_info()[1]  # which an exception handler is answering
        return self._send(message)  # type: ignore[no-any-return]

    async def _send_last(self, message: Message) -> None:
        await self._send(message)
        if not self.ended:
            self.end()
            self.requests.record(self, self._scope, self._scope["method"])
