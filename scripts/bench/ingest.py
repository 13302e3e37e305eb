"""Ingest: durable events per second over HTTP, and single events at 64 connections.

Both are ratios to something measured in the same run on the same machine, because machines differ
and are never quiet:

- batches of 1,000 over 4 connections : DuckDB's own `create table as select * from read_json(...)`
  of the same events into a file (its schema detection on, all its threads). What the same figure is
  for DuckDB storing them in our table from columns that are ready, four batches a transaction, says
  how much of it anybody could reach who makes every batch durable before it answers;
- one event a request over 64 connections : the same requests to a route of the same server that
  only decodes the event and answers.

Each figure is the median of the rounds, which alternate. The load comes from a process of its own
on this machine, as it does in life.
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import duckdb
from load import request, timed_load

BATCH = 1_000
MODELS = ("claude-opus-4-6", "claude-sonnet-4-6", "claude-haiku-4-5", "gpt-5")


def believable_events(count: int, seed: int) -> list[bytes]:
    """Answers of models, about 300 bytes each, as an app would report them.

    A later seed's events happen later, as those of a live app do.
    """
    dice = random.Random(seed)
    at = datetime.now(UTC) - timedelta(days=30) + timedelta(minutes=10 * seed)
    lines = []
    for _ in range(count):
        at += timedelta(milliseconds=dice.random())
        event = {
            "id": str(uuid.UUID(int=dice.getrandbits(128))),
            "event_type": "message.sent",
            "timestamp": at.isoformat().replace("+00:00", "Z"),
            "source": "bench",
            "user_id": f"user-{int(dice.paretovariate(1)) % 500}",
            "session_id": f"session-{dice.randrange(20_000)}",
            "project_id": f"project-{int(dice.paretovariate(1)) % 20}",
            "duration_ms": round(dice.lognormvariate(7, 1), 1),
            "role": "assistant",
            "model": dice.choice(MODELS),
            "input_tokens": dice.randrange(5_000),
            "output_tokens": dice.randrange(2_000),
        }
        lines.append(json.dumps(event, separators=(",", ":")).encode())
    return lines


def serve(folder: str, pipe) -> None:  # type: ignore[no-untyped-def]
    """The service as it is, with one more route that only decodes."""
    import gc  # noqa: PLC0415

    import msgspec  # noqa: PLC0415
    import uvicorn  # noqa: PLC0415
    from litestar import Litestar, Request, Response, post  # noqa: PLC0415

    from localytics.app import create_app  # noqa: PLC0415
    from localytics.configuration import load as load_settings  # noqa: PLC0415
    from localytics.event import Event  # noqa: PLC0415
    from localytics.receive.connection import connection  # noqa: PLC0415
    from localytics.store import Store  # noqa: PLC0415

    decode = msgspec.json.Decoder(Event).decode

    @post("/decode", status_code=200)
    async def decode_only(request: Request) -> Response[bytes]:  # type: ignore[type-arg]
        decode(await request.body())
        return Response(b'{"accepted":1}', media_type="application/json")

    settings = load_settings(environ={}, overrides={"store": {"data_dir": folder}})
    with Store(settings) as store:
        app = create_app(settings, store)
        bare = Litestar([decode_only], openapi_config=None, logging_config=None)

        async def both(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
            aside = scope["type"] == "http" and scope["path"] == "/decode"
            await (bare if aside else app)(scope, receive, send)

        class Server(uvicorn.Server):
            async def startup(self, sockets=None) -> None:  # type: ignore[no-untyped-def]
                await super().startup(sockets)
                sys.setswitchinterval(0.0001)
                gc.freeze()
                gc.set_threshold(50_000, 20, 50)
                pipe.send(self.servers[0].sockets[0].getsockname()[1])

        Server(
            uvicorn.Config(
                both,
                port=0,
                http=connection(settings.server),
                log_level="warning",
                ws="none",
                proxy_headers=False,
            )
        ).run()


@contextmanager
def service(folder: str) -> Iterator[int]:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(folder, there))
    process.start()
    try:
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def duckdb_alone(lines: list[bytes], folder: Path) -> float:
    source = folder / "events.ndjson"
    source.write_bytes(b"\n".join(lines))
    database = folder / f"alone-{uuid.uuid4().hex}.duckdb"
    connection = duckdb.connect(database)
    started = time.perf_counter()
    connection.execute("create table events as select * from read_json($1)", [str(source)])
    connection.close()
    seconds = time.perf_counter() - started
    database.unlink()
    return seconds


def ready_columns(lines: list[bytes], folder: Path) -> float:
    import msgspec  # noqa: PLC0415

    from localytics.event import Event  # noqa: PLC0415
    from localytics.settings import Store as StoreSettings  # noqa: PLC0415
    from localytics.write.batch import Batch, rows_of  # noqa: PLC0415
    from localytics.write.columns import columns  # noqa: PLC0415
    from localytics.write.database import Database  # noqa: PLC0415
    from localytics.write.insert import Insert  # noqa: PLC0415

    decode = msgspec.json.Decoder(Event).decode
    group = 4 * BATCH
    tables = []
    for at in range(0, len(lines), group):
        events = [decode(line) for line in lines[at : at + group]]
        tables.append(columns(rows_of([Batch(events, 0, lambda _: None)]), at + 1))
    with tempfile.TemporaryDirectory(dir=folder) as own:
        database = Database(Path(own), StoreSettings())
        database.open()
        insert = Insert()
        with database.cursor() as cursor:
            insert.prepare(cursor)
            started = time.perf_counter()
            for table in tables:
                cursor.begin()
                insert.run(table)
                with database.committing():
                    cursor.commit()
            seconds = time.perf_counter() - started
        database.close()
    return seconds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=200_000, help="events a round, in batches")
    arguments.add_argument("--singles", type=int, default=20_000, help="single events a round")
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    alone: list[float] = []
    ready: list[float] = []
    over_http: list[float] = []
    decoded: list[float] = []
    singles: list[float] = []
    with tempfile.TemporaryDirectory() as folder, service(folder) as port:
        for number in range(given.rounds + 1):
            lines = believable_events(given.events, seed=2 * number)
            batches = [
                request("/api/v1/events", b"[" + b",".join(lines[at : at + BATCH]) + b"]")
                for at in range(0, len(lines), BATCH)
            ]
            one = believable_events(given.singles, seed=2 * number + 1)
            alone.append(len(lines) / duckdb_alone(lines, Path(folder)))
            ready.append(len(lines) / ready_columns(lines, Path(folder)))
            over_http.append(len(lines) / timed_load(port, batches, 4))
            decoded.append(
                len(one) / timed_load(port, [request("/decode", line) for line in one], 64)
            )
            singles.append(
                len(one) / timed_load(port, [request("/api/v1/events", line) for line in one], 64)
            )
        for figures in (alone, ready, over_http, decoded, singles):
            figures.pop(0)  # the first round warms everything up
    print(f"rounds {given.rounds}, {given.events:,} events in batches, {given.singles:,} singly")
    print(f"  duckdb read_json       {statistics.median(alone):>10,.0f} events/s")
    print(f"  from ready columns     {statistics.median(ready):>10,.0f} events/s")
    print(f"  ratio                  {_ratio(ready, alone)}   (what there is to reach)")
    print(f"  batches over http      {statistics.median(over_http):>10,.0f} events/s")
    print(f"  ratio                  {_ratio(over_http, alone)}   (aim: 0.40)")
    print(f"  decode-only route      {statistics.median(decoded):>10,.0f} requests/s")
    print(f"  single events          {statistics.median(singles):>10,.0f} requests/s")
    print(f"  ratio                  {_ratio(singles, decoded)}   (aim: 0.60)")


def _ratio(ours: list[float], theirs: list[float]) -> str:
    ratios = sorted(one / other for one, other in zip(ours, theirs, strict=True))
    return f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"


if __name__ == "__main__":
    main()
