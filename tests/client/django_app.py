"""Django: an app of the smallest kind. Django has one configuration for a whole process."""

from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST


class OutOfPaperError(Exception):
    """What an app has of its own."""


def user(_: HttpRequest, user_id: int) -> HttpResponse:
    return JsonResponse({"user_id": user_id})


def lines(request: HttpRequest, order_id: str) -> HttpResponse:
    return HttpResponse(f"{order_id}: {len(request.body)}", status=201)


def broken(_: HttpRequest) -> HttpResponse:
    raise OutOfPaperError("tray 2 is empty")


def stream(_: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        yield from [b"x" * 1000] * 5

    return StreamingHttpResponse(chunks())


urlpatterns: list[Any] = [
    path("users/<int:user_id>", user),
    path("v2/", include([path("orders/<str:order_id>/lines", require_POST(lines))])),
    path("broken", broken),
    path("stream", stream),
]


def application() -> Any:
    """As `get_wsgi_application()` gives it."""
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, LOGGING_CONFIG=None)
        django.setup()
    return WSGIHandler()
