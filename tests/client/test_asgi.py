"""ASGI: what real FastAPI, Starlette and Litestar apps answered on a socket is what is recorded."""

import asyncio
import random
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from typing import Any

import httpx
import litestar
import pytest
from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException
from litestar.exceptions import ServiceUnavailableException
from litestar.handlers import asgi
from litestar.middleware import DefineMiddleware
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from localytics.client import Client
from localytics.client.asgi import ASGIMiddleware
from localytics.client.request import Requests
from localytics.client.route import asgi_route
from tests.client.serving import Sent, asgi_served, client_of, events, recorded
from tests.eventually import eventually
from tests.service import Service

CHUNKS = 5
CHUNK = b"x" * 1000


class OutOfPaperError(Exception):
    """What an app has of its own."""


def who(scope: Any) -> str | None:
    """The user that a request names."""
    return next((value.decode() for name, value in scope["headers"] if name == b"x-user"), None)


def mixed(sent: list[Sent], requests: int) -> list[Sent]:
    """Some hundred of them, each at least once, in any order."""
    dice = random.Random(3)
    return sent + dice.choices(sent, k=requests - len(sent))


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK
        await asyncio.sleep(0)


def fastapi_app(client: Client) -> FastAPI:
    app = FastAPI()
    app.add_middleware(ASGIMiddleware, client=client, user_id=who)
    orders = APIRouter(prefix="/orders")
    inner = FastAPI()

    @app.get("/users/{user_id}")
    async def user(user_id: int) -> dict[str, int]:
        return {"user_id": user_id}

    @app.get("/not-in-stock")
    def not_in_stock() -> None:
        raise HTTPException(503, "come back tomorrow")

    @app.get("/broken")
    def broken() -> None:
        raise OutOfPaperError("tray 2 is empty")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(chunks())

    @app.get("/healthz")
    async def healthz() -> str:
        return "ok"

    @orders.post("/{order_id}/lines", status_code=201)
    async def add_line(order_id: str, line: dict[str, Any]) -> dict[str, Any]:
        return {"order": order_id} | line

    @inner.get("/things/{name}")
    async def thing(name: str) -> str:
        return name

    app.include_router(orders, prefix="/v2")
    app.mount("/inner", inner)
    return app


FASTAPI = [
    *(Sent(f"/users/{n}", "/users/{user_id}", user_id=f"user-{n % 3}") for n in range(20)),
    Sent("/users/5?secret=1", "/users/{user_id}"),
    Sent("/users/nobody", "/users/{user_id}", 422),
    Sent("/users/5", "/users/{user_id}", 405, "DELETE"),
    Sent(
        "/not-in-stock",
        "/not-in-stock",
        503,
        error_type="HTTPException",
        error_message="503: come back tomorrow",
    ),
    Sent(
        "/broken",
        "/broken",
        500,
        bytes_out=0,
        error_type="OutOfPaperError",
        error_message="tray 2 is empty",
    ),
    Sent("/stream", "/stream", bytes_out=CHUNKS * len(CHUNK)),
    Sent(
        "/v2/orders/a7/lines",
        "/v2/orders/{order_id}/lines",
        201,
        "POST",
        14,
        options={"json": {"sku": "n-42"}},
    ),
    Sent("/inner/things/a", "/inner/things/{name}"),
    Sent("/inner/things/b", "/inner/things/{name}"),
    Sent("/inner/nothing", "/inner/{path}", 404),
    Sent("/openapi.json", "/openapi.json"),
    *(Sent(f"/wp-admin/{n}.php", "(unmatched)", 404) for n in range(10)),
]


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


@pytest.mark.parametrize(
    ("make", "sent"),
    [(fastapi_app, FASTAPI), (starlette_app, STARLETTE), (litestar_app, LITESTAR)],
)
def test_what_was_sent_is_what_is_recorded(
    service: Service, make: Callable[[Client], Any], sent: list[Sent]
) -> None:
    def served(client: Client) -> AbstractContextManager[str]:
        return asgi_served(make(client))

    recorded(service, served, mixed(sent, 300))


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"data: tick\n\n"
        await asyncio.sleep(0.001)


async def broken_off() -> AsyncIterator[bytes]:
    yield CHUNK
    raise OutOfPaperError("in the middle")


def test_what_ends_early_late_or_never(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    """A client that leaves, a stream that breaks, a task after the answer, a socket."""
    released, ran = threading.Event(), threading.Event()
    app = FastAPI()

    def nobody(scope: Any) -> str:
        raise LookupError("who knows")

    @app.get("/ticks")
    async def ticks() -> StreamingResponse:
        return StreamingResponse(endless(), media_type="text/event-stream")

    @app.get("/half")
    async def half() -> StreamingResponse:
        return StreamingResponse(broken_off())

    @app.get("/later")
    async def later(tasks: BackgroundTasks) -> str:
        def task() -> None:
            ran.set()
            assert released.wait(30)

        tasks.add_task(task)
        return "soon"

    with client_of(service) as client:
        app.add_middleware(ASGIMiddleware, client=client, user_id=nobody)
        with asgi_served(app) as url:
            with httpx.stream("GET", f"{url}/ticks") as answer:
                assert next(answer.iter_bytes())
            eventually(lambda: client.stats.accepted == 1, "the stream that was left")
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(f"{url}/half")
            assert httpx.get(f"{url}/later").text == '"soon"'
            assert ran.wait(30)
            # The task goes on; what was answered is recorded all the same.
            eventually(lambda: client.stats.accepted == 3, "the request with a task")
            released.set()
    left, half_sent, with_task = events(service)
    assert (left["endpoint"], left["status_code"], left["is_error"]) == ("/ticks", 200, False)
    assert left["metadata"]["disconnected"] is True
    assert (half_sent["endpoint"], half_sent["status_code"]) == ("/half", 200)
    assert half_sent["is_error"] is True
    assert half_sent["metadata"] == {
        "bytes_in": 0,
        "bytes_out": len(CHUNK),
        "error_type": "OutOfPaperError",
    }
    assert (with_task["endpoint"], with_task["user_id"]) == ("/later", None)
    complaints = [one for one in caplog.records if "user_id" in one.message]
    assert len(complaints) == 1


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_what_is_no_request_passes_through_untouched(kind: str) -> None:
    seen: list[tuple[Any, ...]] = []

    async def app(*given: Any) -> None:
        seen.append(given)

    given = ({"type": kind, "path": "/socket"}, object(), object())
    with Client(enabled=False) as client:
        asyncio.run(ASGIMiddleware(app, client=client, enabled=True)(*given))
    assert seen == [given]


def test_paths_to_skip(service: Service) -> None:
    """The usual ones, or those that are named instead."""
    with client_of(service) as client:
        app = starlette_app(Client(enabled=False))
        with asgi_served(ASGIMiddleware(app, client=client)) as url:
            for path in ("/healthz", "/metrics", "/favicon.ico", "/healthz/records", "/pages/1"):
                httpx.get(url + path)
        with asgi_served(ASGIMiddleware(app, client=client, skip={"/raw/", "/pages/1"})) as url:
            for path in ("/raw/one", "/raw/", "/pages/1", "/pages/12", "/metrics"):
                httpx.get(url + path)
    assert [event["endpoint"] for event in events(service)] == [
        "(unmatched)",
        "/pages/{number:int}",
        "/pages/{number:int}",
        "(unmatched)",
    ]


def test_a_service_below_a_path_of_the_app_is_not_reported_to_itself() -> None:
    below = Requests(Client("http://app/analytics", enabled=False), asgi_route, None, ())
    assert below.skips("/analytics/api/v1/events")
    assert not below.skips("/analytics-of-ours")


@pytest.mark.parametrize("how", ["parameter", "environment"])
def test_turned_off_it_is_the_app_itself(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app: Any = FastAPI()
    if how == "environment":
        monkeypatch.setenv("ANALYTICS_ENABLED", "false")
        assert ASGIMiddleware(app, client=Client()) is app
    else:
        assert ASGIMiddleware(app, client=Client(enabled=False)) is app
        assert ASGIMiddleware(app, client=Client(enabled=False), enabled=False) is app


def test_no_framework_is_imported() -> None:
    code = "import sys, localytics.client.asgi, localytics.client.wsgi; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    frameworks = {"starlette", "fastapi", "litestar", "flask", "werkzeug", "django", "msgspec"}
    assert not frameworks & set(done.stdout.split())
