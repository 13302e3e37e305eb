"""Head: HEAD wherever GET is served."""

from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send


def with_head(app: ASGIApp) -> ASGIApp:
    """`app`, in which HEAD is GET: the server underneath leaves out the body and knows why."""

    async def heading(scope: Scope, receive: Receive, send: Send) -> None:
        inner: Any = scope
        if scope["type"] == ScopeType.HTTP and scope["method"] == "HEAD":
            inner = {**scope, "method": "GET", "head": True}  # a copy: the server's stays
        await app(inner, receive, send)

    return heading
