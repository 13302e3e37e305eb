"""Guard: what every request passes before anything else looks at it.

A web page that a person happens to visit can make their browser call a service on their own
machine. Two things give it away: a Host that is not ours (DNS rebinding), and an Origin or a
Sec-Fetch-Site of another site. Pages of origins that are allowed by name may send events, and load
what is shared: a script tag says from which site it is loaded, never from which origin. They may
neither ask nor change anything.
"""

import ipaddress
from collections.abc import Collection, Iterable

from litestar.config.cors import CORSConfig
from litestar.types import ASGIApp, Receive, Scope, Send

from localytics.errors import Forbidden, LocalyticsError
from localytics.present.failure import refuse
from localytics.settings import Server

_OURS = ("localhost", "127.0.0.1", "[::1]")
_FRIENDLY_SITES = {b"same-origin", b"none"}


class Guard:
    """ASGI middleware around the whole app. Websockets are held to the same rules.

    The paths of `taking` take events, of pages of allowed origins too. Those that are `shared` hold
    no data; pages of any site may load them as soon as there is an allowed origin at all. Those of
    `pages` hold none either, and links of any site may lead there.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Server,
        *,
        taking: Collection[str] = (),
        shared: Collection[str] = (),
        pages: Collection[str] = (),
    ) -> None:
        self._app = app
        self._hosts = frozenset(
            host.lower() for host in (*_OURS, settings.host, *settings.allowed_hosts)
        )
        self._origins = frozenset(origin.lower().rstrip("/") for origin in settings.allowed_origins)
        self._shared = frozenset(shared) if self._origins else frozenset()
        self._for_origins = self._shared | frozenset(taking)
        self._pages = frozenset(pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in {"http", "websocket"}:
            try:
                self._admit(scope["headers"], scope["path"])
            except LocalyticsError as error:
                await refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _admit(self, headers: Iterable[tuple[bytes, bytes]], path: str) -> None:
        hosts: list[bytes] = []
        origin = site = destination = None
        for name, value in headers:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                origin = value
            elif name == b"sec-fetch-site":
                site = value
            elif name == b"sec-fetch-dest":
                destination = value
        if len(hosts) != 1:
            raise Forbidden("A request must have exactly one Host header", code="foreign_host")
        host = hosts[0].decode("latin-1").lower()
        if (called := _name(host)) not in self._hosts and not _is_loopback(called):
            raise Forbidden(
                "This Host is not served here",
                hint="Use localhost or 127.0.0.1, or name it in the setting server.allowed_hosts.",
                code="foreign_host",
            )
        if origin is not None:
            self._admit_origin(origin.decode("latin-1").lower(), host, path)
        elif site is not None and site not in _FRIENDLY_SITES:
            followed = destination == b"document" and path in self._pages
            if not followed and path not in self._shared:
                raise _foreign_origin()

    def _admit_origin(self, origin: str, host: str, path: str) -> None:
        if origin in {f"http://{host}", f"https://{host}"}:
            return
        if origin not in self._origins:
            raise _foreign_origin()
        if path not in self._for_origins:
            raise Forbidden(
                "Pages of other origins may only send events",
                hint="Ask and change from this service's own pages, or from a program.",
                code="foreign_origin",
            )


def cors(settings: Server) -> CORSConfig | None:
    """What browsers need to let the allowed origins send; None where there are none."""
    if not settings.allowed_origins:
        return None
    return CORSConfig(
        allow_origins=list(settings.allowed_origins),
        allow_methods=["POST"],
        allow_credentials=False,
    )


def _name(host: str) -> str:
    """The host without its port: `localhost:4777` -> `localhost`, `[::1]:4777` -> `[::1]`."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isascii() and port.isdigit() else host


def _is_loopback(name: str) -> bool:
    """Whether `name` is an address of this machine: no page can make its own name one of those."""
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def _foreign_origin() -> Forbidden:
    return Forbidden(
        "Pages of other origins may not call this service",
        hint="Name the origin in the setting server.allowed_origins.",
        code="foreign_origin",
    )
