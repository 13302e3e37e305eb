"""Socket: who listens to live events over a WebSocket, and with which filters.

Those of its address are what a listener is told of, until it asks for others: the message

    {"listen": ["user_id=ada", "source=shop&event_type=order.paid"]}

names all that it wants to be told of from then on, each as in a query string. Every message says in
`of` which of these it is about. So what many pages of one browser show takes one connection.
"""

import asyncio
from contextlib import ExitStack, suppress
from typing import Annotated

import msgspec
from litestar import asgi
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.utils import normalize_path
from msgspec import Meta, Struct

from localytics.errors import InvalidInput, InvalidParameter, LocalyticsError, NotFound
from localytics.present.failure import refuse
from localytics.present.live import Filters, Live
from localytics.present.words import pairs
from localytics.query.options import listed
from localytics.query.question import ALIASES, FILTERS, MAX_VALUE

PATH = "/api/v1/live"

_MOST, _LONGEST = 32, 4000  # query strings at once, and their characters
_encode = msgspec.json.Encoder().encode


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a listener asks for once it is connected: query strings of filters, each its own."""

    listen: Annotated[list[Annotated[str, Meta(max_length=_LONGEST)]], Meta(max_length=_MOST)]


_wanted = msgspec.json.Decoder(Wanted).decode


class _Connection:
    """One who listens: a task for each question, that sends what there is as fast as it is read."""

    def __init__(self, live: Live, send: Send) -> None:
        self._live = live
        self._send = send
        self._turn = asyncio.Lock()
        self._telling: dict[str | None, tuple[ExitStack, asyncio.Task[None]]] = {}

    def listen(self, of: str | None, filters: Filters) -> None:
        """Tell of what `filters` allow, from now on."""
        stack = ExitStack()
        listener = stack.enter_context(self._live.listening(filters))

        async def tell() -> None:
            with suppress(OSError):  # the other side is gone, as the next message received says
                while True:
                    text = await listener.message()
                    if of is not None:
                        text = f'{{"of":{_encode(of).decode()},{text[1:]}'
                    await self._say(text)

        self._telling[of] = stack, asyncio.create_task(tell())

    async def obey(self, text: str) -> None:
        """Tell of what a message of the other side asks for, and of nothing else; or what is wrong
        with it, and go on as before.
        """
        try:
            wanted = {query: _filters(query.encode()) for query in _asked(text)}
        except LocalyticsError as error:
            await self._say(_encode(error.answer()).decode())
            return
        for gone in self._telling.keys() - wanted.keys():
            await self._leave(gone)
        for query in wanted.keys() - self._telling.keys():
            self.listen(query, wanted[query])

    async def end(self) -> None:
        for of in list(self._telling):
            await self._leave(of)

    async def _leave(self, of: str | None) -> None:
        stack, task = self._telling.pop(of)
        stack.close()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _say(self, text: str) -> None:
        async with self._turn:
            await self._send({"type": "websocket.send", "bytes": None, "text": text})


def live_route(live: Live) -> ASGIRouteHandler:
    """The route."""

    @asgi(PATH, copy_scope=True)
    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            raise InvalidInput(
                "Live events are sent over a WebSocket", hint=f"Connect to ws://…{PATH}."
            )
        connection = _Connection(live, send)
        with ExitStack() as place:
            try:
                place.enter_context(live.connected())
                connection.listen(None, _filters(scope["query_string"]))
            except LocalyticsError as error:
                await refuse(error, scope, receive, send)
                return
            try:
                await receive()
                await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
                while (message := await receive())["type"] != "websocket.disconnect":
                    await connection.obey(str(message.get("text") or ""))
            finally:
                await connection.end()

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


def _asked(text: str) -> list[str]:
    """The query strings of a listener's message."""
    try:
        return _wanted(text).listen
    except (msgspec.DecodeError, RecursionError):
        raise InvalidInput(
            f"The message is not a JSON object with listen, a list of at most {_MOST} texts of at"
            f" most {_LONGEST} characters",
            hint='Send {"listen": ["user_id=ada", "source=shop"]}.',
            field="listen",
        ) from None


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
