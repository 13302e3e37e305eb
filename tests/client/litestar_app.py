"""Litestar: an app with a mount below a router, and what is asked of it."""

from typing import Any

import litestar
from litestar.exceptions import ServiceUnavailableException
from litestar.handlers import asgi
from litestar.middleware import DefineMiddleware
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from starlette.responses import PlainTextResponse

from localytics.client import Client
from localytics.client.asgi import ASGIMiddleware
from tests.client.answering import CHUNK, CHUNKS, OutOfPaperError, chunks, who
from tests.client.serving import Sent


def litestar_app(client: Client) -> litestar.Litestar:
    @litestar.get("/items/{number:int}")
    async def item(number: FromPath[int]) -> dict[str, int]:
        return {"number": number}

    @litestar.post("/items")
    async def add(data: JSONBody[dict[str, Any]]) -> dict[str, Any]:
        return data

    @litestar.get("/broken")
    async def broken() -> None:
        raise OutOfPaperError("tray 2 is empty")

    @litestar.get("/busy")
    async def busy() -> None:
        raise ServiceUnavailableException("later")

    @litestar.get("/stream")
    async def stream() -> Stream:
        return Stream(chunks())

    @asgi("/raw", is_mount=True, copy_scope=True)
    async def raw(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("raw")(scope, receive, send)

    return litestar.Litestar(
        [item, add, broken, busy, stream, litestar.Router("/below", route_handlers=[raw])],
        middleware=[DefineMiddleware(ASGIMiddleware, client=client, user_id=who)],
        logging_config=None,
    )


LITESTAR = [
    *(Sent(f"/items/{n}", "/items/{number}", user_id=f"user-{n % 3}") for n in range(20)),
    Sent(
        "/items",
        "/items",
        201,
        "POST",
        7,
        options={"json": {"a": 1}},
    ),
    Sent("/broken", "/broken", 500, error_type="OutOfPaperError", error_message="tray 2 is empty"),
    Sent(
        "/busy", "/busy", 503, error_type="ServiceUnavailableException", error_message="503: later"
    ),
    Sent("/stream", "/stream", bytes_out=CHUNKS * len(CHUNK)),
    Sent("/below/raw/one", "/below/raw/{path}"),
    Sent("/below/raw/two", "/below/raw/{path}"),
]
