"""WebSocket: what the server underneath leaves open of one that only ever sends.

Loaded with the first of them: a service that nobody listens to starts without.
"""

from http import HTTPStatus
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.server import ServerProtocol

from localytics.errors import InvalidInput, LocalyticsError, MethodNotAllowed, Unexpected
from localytics.present.failure import written

_GOING_AWAY = 1001


class _Handshake(ServerProtocol):
    """Says what is wrong with one in the shape of all errors."""

    def reject(self, status: int, text: str) -> Response:
        told: LocalyticsError
        reason = text.partition("\n")[0].removeprefix("Failed to open a WebSocket connection: ")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            told = Unexpected(
                "Something went wrong here", hint="The service's log has the details."
            )
        elif status == HTTPStatus.METHOD_NOT_ALLOWED:
            told = MethodNotAllowed("A WebSocket begins with a GET", allow=["GET"])
        else:
            told = InvalidInput(
                f"That is not a WebSocket handshake: {reason.removesuffix('.')}",
                hint="Clients that speak version 13 of the protocol (RFC 6455) send a right one.",
            )
        headers, body = written(told)
        headers.pop("allow", None)  # is added to what is returned
        refusal = super().reject(told.status, "")
        refusal.headers = Headers(Connection="close", **headers)
        refusal.body = body
        return refusal


class WebSocket(WebSocketsSansIOProtocol):
    """Says 1001 when the service stops, and does not wait for a peer that takes nothing."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.conn = _Handshake(max_size=self.config.ws_max_size, logger=self.logger)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        error = self.conn.handshake_exc
        if error is not None and not self.handshake_initiated and not self.transport.is_closing():
            # Too much of a request, or one with a body; nobody else would answer it, ever.
            refusal = self.conn.reject(HTTPStatus.BAD_REQUEST, str(error.__cause__ or error))
            self.transport.write(refusal.serialize())
            self.transport.close()

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            self.handshake_complete = True  # by a refusal; else it is logged as an error

    def shutdown(self) -> None:
        if self.handshake_complete and not self.close_sent:
            self.conn.send_close(_GOING_AWAY)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.queue.put_nowait({"type": "websocket.disconnect", "code": _GOING_AWAY})
        super().shutdown()
        self._let_go()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._let_go()

    def _let_go(self) -> None:
        if not self.writable.is_set():  # closing alone would wait until everything is taken
            self.transport.abort()
