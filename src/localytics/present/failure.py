"""Failure: every error as an answer, in the one shape there is (see errors)."""

import logging
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import Receive, Scope, Send
from litestar.utils import normalize_path

from localytics.errors import (
    Forbidden,
    InvalidInput,
    LocalyticsError,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unexpected,
)

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode


def failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The answer to a request that raised `error`."""
    told = _translated(request, error)
    return Response(
        _encode(told.answer()),
        status_code=told.status,
        media_type=MediaType.JSON,
        headers=_headers(told),
    )


async def refuse(error: LocalyticsError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer `error` to a request that never reaches a route."""
    kind = "http.response"
    if scope["type"] == ScopeType.WEBSOCKET:
        await receive()
        kind = "websocket.http.response"
        if kind not in (scope.get("extensions") or {}):
            await send({"type": "websocket.close", "code": 1008, "reason": error.message})
            return
    headers, body = written(error)
    start: Any = {
        "type": f"{kind}.start",
        "status": error.status,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    end: Any = {"type": f"{kind}.body", "body": body, "more_body": False}
    await send(start)
    await send(end)


def written(error: LocalyticsError) -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer that tells `error`."""
    body = _encode(error.answer())
    told = {"content-type": "application/json", "content-length": str(len(body))}
    return told | _headers(error), body


def _headers(error: LocalyticsError) -> dict[str, str]:
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    if error.retry_after_seconds is not None:
        headers["retry-after"] = str(error.retry_after_seconds)
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = error.allow
    return headers


def _translated(request: Request[Any, Any, Any], error: Exception) -> LocalyticsError:
    if isinstance(error, HTTPException) and error.status_code < 500:
        path = request.scope["path"]
        match error.status_code:
            case 404:
                return NotFound(
                    f"Nothing is served at {path[:200]}", hint="GET /openapi.json lists it."
                )
            case 405:
                methods = {
                    method
                    for route in request.app.routes
                    if route.path == normalize_path(path)
                    for method in getattr(route, "methods", ())
                }
                return MethodNotAllowed(
                    f"{request.method} is not served here",
                    allow=sorted(methods | ({"HEAD"} if "GET" in methods else set())),
                )
            case 413:
                return TooLarge("The body is too large")
            case 401 | 403:
                return Forbidden(error.detail)
        return InvalidInput("The request could not be understood")
    return ours(error)


def ours(error: Exception) -> LocalyticsError:
    """`error` itself, where it is one of ours; else what is told instead."""
    if isinstance(error, LocalyticsError):
        return error
    log.error("A request failed unexpectedly", exc_info=error)
    return Unexpected("Something went wrong here", hint="The service's log has the details.")
