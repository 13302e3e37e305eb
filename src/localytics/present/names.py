"""Names: ids in a path, which may hold anything: slashes and percent signs too, when escaped.

A server hands on paths in which `%2F` is a slash already, and the router would take it for one. So
routes are found by a path in which it is none, and names are read from the path as it was sent.
"""

from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from localytics.errors import InvalidParameter
from localytics.event import MAX_NAME

_NO_SEPARATORS = str.maketrans({"/": "\N{DIVISION SLASH}", "%": "\N{FULLWIDTH PERCENT SIGN}"})


def with_names(app: ASGIApp) -> ASGIApp:
    """`app`, in which an escaped slash is part of a name and separates nothing."""

    async def routing(scope: Scope, receive: Receive, send: Send) -> None:
        inner: Any = scope
        if scope["type"] == ScopeType.HTTP and b"%" in (raw := _raw(scope)):
            parts = raw.decode("ascii", "replace").split("/")
            path = "/".join(unquote(part).translate(_NO_SEPARATORS) for part in parts)
            inner = {**scope, "path": path}
        await app(inner, receive, send)

    return routing


def name_in_path(request: Request[Any, Any, Any], template: str, word: str) -> str:
    """What stands in the path of the request where `template` has `{word}`."""
    place = template.strip("/").split("/").index(f"{{{word}}}")
    given = [part for part in _raw(request.scope).split(b"/") if part]
    try:
        name = unquote_to_bytes(given[place]).decode()
    except UnicodeDecodeError:
        raise InvalidParameter(
            f"{word} is not UTF-8", hint="Escape its UTF-8 bytes with percent signs.", field=word
        ) from None
    if not 1 <= len(name) <= MAX_NAME:
        raise InvalidParameter(
            f"{word} must be text of between 1 and {MAX_NAME} characters", field=word
        )
    return name


def _raw(scope: Any) -> bytes:
    # Not every server has it; then the path stands for itself.
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw.partition(b"?")[0]
