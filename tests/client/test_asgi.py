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
import pytest
from fastapi import BackgroundTasks, FastAPI
from starlette.responses import StreamingResponse

from localytics.client import Client
from localytics.client.asgi import ASGIMiddleware
from localytics.client.request import Requests
from localytics.client.route import asgi_route
from tests.client.answering import CHUNK, OutOfPaperError
from tests.client.fastapi_app import FASTAPI, fastapi_app
from tests.client.litestar_app import LITESTAR, litestar_app
from tests.client.serving import Sent, asgi_served, client_of, events, recorded
from tests.client.starlette_app import STARLETTE, starlette_app
from tests.eventually import eventually
from tests.service import Service


def mixed(sent: list[Sent], requests: int) -> list[Sent]:
    """Some hundred of them, each at least once, in any order."""
    dice = random.Random(3)
    return sent + dice.choices(sent, k=requests - len(sent))


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
