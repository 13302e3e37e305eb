"""Connection: HTTP/1.1 on a socket, with what the server underneath leaves open.

Requests that trickle in are cut off, connections are capped, and what is not HTTP at all is refused
in the same shape as every other error.
"""

import asyncio
from typing import Any

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localytics.errors import Busy, InvalidInput, LocalyticsError, TimedOut
from localytics.settings import Server

_TAKING_SECONDS = 0.5  # for a client that has not read its answer when the service stops
_MOST_HEAD_BYTES = 64 * 1024  # of headers that have not ended, looked at between two pieces
_REASONS = {400: b"Bad Request", 408: b"Request Timeout", 503: b"Service Unavailable"}


def websocket(**given: Any) -> asyncio.Protocol:
    """The protocol of a connection that has become a WebSocket."""
    from localytics.receive.websocket import WebSocket  # noqa: PLC0415

    return WebSocket(**given)


def connection(settings: Server) -> type[HttpToolsProtocol]:
    """The protocol of one connection, under the limits of `settings`."""

    class Connection(HttpToolsProtocol):
        _slow: asyncio.TimerHandle | None = None
        _in_head = True
        _head_bytes = 0

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            if len(self.connections) > settings.connections:
                self._refuse(Busy("Too many connections are open"))
                return
            self._expect(settings.header_seconds, "The request")

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._in_head:
                self._head_bytes += len(data)
                if self._head_bytes > _MOST_HEAD_BYTES:
                    most = _MOST_HEAD_BYTES // 1024
                    self._refuse(InvalidInput(f"The headers are larger than {most} KiB"))

        def on_message_begin(self) -> None:
            self._in_head, self._head_bytes = True, 0
            self._expect(settings.header_seconds, "The request")
            super().on_message_begin()

        def on_headers_complete(self) -> None:
            self._in_head = False
            if not self.url.startswith(b"/"):
                self._obey_target()
            self._expect(settings.body_seconds, "The body")
            super().on_headers_complete()

        def _obey_target(self) -> None:
            """Of `GET http://host/path` the host counts, whatever Host says (RFC 9112, 3.2.2)."""
            _, is_absolute, target = self.url.partition(b"://")
            if is_absolute:
                host, _, path = target.partition(b"/")
                self.url = b"/" + path
                self.headers[:] = [
                    (name, host if name == b"host" else value) for name, value in self.headers
                ]

        def on_message_complete(self) -> None:
            self._stop_expecting()
            super().on_message_complete()

        def handle_websocket_upgrade(self) -> None:
            self._stop_expecting()  # from here on pings tell whether anybody is there
            super().handle_websocket_upgrade()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_expecting()
            super().connection_lost(exc)

        def shutdown(self) -> None:
            super().shutdown()
            self.loop.call_later(_TAKING_SECONDS, self._let_go)

        def _let_go(self) -> None:
            if self.flow.write_paused:  # closing alone would wait until everything is taken
                self.transport.abort()

        def send_400_response(self, msg: str) -> None:  # noqa: ARG002  (says no more than ours)
            self._refuse(InvalidInput("That was not an HTTP request"))

        def _expect(self, seconds: float, what: str) -> None:
            self._stop_expecting()
            self._slow = self.loop.call_later(seconds, self._too_slow, seconds, what)

        def _stop_expecting(self) -> None:
            if self._slow is not None:
                self._slow.cancel()
                self._slow = None

        def _too_slow(self, seconds: float, what: str) -> None:
            self._refuse(TimedOut(f"{what} took longer than {seconds:g} s to arrive"))

        def _refuse(self, error: LocalyticsError) -> None:
            if self.transport.is_closing():
                return
            body = msgspec.json.encode(error.answer())
            self.transport.write(
                b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\n"
                b"content-length: %d\r\nconnection: close\r\n\r\n%s"
                % (error.status, _REASONS[error.status], len(body), body)
            )
            self.transport.close()

    return Connection
