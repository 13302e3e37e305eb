"""Script: what a page loads to tell of itself (see static/localytics.js)."""

import gzip
import hashlib
from importlib.resources import files
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from localytics.openapi import ERRORS

PATH = "/js/localytics.js"

_HEADERS = {
    "cache-control": "public, max-age=3600",
    "cross-origin-resource-policy": "cross-origin",
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
}


def script_route() -> HTTPRouteHandler:
    """The browser script, which any page may load; gzipped where that is accepted."""
    plain = files("localytics.web").joinpath("static", "localytics.js").read_bytes()
    packed = gzip.compress(plain, 9, mtime=0)
    digest = hashlib.sha256(plain).hexdigest()[:16]

    @get(
        PATH,
        operation_id="browser_script",
        summary="The script that pages of an app load",
        tags=["collect"],
        media_type="text/javascript",
        responses={403: ERRORS[403]},
    )
    async def browser_script(request: Request[Any, Any, Any]) -> Response[bytes]:
        accepted = request.headers.get("accept-encoding", "")
        zipped = any(_takes_gzip(one) for one in accepted.split(","))
        tag = f'"{digest}-gzip"' if zipped else f'"{digest}"'
        headers = {**_HEADERS, "etag": tag}
        known = {
            one.strip().removeprefix("W/")
            for one in request.headers.get("if-none-match", "").split(",")
        }
        if tag in known or "*" in known:
            return Response(b"", status_code=304, headers=headers)
        if zipped:
            headers["content-encoding"] = "gzip"
        return Response(
            packed if zipped else plain,
            media_type="text/javascript",  # Litestar adds the charset
            headers=headers,
        )

    return browser_script


def _takes_gzip(coding: str) -> bool:
    name, _, quality = coding.replace(" ", "").lower().partition(";q=")
    return name == "gzip" and quality not in {"0", "0.0", "0.00", "0.000"}
