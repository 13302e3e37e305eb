"""Socket: who listens to live events over a WebSocket, and with which filters."""

import asyncio
from contextlib import ExitStack, suppress

from litestar import asgi
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils import normalize_path

from localytics.errors import InvalidInput, InvalidParameter, LocalyticsError, NotFound
from localytics.present.failure import refuse
from localytics.present.live import Filters, Listener, Live
from localytics.present.words import pairs
from localytics.query.options import listed
from localytics.query.question import ALIASES, FILTERS, MAX_VALUE

PATH = "/api/v1/live"


def live_route(live: Live) -> ASGIRouteHandler:
    """The route; what a listener sends is not looked at."""

    @asgi(PATH, copy_scope=True)
    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            raise InvalidInput(
                "Live events are sent over a WebSocket", hint=f"Connect to ws://…{PATH}."
            )
        with ExitStack() as stack:
            try:
                listener = stack.enter_context(live.listening(_filters(scope["query_string"])))
            except LocalyticsError as error:
                await refuse(error, scope, receive, send)
                return
            await receive()
            await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
            sending = asyncio.create_task(_send(listener, send))
            gone = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, gone):
                    task.cancel()
                    with suppress(asyncio.CancelledError, OSError):
                        await task

    return listen


def with_sockets(app: ASGIApp) -> ASGIApp:
    """`app`, in which a WebSocket for which there is no route is told so as any request is."""

    async def routing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.WEBSOCKET and normalize_path(scope["path"]) != PATH:
            error = NotFound(
                f"No WebSocket is served at {scope['path'][:200]}",
                hint=f"Live events are at {PATH}.",
            )
            await refuse(error, scope, receive, send)
            return
        await app(scope, receive, send)

    return routing


async def _send(listener: Listener, send: Send) -> None:
    """Send what there is, for as long as the other side takes it."""
    while True:
        text = await listener.message()
        await send({"type": "websocket.send", "bytes": None, "text": text})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


def _filters(query: bytes) -> Filters:
    """The filters of a query string; a word that is repeated allows any of its values."""
    found: dict[str, list[str]] = {}
    for word, value in pairs(query):
        column = ALIASES.get(word, word)
        if column not in FILTERS:
            raise InvalidParameter(
                f"{word[:80]!r} is not a parameter of live events",
                hint=f"It takes {listed(FILTERS)}, each once or more often.",
                field=word[:80],
            )
        if len(value) > MAX_VALUE or "\0" in value:
            raise InvalidParameter(f"{word} has a value that can't be meant", field=word)
        found.setdefault(column, []).append(value)
    return tuple((column, tuple(sorted(set(found[column])))) for column in sorted(found))
