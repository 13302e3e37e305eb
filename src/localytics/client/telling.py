"""Telling: what Flask and Django keep to themselves, put into the environ of the request.

Both answer an exception themselves and say so in a signal only; Django's request, which knows its
route, is nowhere to be found from outside. Neither is imported unless the app has done so.
"""

import functools
import sys
from typing import Any

ERROR = "localytics.error"
REQUEST = "localytics.request"


def have_told(app: Any) -> None:
    """Have errors told by the frameworks that are there, and requests by a Django app."""
    if "flask" in sys.modules:
        _listen_to_flask()
    if "django.core.handlers.wsgi" in sys.modules:
        _listen_to_django()
        _have_requests_told(app)


@functools.cache
def _listen_to_flask() -> None:
    from flask import got_request_exception, request  # noqa: PLC0415

    def tell(_: Any, exception: BaseException, **__: Any) -> None:
        environ = request.environ
        environ[ERROR] = exception
        environ[REQUEST] = environ.get("werkzeug.request")  # which is gone where it is raised on

    got_request_exception.connect(tell, weak=False)


@functools.cache
def _listen_to_django() -> None:
    from django.core.signals import got_request_exception  # noqa: PLC0415

    def tell(request: Any, **_: Any) -> None:
        getattr(request, "environ", {})[ERROR] = sys.exc_info()[1]

    got_request_exception.connect(tell, weak=False)


def _have_requests_told(app: Any) -> None:
    from django.core.handlers.wsgi import WSGIHandler  # noqa: PLC0415

    if not isinstance(app, WSGIHandler):
        return

    class Request(app.request_class):  # type: ignore[misc]
        def __init__(self, environ: dict[str, Any]) -> None:
            super().__init__(environ)
            environ[REQUEST] = self

    app.request_class = Request
