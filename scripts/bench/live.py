"""Live: how long callers wait for their events to be durable while the rollups are worked on.

The service runs as a process of its own over a filled store. Another process sends batches at a
steady rate over a few connections, each a share of them, and times every request from the moment it
was due, so that a wait holds up what comes after it and is counted there too. That is done four
times: while nothing else goes on, while rolling up is asked for again and again, while that and
merging are, and while the oldest days are removed, with a pause in between: by default a second,
where the jobs of the service leave a minute, an hour and six hours. Each should take long enough
for the log to be folded into the file, at 16 MB, which is when callers wait longest.
"""

import asyncio
import http.client
import json
import random
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from typing import Any, NamedTuple

from ingest import MODELS
from load import request

CONNECTIONS = 4
BATCH = 100
BATCHES_A_SECOND = 40
PRUNED_DAYS = 10
_AGGREGATE, _MERGE, _PRUNE = "/api/v1/analytics/aggregate", "/merge", "/api/v1/retention"


class Waits(NamedTuple):
    """Milliseconds of the requests while something was done, and how often it was."""

    name: str
    done: int
    p50: float
    p99: float
    longest: float


def waits(folder: Path, seconds: float, pause: float, days: int) -> Iterator[Waits]:
    """One after the other, for `seconds` each, over the store in `folder` that holds `days`."""
    with _service(folder, days + 1) as port:
        yield _while("nothing else", port, seconds, pause)
        yield _while("rolling up", port, seconds, pause, _AGGREGATE)
        yield _while("rolling up and merging", port, seconds, pause, _AGGREGATE, _MERGE)
    with _service(folder, days - PRUNED_DAYS) as port:
        yield _while(f"removing {PRUNED_DAYS} days", port, seconds, pause, _PRUNE)


def _while(name: str, port: int, seconds: float, pause: float, *paths: str) -> Waits:
    """Send, while each of `paths` is posted to in turn, over and over with a `pause` between."""
    ended = Event()
    done = 0

    def work() -> None:
        nonlocal done
        while not ended.is_set():
            for path in paths:
                _post(port, path)
            done += 1
            ended.wait(pause)

    worker = Thread(target=work)
    if paths:
        worker.start()
    context = get_context("spawn")
    here, there = context.Pipe()
    load = context.Process(target=_load, args=(port, seconds, there))
    load.start()
    try:
        times: list[float] = here.recv()
    except EOFError:
        sys.exit("the load generator failed")
    finally:
        ended.set()
        load.join()
        if paths:
            worker.join()
    cuts = quantiles(times, n=100)
    return Waits(name, done, cuts[49], cuts[98], max(times))


def _post(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("POST", path)
    answer = connection.getresponse()
    if answer.status != 200:
        sys.exit(f"{path}: {answer.status} {answer.read()[:500]!r}")
    connection.close()


def _load(port: int, seconds: float, pipe: "Connection[Any, Any]") -> None:
    """The process that sends: what was waited for each batch, in milliseconds."""
    bodies = [_batch(number) for number in range(round(seconds * BATCHES_A_SECOND))]

    async def send(number: int, started: float) -> list[float]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        found = []
        for at in range(number, len(bodies), CONNECTIONS):
            due = started + at / BATCHES_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            now = datetime.now(UTC).isoformat().replace("+00:00", "Z").encode()
            writer.write(request("/api/v1/events", bodies[at].replace(b"<now>", now)))
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            if b" 200 " not in head[:20]:
                raise SystemExit(f"not a success: {head + body!r}")
            found.append(1000 * (time.perf_counter() - due))
        writer.close()
        return found

    async def run() -> list[float]:
        started = time.perf_counter()
        found = await asyncio.gather(*(send(number, started) for number in range(CONNECTIONS)))
        return [one for times in found for one in times]

    pipe.send(asyncio.run(run()))


def _batch(number: int) -> bytes:
    """Answers of models that arrive together, as an app reports them."""
    dice = random.Random(number)
    events = [
        {
            "id": str(uuid.uuid4()),
            "event_type": "message.sent",
            "timestamp": "<now>",
            "source": "bench",
            "user_id": f"person-{dice.randrange(2_000)}",
            "session_id": f"live-{dice.randrange(500)}",
            "project_id": f"project-{dice.randrange(40)}",
            "duration_ms": round(dice.lognormvariate(8, 1), 1),
            "role": "assistant",
            "model": dice.choice(MODELS),
            "input_tokens": dice.randrange(5_000),
            "output_tokens": dice.randrange(2_000),
        }
        for _ in range(BATCH)
    ]
    return json.dumps(events, separators=(",", ":")).encode()


@contextmanager
def _service(folder: Path, raw_days: int) -> Iterator[int]:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(folder, raw_days, there))
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def _serve(folder: Path, raw_days: int, pipe: "Connection[Any, Any]") -> None:
    """The service as it is, with a route that merges, which otherwise only a job does."""
    import gc  # noqa: PLC0415
    import signal  # noqa: PLC0415

    import uvicorn  # noqa: PLC0415
    from litestar import Litestar, post  # noqa: PLC0415

    from localytics.app import create_app  # noqa: PLC0415
    from localytics.configuration import load  # noqa: PLC0415
    from localytics.receive.connection import connection  # noqa: PLC0415
    from localytics.store import Store  # noqa: PLC0415

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the store is closed then
    settings = load(
        environ={},
        overrides={"store": {"data_dir": str(folder)}, "retention": {"raw_days": raw_days}},
    )
    with Store(settings) as store:
        app = create_app(settings, store)

        @post(_MERGE, status_code=200)
        async def merge() -> None:
            await asyncio.to_thread(store.rolling.merge)

        bare = Litestar([merge], openapi_config=None, logging_config=None)

        async def both(scope: Any, receive: Any, send: Any) -> None:
            aside = scope["type"] == "http" and scope["path"] == _MERGE
            await (bare if aside else app)(scope, receive, send)

        class Server(uvicorn.Server):
            async def startup(self, sockets: Any = None) -> None:
                await super().startup(sockets)
                sys.setswitchinterval(0.0002)
                gc.freeze()
                gc.set_threshold(50_000, 20, 50)
                pipe.send(self.servers[0].sockets[0].getsockname()[1])

        server = Server(
            uvicorn.Config(
                both,
                port=0,
                http=connection(settings.server),
                log_level="warning",
                ws="none",
                proxy_headers=False,
            )
        )
        try:
            server.run()
        finally:
            gc.unfreeze()
