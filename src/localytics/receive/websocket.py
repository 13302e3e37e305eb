"""WebSocket: what the server underneath leaves open of one that only ever sends.

Loaded with the first of them: a service that nobody listens to starts without.
"""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

_GOING_AWAY = 1001


class WebSocket(WebSocketsSansIOProtocol):
    """Says 1001 when the service stops, and does not wait for a peer that takes nothing."""

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
