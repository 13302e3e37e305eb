"""Load: requests over many connections at once, from a process of its own, and their time."""

import asyncio
import sys
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context


def request(path: str, body: bytes) -> bytes:
    """One HTTP/1.1 request, headers and all."""
    return (
        b"POST %s HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%s" % (path.encode(), len(body), body)
    )


class Client(asyncio.Protocol):
    """One connection that sends the next request once the last is answered with 200."""

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._done = done
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._seen += data
        head, blank, body = self._seen.partition(b"\r\n\r\n")
        if not blank:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(body) < length:
            return
        if b" 200 " not in head[:20]:
            raise SystemExit(f"not a success: {self._seen[:500]!r}")
        self._seen = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("closed by the server"))

    def _next(self) -> None:
        following = next(self._requests, None)
        if following is None:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(following)  # type: ignore[attr-defined]


def load(port: int, requests: list[bytes], connections: int, pipe) -> None:  # type: ignore[no-untyped-def]
    """The load generator's process: sends all of `requests`, says how long it took."""
    import uvloop  # noqa: PLC0415

    async def run() -> float:
        loop = asyncio.get_running_loop()
        shared = iter(requests)
        waiting = []
        started = time.perf_counter()
        for _ in range(connections):
            done: asyncio.Future[None] = loop.create_future()
            await loop.create_connection(partial(Client, shared, done), "127.0.0.1", port)
            waiting.append(done)
        await asyncio.gather(*waiting)
        return time.perf_counter() - started

    pipe.send(uvloop.run(run()))


def timed_load(port: int, requests: list[bytes], connections: int) -> float:
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=load, args=(port, requests, connections, there))
    process.start()
    try:
        seconds: float = here.recv()
    except EOFError:
        sys.exit("the load generator failed")
    process.join()
    return seconds
