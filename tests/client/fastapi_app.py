"""FastAPI: an app with a router and another app mounted below, and what is asked of it."""

from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException
from starlette.responses import StreamingResponse

from localytics.client import Client
from localytics.client.asgi import ASGIMiddleware
from tests.client.answering import CHUNK, CHUNKS, OutOfPaperError, chunks, who
from tests.client.serving import Sent


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
