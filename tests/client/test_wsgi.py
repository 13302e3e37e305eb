"""WSGI: what real Flask and Django apps answered on a socket is what is recorded."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import flask
import httpx
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from localytics.client import Client
from localytics.client.wsgi import WSGIMiddleware
from tests.client import django_app
from tests.client.serving import Sent, client_of, events, recorded, wsgi_served
from tests.eventually import eventually
from tests.service import Service

CHUNKS = 5
CHUNK = b"x" * 1000


class OutOfPaperError(Exception):
    """What an app has of its own."""


def who(environ: Any) -> str | None:
    """The user that a request names."""
    name: str | None = environ.get("HTTP_X_USER")
    return name


def flask_app() -> flask.Flask:
    app = flask.Flask("shop")
    app.logger.disabled = True

    @app.get("/users/<int:user_id>")
    def user(user_id: int) -> dict[str, int]:
        return {"user_id": user_id}

    @app.post("/upload")
    def upload() -> tuple[str, int]:
        return str(len(flask.request.get_data())), 201

    @app.get("/broken")
    def broken() -> str:
        raise OutOfPaperError("tray 2 is empty")

    @app.get("/busy")
    def busy() -> str:
        flask.abort(503)

    @app.get("/stream")
    def stream() -> Iterator[bytes]:
        yield from [CHUNK] * CHUNKS

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    return app


def flask_served(client: Client) -> AbstractContextManager[str]:
    app, below = flask_app(), flask_app()
    both = DispatcherMiddleware(app.wsgi_app, {"/below": below.wsgi_app})
    app.wsgi_app = WSGIMiddleware(both, client=client, user_id=who)  # type: ignore[method-assign]
    return wsgi_served(app)


def django_served(client: Client) -> AbstractContextManager[str]:
    return wsgi_served(WSGIMiddleware(django_app.application(), client=client, user_id=who))


BROKEN: dict[str, Any] = {"error_type": "OutOfPaperError", "error_message": "tray 2 is empty"}
UPLOAD: dict[str, Any] = {"options": {"content": b"y" * 200_000}}
FLASK = [
    *(Sent(f"/users/{n}", "/users/<int:user_id>", user_id=f"user-{n % 3}") for n in range(20)),
    Sent("/users/5?secret=1", "/users/<int:user_id>"),
    Sent("/users/5", "/users/<int:user_id>", method="HEAD", bytes_out=0),
    Sent("/users/5", "(unmatched)", 405, "DELETE"),
    Sent("/below/users/5", "/below/users/<int:user_id>"),
    Sent("/upload", "/upload", 201, "POST", 200_000, **UPLOAD),
    Sent("/upload", "/upload", 201, "POST", 0, options={"content": b""}),
    Sent("/broken", "/broken", 500, **BROKEN),
    Sent("/below/broken", "/below/broken", 500, **BROKEN),
    Sent("/busy", "/busy", 503),
    Sent("/stream", "/stream", bytes_out=CHUNKS * len(CHUNK)),
    *(Sent(f"/wp-admin/{n}.php", "(unmatched)", 404) for n in range(10)),
]
DJANGO = [
    *(Sent(f"/users/{n}", "/users/<int:user_id>", user_id=f"user-{n % 3}") for n in range(20)),
    Sent("/users/5?secret=1", "/users/<int:user_id>"),
    Sent("/users/5", "/users/<int:user_id>", method="HEAD", bytes_out=0),
    Sent("/v2/orders/a7/lines", "/v2/orders/<str:order_id>/lines", 405),
    Sent("/v2/orders/a7/lines", "/v2/orders/<str:order_id>/lines", 201, "POST", 200_000, **UPLOAD),
    Sent("/broken", "/broken", 500, **BROKEN),
    Sent("/stream", "/stream", bytes_out=CHUNKS * len(CHUNK)),
    *(Sent(f"/wp-admin/{n}.php", "(unmatched)", 404) for n in range(10)),
]


@pytest.mark.parametrize(("served", "sent"), [(flask_served, FLASK), (django_served, DJANGO)])
def test_what_was_sent_is_what_is_recorded(
    service: Service, served: Callable[[Client], AbstractContextManager[str]], sent: list[Sent]
) -> None:
    dice = random.Random(3)
    recorded(service, served, sent + dice.choices(sent, k=300 - len(sent)))


def test_what_ends_early_or_breaks(service: Service) -> None:
    """A client that leaves, a stream that breaks, an app that raises; chunks in; all is closed."""
    closed = []
    app = flask_app()

    @app.get("/ticks")
    def ticks() -> flask.Response:
        def endless() -> Iterator[bytes]:
            while True:
                yield CHUNK

        answer = flask.Response(endless())
        answer.call_on_close(lambda: closed.append("ticks"))
        return answer

    @app.get("/half")
    def half() -> Iterator[bytes]:
        yield CHUNK
        raise OutOfPaperError("in the middle")

    with client_of(service) as client:
        app.wsgi_app = WSGIMiddleware(  # type: ignore[method-assign]
            app.wsgi_app, client=client, user_id=lambda _: flask.g.get("user", 42)
        )
        with wsgi_served(app) as url:
            with httpx.stream("GET", f"{url}/ticks") as answer:
                assert next(answer.iter_bytes())
            eventually(lambda: client.stats.accepted == 1, "the stream that was left")
            with pytest.raises(httpx.RemoteProtocolError):
                httpx.get(f"{url}/half")
            assert httpx.post(f"{url}/upload", content=iter([CHUNK] * CHUNKS)).text == "5000"
            app.config["PROPAGATE_EXCEPTIONS"] = True
            assert httpx.get(f"{url}/broken").status_code == 500
    left, half_sent, chunked, raised = events(service)
    assert closed == ["ticks"]
    assert (left["endpoint"], left["status_code"], left["is_error"]) == ("/ticks", 200, False)
    assert left["metadata"]["disconnected"] is True
    assert left["user_id"] == "42"
    assert (half_sent["endpoint"], half_sent["is_error"]) == ("/half", True)
    assert half_sent["error_message"] == "in the middle"
    assert half_sent["metadata"]["bytes_out"] == len(CHUNK)
    assert (chunked["endpoint"], chunked["metadata"]["bytes_in"]) == ("/upload", 5000)
    assert (raised["endpoint"], raised["status_code"]) == ("/broken", 500)
    assert raised["metadata"]["error_type"] == "OutOfPaperError"


def test_turned_off_it_is_the_app_itself() -> None:
    app = flask_app().wsgi_app
    assert WSGIMiddleware(app, client=Client(enabled=False)) == app
