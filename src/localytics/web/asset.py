"""Asset: a file as browsers are served it, gzipped where they take that."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from litestar import Request, Response

# By name, so that no registry of the platform has a say: some call JavaScript plain text. Litestar
# adds the charset to text.
KINDS = {
    "": "text/plain",  # a licence
    "css": "text/css",
    "html": "text/html",
    "ico": "image/x-icon",
    "js": "text/javascript",
    "json": "application/json",
    "mjs": "text/javascript",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "woff2": "font/woff2",
}
_PACKED_ALREADY = {"png", "woff2"}
_WORTH_PACKING = 1024


class Asset:
    """A file called `name`, that `read` gives when it is first asked for."""

    def __init__(self, name: str, read: Callable[[], bytes]) -> None:
        self._ending = name.rpartition(".")[2].lower() if "." in name else ""
        self._read = read
        self.kind = KINDS[self._ending]

    @cached_property
    def plain(self) -> bytes:
        return self._read()

    @cached_property
    def packed(self) -> bytes | None:
        """The file gzipped; None where that makes it no smaller."""
        if self._ending in _PACKED_ALREADY or len(self.plain) < _WORTH_PACKING:
            return None
        return gzip.compress(self.plain, 6, mtime=0)

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.plain).hexdigest()[:16]

    def answer(
        self, request: Request[Any, Any, Any], headers: Mapping[str, str]
    ) -> Response[bytes]:
        """The file with `headers`, or a 304 to a browser that has it."""
        body, tag = self.plain, f'"{self.digest}"'
        headers = {**headers, "vary": "accept-encoding", "x-content-type-options": "nosniff"}
        if self.packed is not None and takes_gzip(request.headers.get("accept-encoding", "")):
            body, tag = self.packed, f'"{self.digest}-gzip"'
            headers["content-encoding"] = "gzip"
        headers["etag"] = tag
        if has(request.headers.get("if-none-match", ""), tag):
            headers.pop("content-encoding", None)
            return Response(b"", status_code=304, headers=headers, media_type=self.kind)
        return Response(body, headers=headers, media_type=self.kind)


def has(known: str, tag: str) -> bool:
    """Whether the If-None-Match header `known` names `tag`."""
    tags = {one.strip().removeprefix("W/") for one in known.split(",")}
    return tag in tags or "*" in tags


def takes_gzip(accepted: str) -> bool:
    """Whether the Accept-Encoding header `accepted` has gzip in it."""
    for coding in accepted.replace(" ", "").lower().split(","):
        name, _, quality = coding.partition(";q=")
        if name == "gzip":
            return quality not in {"0", "0.0", "0.00", "0.000"}
    return False
