"""Routes: the dashboard at /, the API's docs at /docs, and all that both load under /ui/<version>/.

The version is a hash of everything there is, so what is under it never changes and is kept by
browsers for good, and a page never mixes what belongs to two releases.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from localytics.errors import NotFound
from localytics.web import bundle
from localytics.web.asset import Asset

PAGES = {"/": "index.html", "/docs": "docs/index.html"}
# What is made of many files: how, and of the one file that names all others.
BUNDLES = {
    "bundle.js": (bundle.script, "app.js"),
    "bundle.css": (bundle.sheet, "css/index.css"),
}

_PLACE = b"__UI__"  # stands in a page for the path of what it loads
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_PAGE = {
    "cache-control": "no-cache",
    "content-security-policy": _POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}
_FOR_GOOD = {
    "cache-control": "public, max-age=31536000, immutable",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}


class Pages:
    """Everything in static/ and vendor/. Nothing is read before a browser comes."""

    @cached_property
    def assets(self) -> dict[str, Asset]:
        """What is served under the version, by its path there."""
        web = files("localytics.web")
        found = {path: Asset(path, file.read_bytes) for path, file in _files(web / "static")}
        for path, (put_together, entry) in BUNDLES.items():
            made = partial(_bundled, put_together, dict(found), entry)
            found[path] = Asset(path, made)
        vendored = _files(web / "vendor", "vendor/")
        return found | {path: Asset(path, file.read_bytes) for path, file in vendored}

    @cached_property
    def place(self) -> str:
        """The path that all assets are under."""
        version = hashlib.sha256()
        for path, asset in sorted(self.assets.items()):
            # The lock holds the hashes of what is vendored.
            if not path.startswith("vendor/") or path == "vendor/vendor.lock.json":
                version.update(f"{path} {asset.digest}\n".encode())
        return f"/ui/{version.hexdigest()[:16]}"

    def page(self, path: str) -> Asset:
        """The page at `path`, with the paths of what it loads filled in."""
        found = self.assets[PAGES[path]]
        return Asset(PAGES[path], lambda: found.plain.replace(_PLACE, self.place.encode()))


def page_routes() -> list[HTTPRouteHandler]:
    """The pages, and what they load."""
    pages = Pages()
    return [*(_page(pages, path) for path in PAGES), _assets(pages)]


def _page(pages: Pages, path: str) -> HTTPRouteHandler:
    made: list[Asset] = []

    @get(path, include_in_schema=False)
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not made:
            made.append(await asyncio.to_thread(pages.page, path))
        return made[0].answer(request, _PAGE)

    return page


def _assets(pages: Pages) -> HTTPRouteHandler:
    @get("/ui/{version:str}/{path:path}", include_in_schema=False)
    async def asset(
        request: Request[Any, Any, Any], version: FromPath[str], path: FromPath[str]
    ) -> Response[bytes]:
        found = pages.assets.get(path.removeprefix("/"))
        if found is None or f"/ui/{version}" != pages.place:
            raise NotFound("That is no part of the pages", hint="Load the page again.")
        await asyncio.to_thread(lambda: found.packed)  # the first time, the largest take a while
        return found.answer(request, _FOR_GOOD)

    return asset


def _bundled(
    put_together: Callable[[Mapping[str, str], str], str], parts: Mapping[str, Asset], entry: str
) -> bytes:
    ending = entry.rpartition(".")[2]
    texts = {path: part.plain.decode() for path, part in parts.items() if path.endswith(ending)}
    return put_together(texts, entry).encode()


def _files(folder: Traversable, under: str = "") -> list[tuple[str, Traversable]]:
    found = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _files(one, f"{under}{one.name}/")
        else:
            found.append((f"{under}{one.name}", one))
    return found
