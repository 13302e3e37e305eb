"""`localytics serve`: the service, until it is told to stop."""

import asyncio
import gc
import ipaddress
import logging
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import cast

import rich_click as click
from rich.console import Console

from localytics.cli.options import data_options, elsewhere, settings_of
from localytics.cli.text import Formatter
from localytics.errors import SetupError
from localytics.settings import Settings

_PORTS_TRIED = 100
_GRACE_SECONDS = 10
_MESSAGE_BYTES = 128 * 1024  # of what a listener sends: which events it asks for
# The writer hands the interpreter over many times a group; by default it gets it back after 5 ms.
_SWITCH_SECONDS = 0.0002


@click.command()
@click.option("--host", help="Address to listen on; only this machine's own. Default: 127.0.0.1.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port, or the next free one; 0 picks any. Default: 4777.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    help="How much to log. Default: info.",
)
@data_options
def serve(
    host: str | None,
    port: int | None,
    log_level: str | None,
    data_dir: Path | None,
    config: Path | None,
) -> None:
    """Take events and answer questions, on http://127.0.0.1:4777 unless told otherwise.

    Stops on Ctrl-C or SIGTERM, once everything it was given is stored.
    """
    settings = settings_of(config, data_dir, host=host, port=port, log_level=log_level)
    gc.disable()  # nothing that is made during start is garbage
    run(settings, Console(highlight=False, soft_wrap=True))


def run(settings: Settings, console: Console) -> None:
    """Serve `settings.data_dir` until a signal ends it."""
    import uvicorn  # noqa: PLC0415  (the other commands start faster without)

    from localytics import runfile  # noqa: PLC0415
    from localytics.app import create_app  # noqa: PLC0415
    from localytics.receive.connection import connection, websocket  # noqa: PLC0415
    from localytics.store import Store  # noqa: PLC0415

    handler = logging.StreamHandler()
    handler.setFormatter(Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=settings.server.log_level.upper(), handlers=[handler])
    folder = settings.data_dir
    if url := runfile.running(folder):
        raise SetupError(
            f"{folder} is served already, at {url}",
            hint="Use that service, stop it, or name another --data-dir.",
        )
    listener, taken = _listen(settings)
    address: tuple[str, int] = listener.getsockname()[:2]
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    served_at = f"http://{host}:{address[1]}"

    captured = False  # signals, by the server, which raises them again once it has stopped

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            nonlocal captured
            captured = True
            await super().startup(sockets)
            if self.started:
                runfile.announce(folder, served_at)
                gc.collect()
                gc.freeze()
                gc.set_threshold(50_000, 20, 50)
                gc.enable()
                sys.setswitchinterval(_SWITCH_SECONDS)
                _greet(console, served_at, settings, taken)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            store.reader.wind_up()
            await super().shutdown(sockets)

    def end(*_: object) -> None:
        if not captured:
            raise SystemExit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with Store(settings) as store:
        server = Server(
            uvicorn.Config(
                create_app(settings, store),
                http=connection(settings.server),
                log_config=None,
                log_level="warning",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=True,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                ws=cast("type[asyncio.Protocol]", websocket),
                ws_max_size=_MESSAGE_BYTES,
                ws_per_message_deflate=False,  # costs far more than a loopback does
            )
        )
        try:
            server.run(sockets=[listener])
        finally:
            runfile.retract(folder)
            gc.unfreeze()
    console.print("Stopped; everything is stored.")


def _listen(settings: Settings) -> tuple[socket.socket, int | None]:
    """A listening socket, and the port that was asked for where that is taken."""
    host, port = settings.server.host, settings.server.port
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise SetupError(
            f"{host!r} is no address of this machine", hint="Listen on 127.0.0.1 or ::1."
        ) from None
    if not ipaddress.ip_address(address[0]).is_loopback:
        raise SetupError(
            f"{host} can be reached from other machines, and there are no keys to keep them out",
            hint="Listen on 127.0.0.1, and let a proxy with a login stand in front of it.",
        )
    for candidate in range(port, min(port + _PORTS_TRIED, 65536) if port else 1):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(2048)
        except OSError:
            listener.close()
        else:
            listener.setblocking(False)
            return listener, port if candidate != port else None
    raise SetupError(
        f"No port from {port} on is free on {host}", hint="Name one: --port, or 0 to pick any."
    )


def _greet(console: Console, url: str, settings: Settings, taken: int | None) -> None:
    if taken is not None:
        console.print(f"Port {taken} is taken, so this is another one.")
    localytics = _called()
    there = elsewhere(settings)
    console.print(
        f"""Localytics is ready on {url}
Data: {settings.data_dir}

Dashboard:         {url}
Send an event:     curl {url}/api/v1/events -H 'content-type: application/json' \\
                        -d '{{"event_type": "message.sent", "user_id": "ada"}}'
Import history:    {localytics} import claude{there}
Ask:               curl {url}/api/v1/analytics/summary
                   {localytics} report summary{there}
Try it with data:  {localytics} demo{there}
The API:           {url}/docs
Stop:              Ctrl-C""",
        markup=False,
    )


def _called() -> str:
    """How this program can be called from here, to be copied."""
    program = Path(sys.argv[0])
    if program.stem != "localytics":
        return "python -m localytics"
    found = shutil.which("localytics")
    if found and Path(found).samefile(program):
        return "localytics"
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)
