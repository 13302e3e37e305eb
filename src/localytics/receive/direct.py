"""Direct: a short way for requests that bring events.

Finding a route, and making a request and a response of it, takes the framework longer than all that
is done with an event. So a POST to a path that takes events is answered here, by the very function
that the route of that path calls; the routes are for what pages of other origins send, for paths
that are written otherwise, and for the document.
"""

from collections.abc import Awaitable, Callable, Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from localytics.present.failure import ours, refuse

Taken = Callable[[Scope, Receive], Awaitable[bytes]]
"""Takes the events of a request and says as JSON what became of them, or raises."""


class Direct:
    """ASGI middleware: requests for a path of `takers` go to what takes them, others to `app`."""

    def __init__(self, app: ASGIApp, takers: Mapping[str, Taken]) -> None:
        self._app = app
        self._takers = {path.encode(): take for path, take in takers.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        take = None
        if scope["type"] == ScopeType.HTTP and scope["method"] == "POST":
            take = self._takers.get(scope.get("raw_path") or b"")
        if take is None or any(name == b"origin" for name, _ in scope["headers"]):
            await self._app(scope, receive, send)
            return
        try:
            body = await take(scope, receive)
        except Exception as error:
            await refuse(ours(error), scope, receive, send)
            return
        length = str(len(body)).encode()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"application/json"), (b"content-length", length)],
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})
