"""Listening: durable events per second with 50 listeners to live events, one of which never reads,
as a ratio to those without any.

The service is `localytics serve` as it is. Both are measured in turn, in rounds; the figure is the
median of the rounds' ratios. The load comes from one process, the listeners live in another, which
reads and discards.
"""

import argparse
import asyncio
import base64
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ingest import BATCH, believable_events
from load import request, timed_load

LISTENERS = 50
WARM_UP = 1


def handshake(port: int) -> bytes:
    key = base64.b64encode(os.urandom(16))
    return (
        b"GET /api/v1/live HTTP/1.1\r\nhost: 127.0.0.1:%d\r\nupgrade: websocket\r\n"
        b"connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: %s\r\n\r\n"
        % (port, key)
    )


def listen(port: int, pipe: "Connection[Any, Any]") -> None:
    """The process of the listeners: all but one read; says how many bytes came once told to end."""

    async def run() -> int:
        deaf = socket.create_connection(("127.0.0.1", port))
        deaf.sendall(handshake(port))
        deaf.recv(12)
        total = 0

        async def read(reader: asyncio.StreamReader) -> None:
            nonlocal total
            while got := await reader.read(1 << 20):
                total += len(got)

        reading = []
        for _ in range(LISTENERS - 1):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
            writer.write(handshake(port))
            await reader.readuntil(b"\r\n\r\n")
            reading.append((asyncio.create_task(read(reader)), writer))
        pipe.send("listening")
        await asyncio.to_thread(pipe.recv)
        for task, writer in reading:
            task.cancel()
            writer.transport.abort()
        deaf.close()
        return total

    pipe.send(asyncio.run(run()))


@contextmanager
def listeners(port: int) -> Iterator[list[int]]:
    """The listeners, for the length of the block; then how many bytes they got, at least some."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=listen, args=(port, there))
    process.start()
    here.recv()
    got: list[int] = []
    yield got
    here.send("end")
    got.append(here.recv())
    process.join()
    if not got[0]:
        sys.exit("nobody heard anything")


@contextmanager
def service(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "localytics", "serve", "--port", "0", "--data-dir"]
    with subprocess.Popen([*command, str(folder)], stdout=subprocess.DEVNULL) as process:
        try:
            run_file = folder / "run.json"
            while not run_file.exists():
                time.sleep(0.05)
            yield int(json.loads(run_file.read_text("utf-8"))["url"].rpartition(":")[2])
        finally:
            process.terminate()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--events", type=int, default=200_000, help="events a round")
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    alone: list[float] = []
    heard: list[float] = []
    megabytes: list[float] = []
    with tempfile.TemporaryDirectory() as folder, service(Path(folder) / "data") as port:
        for number in range(given.rounds + WARM_UP):
            for listened in (False, True):
                lines = believable_events(given.events, seed=2 * number + listened)
                batches = [
                    request("/api/v1/events", b"[" + b",".join(lines[at : at + BATCH]) + b"]")
                    for at in range(0, len(lines), BATCH)
                ]
                if not listened:
                    alone.append(len(lines) / timed_load(port, batches, 4))
                else:
                    with listeners(port) as got:
                        heard.append(len(lines) / timed_load(port, batches, 4))
                    megabytes.append(got[0] / 1e6)
    ratios = sorted(one / other for one, other in zip(heard, alone, strict=True))[WARM_UP:]
    print(f"rounds {given.rounds}, {given.events:,} events each, {LISTENERS} listeners")
    print(f"  without listeners    {statistics.median(alone):>10,.0f} events/s")
    print(f"  with them            {statistics.median(heard):>10,.0f} events/s")
    print(f"  sent to them         {statistics.median(megabytes):>10,.1f} MB a round")
    print(
        f"  ratio                {statistics.median(ratios):.2f} "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f})   (aim: 0.90)"
    )


if __name__ == "__main__":
    main()
