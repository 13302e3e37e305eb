"""Middleware: the time of a request to a FastAPI app with it, as a ratio to that without.

One process with one worker serves the same app three times, each on its own socket: as it is, as
it is once more, and wrapped. Its route is a plain function, as most are: it takes a parameter, a
query and a JSON body, looks up a row in SQLite and answers with a model as JSON. Over one
connection to each, kept alive, blocks of requests are sent to the three in turn, so that whatever
else the machine does meets all alike, the sending of events included. Events go to a real service.
Each round gives the ratios of the medians; what is printed is the median of the rounds. The app
that is there twice tells how much of a ratio is chance.

Whoever asks does not sleep until the answer comes but looks for it all the time: to wake a core
that has fallen asleep takes 100 µs here, more or less of it by chance, and more than recording.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, create_server, socket

AIM = 1.05
KINDS = ("without", "without again", "recorded")
BLOCK = 50  # what is left to do after an answer delays the next request, which is of the same kind
BODY = b'{"sku":"n-42","quantity":3,"note":"by the door","tags":["new","fragile"]}'
REQUEST = (
    b"POST /orders/4711/lines?notify=true HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: */*\r\n"
    b"accept-encoding: gzip, deflate\r\nuser-agent: bench\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\n\r\n%s" % (len(BODY), BODY)
)


def serve(url: str, spool: str, pipe) -> None:  # type: ignore[no-untyped-def]
    """The app's process: says where it is without and with, and what became of the events."""
    import uvicorn  # noqa: PLC0415
    from fastapi import FastAPI  # noqa: PLC0415
    from pydantic import BaseModel  # noqa: PLC0415

    from localytics.client import Client  # noqa: PLC0415
    from localytics.client.asgi import ASGIMiddleware  # noqa: PLC0415

    class Line(BaseModel):
        sku: str
        quantity: int
        note: str | None = None
        tags: list[str] = []

    class Order(BaseModel):
        order_id: int
        customer: str
        lines: list[Line]
        notified: bool

    shop = sqlite3.connect(":memory:", check_same_thread=False)
    shop.execute("create table orders (id integer primary key, customer text)")
    shop.executemany("insert into orders values (?, ?)", [(n, f"user-{n}") for n in range(10_000)])

    def app() -> FastAPI:
        made = FastAPI()

        @made.post("/orders/{order_id}/lines", status_code=201)
        def add_line(order_id: int, line: Line, notify: bool = False) -> Order:
            found = shop.execute("select customer from orders where id = ?", (order_id,))
            ((customer,),) = found.fetchall()
            return Order(order_id=order_id, customer=customer, lines=[line], notified=notify)

        return made

    apps = [app() for _ in KINDS]
    client = Client(url, source="bench", spool_dir=spool)
    apps[-1].add_middleware(ASGIMiddleware, client=client)

    async def one_of(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        await served[scope["server"][1]](scope, receive, send)

    sockets = [create_server(("127.0.0.1", 0)) for _ in KINDS]
    ports = [one.getsockname()[1] for one in sockets]
    served = dict(zip(ports, apps, strict=True))
    config = uvicorn.Config(one_of, log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)

    def until_told() -> None:
        pipe.recv()
        client.flush(30)
        pipe.send(client.stats.accepted)
        server.should_exit = True

    threading.Thread(target=until_told).start()
    pipe.send(ports)
    server.run(sockets=sockets)


def ask(connection: socket) -> float:
    """The milliseconds that one request takes."""
    started = time.perf_counter()
    connection.sendall(REQUEST)
    answer = b""
    while not answer.endswith(b"}"):
        with suppress(BlockingIOError):
            answer += connection.recv(65536)
    took = 1000 * (time.perf_counter() - started)
    if not answer.startswith(b"HTTP/1.1 201"):
        sys.exit(f"not a success: {answer[:500]!r}")
    return took


@contextmanager
def connected(port: int) -> Iterator[socket]:
    with create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        connection.setblocking(False)
        yield connection


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--requests", type=int, default=2_000, help="of each kind, a round")
    arguments.add_argument("--rounds", type=int, default=7)
    given = arguments.parse_args()
    from ingest import service  # noqa: PLC0415  (beside this file)

    context = get_context("spawn")
    here, there = context.Pipe()
    medians: list[list[float]] = [[] for _ in KINDS]
    with tempfile.TemporaryDirectory() as folder, service(folder) as port:
        spool = str(Path(folder) / "spool")
        app = context.Process(target=serve, args=(f"http://127.0.0.1:{port}", spool, there))
        app.start()
        ports = here.recv()
        with ExitStack() as open_ones:
            connections = [open_ones.enter_context(connected(port)) for port in ports]
            for _ in range(given.rounds + 1):
                times: list[list[float]] = [[] for _ in KINDS]
                for number in range(given.requests // BLOCK):
                    for place in range(len(KINDS)):
                        which = (place + number) % len(KINDS)
                        times[which].extend(ask(connections[which]) for _ in range(BLOCK))
                for of_kind, took in zip(medians, times, strict=True):
                    of_kind.append(statistics.median(took))
        here.send(None)
        stored = here.recv()
        app.join()
    sent = (given.rounds + 1) * (given.requests // BLOCK) * BLOCK
    if stored != sent:
        sys.exit(f"{stored} of {sent} requests were recorded")
    print(f"rounds {given.rounds}, {given.requests:,} requests each way, one worker")
    without = medians[0][1:]  # the first round warms everything up
    for kind, (_, *mine) in zip(KINDS, medians, strict=True):
        ratios = sorted(one / other for one, other in zip(mine, without, strict=True))
        print(f"  {kind:<14} {1000 * statistics.median(mine):>10,.0f} µs/request", end="")
        if kind != KINDS[0]:
            spread = f"({ratios[0]:.3f} to {ratios[-1]:.3f})"
            print(f"   ratio {statistics.median(ratios):.3f} {spread}", end="")
        print(f"   (aim: {AIM:.2f})" if kind == KINDS[-1] else "")


if __name__ == "__main__":
    main()
