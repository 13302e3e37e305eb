"""WSGI: what real Flask and Django apps answered on a socket is what is recorded."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import flask
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from localytics.client import Client
from localytics.client.wsgi import WSGIMiddleware
from tests.client import django_app
from tests.client.serving import Sent, recorded, wsgi_served
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
