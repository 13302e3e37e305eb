"""Script: what a page loads to tell of itself (see static/localytics.js)."""

from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from localytics.openapi import ERRORS
from localytics.web.asset import Asset

PATH = "/js/localytics.js"

_HEADERS = {
    "cache-control": "public, max-age=3600",
    "cross-origin-resource-policy": "cross-origin",
}


def script_route() -> HTTPRouteHandler:
    """The browser script, which any page may load."""
    file = files("localytics.web") / "static" / "localytics.js"
    script = Asset(file.name, lambda: _to_run(file.read_bytes()))

    @get(
        PATH,
        operation_id="browser_script",
        summary="The script that pages of an app load",
        tags=["collect"],
        media_type="text/javascript",
        responses={403: ERRORS[403]},
    )
    async def browser_script(request: Request[Any, Any, Any]) -> Response[bytes]:
        return script.answer(request, _HEADERS)

    return browser_script


def _to_run(source: bytes) -> bytes:
    """What is to be run of a script: no comments and no indentation."""
    lines = [line.strip() for line in source.splitlines()]
    return b"\n".join(line for line in lines if line and not line.startswith(b"//")) + b"\n"
