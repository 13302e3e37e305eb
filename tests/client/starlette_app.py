"""Starlette: an app with all kinds of routes and mounts, and what is asked of it."""

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from localytics.client import Client
from localytics.client.asgi import ASGIMiddleware
from tests.client.answering import CHUNK, CHUNKS, OutOfPaperError, chunks, who
from tests.client.serving import Sent


def starlette_app(client: Client) -> Starlette:
    async def page(request: Request) -> Response:
        return PlainTextResponse(f"page {request.path_params['number']}")

    async def upload(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())), 201)

    async def broken(_: Request) -> Response:
        raise OutOfPaperError("tray 2 is empty")

    async def sorry(_: Request, error: Exception) -> Response:
        return PlainTextResponse(str(error), 507)

    async def refused(_: Request) -> Response:
        raise KeyError("paper")

    async def unchanged(_: Request) -> Response:
        return Response(status_code=304)

    async def stream(_: Request) -> Response:
        return StreamingResponse(chunks())

    async def raw(scope: Any, receive: Any, send: Any) -> None:
        await PlainTextResponse("raw")(scope, receive, send)

    async def echo(socket: WebSocket) -> None:
        await socket.accept()

    tenant = [Route("/files/{file:path}", page_of_file), Route("/", upload, methods=["PUT"])]
    return Starlette(
        routes=[
            Route("/pages/{number:int}", page),
            Route("/upload", upload, methods=["POST"]),
            Route("/broken", broken),
            Route("/refused", refused),
            Route("/unchanged", unchanged),
            Route("/stream", stream),
            Mount("/raw", raw),
            Mount("/tenants/{tenant}", routes=tenant),
            Mount("/by-number/{number:int}", routes=tenant),
            WebSocketRoute("/echo", echo),
        ],
        exception_handlers={OutOfPaperError: sorry},
        middleware=[Middleware(ASGIMiddleware, client=client, user_id=who)],
    )


async def page_of_file(request: Request) -> Response:
    return PlainTextResponse(request.path_params["file"])


STARLETTE = [
    *(Sent(f"/pages/{n}", "/pages/{number:int}", user_id=f"user-{n % 3}") for n in range(20)),
    Sent("/pages/1", "/pages/{number:int}", method="HEAD", bytes_out=0),
    Sent("/pages/1", "/pages/{number:int}", 405, "POST"),
    Sent("/upload", "/upload", 201, "POST", 200_000, options={"content": b"y" * 200_000}),
    Sent("/broken", "/broken", 507, error_type="OutOfPaperError", error_message="tray 2 is empty"),
    Sent("/refused", "/refused", 500, bytes_out=0, error_type="KeyError", error_message="'paper'"),
    Sent("/unchanged", "/unchanged", 304),
    Sent("/stream", "/stream", bytes_out=CHUNKS * len(CHUNK)),
    Sent("/raw/one", "/raw/{path}"),
    Sent("/raw/two", "/raw/{path}"),
    *(Sent(f"/tenants/t{n}/files/a/{n}", "/tenants/{tenant}/files/{file:path}") for n in range(5)),
    Sent("/tenants/a/nothing", "/tenants/{tenant}/{path}", 404),
    Sent("/by-number/7/files/a", "/by-number/{number}/files/{file:path}"),
    Sent("/by-number/007/files/a", "(unmatched)"),  # not as it was sent: 7 is not in it
    *(Sent(f"/wp-admin/{n}.php", "(unmatched)", 404) for n in range(10)),
]
