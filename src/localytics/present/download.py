"""Download: `GET /api/v1/export/events`, as fast as the client takes it and no faster.

A thread reads and hands over piece by piece. It stops when the client leaves, when the client takes
nothing for a while, and when the store is waited for; then the answer ends before it is complete,
and the client can tell.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Receive, Scope, Send

from localytics.errors import Busy, LocalyticsError, StorageFailed
from localytics.openapi import ERRORS, described
from localytics.present.export import MEDIA_TYPES, PATH, REPORT, Export, export_of, exported
from localytics.present.words import pairs
from localytics.query.reader import Reader
from localytics.settings import Export as Limits

log = logging.getLogger(__name__)

COUNT = "localytics-events"  # the header that says how many there are

_PIECES = 4  # that may wait for the client
_LOOK_SECONDS = 0.1


class Download:
    """One export on its way: one of `threads` produces it, the event loop sends the `answer`.

    `over` is done when its thread is free for another; the client is not told of the end before.
    """

    def __init__(
        self, export: Export, reader: Reader, stall_seconds: float, threads: Executor
    ) -> None:
        self._export = export
        self._reader = reader
        self._stall_seconds = stall_seconds
        self._loop = asyncio.get_running_loop()
        self._room = threading.Semaphore(_PIECES)
        self._queue: asyncio.Queue[int | bytes | BaseException | None] = asyncio.Queue()
        self._gone = threading.Event()
        self.over = self._loop.run_in_executor(threads, self._produce)

    def _produce(self) -> None:
        try:
            with self._reader.snapshot() as snapshot:
                count, pieces = exported(self._export, snapshot)
                self._put(count)
                for piece in pieces:
                    self._wait_for_room(snapshot.wanted_back)
                    self._put(piece)
            self._put(None)
        except BaseException as error:
            self._put(error)

    async def count(self) -> int:
        """How many events there are; raises what kept them from being read."""
        return int(await self._next())

    async def answer(self, send: Send, headers: Mapping[str, str]) -> None:
        """Send all of it; where it can't be completed, the answer is not either."""
        start: Any = {
            "type": "http.response.start",
            "status": 200,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await send(start)
        try:
            while (piece := await self._next()) is not None:
                self._room.release()
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except LocalyticsError as error:
            log.warning("An export ended before it was complete: %s", error.message)
        else:
            await self.over
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def leave(self) -> None:
        """No more is wanted."""
        self._gone.set()
        self._room.release()  # whoever waits for it finds out at once

    async def _next(self) -> Any:
        found = await self._queue.get()
        if isinstance(found, BaseException):
            raise found
        return found

    def _put(self, what: int | bytes | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(self._queue.put_nowait, what)

    def _wait_for_room(self, wanted_back: Callable[[], bool]) -> None:
        until = time.monotonic() + self._stall_seconds
        while not self._room.acquire(timeout=_LOOK_SECONDS):
            if wanted_back() or time.monotonic() > until:
                raise StorageFailed("The export was given up before it was complete")
        if self._gone.is_set():
            raise StorageFailed("Nobody takes the export any more")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def export_route(reader: Reader, limits: Limits) -> HTTPRouteHandler:
    """The route; more exports at once than are allowed get a 503."""
    threads = ThreadPoolExecutor(limits.at_once, thread_name_prefix="export")
    running: set[Any] = set()

    @get(
        f"/api/v1/{PATH}",
        media_type=MEDIA_TYPES["ndjson"],
        operation_id="export_events",
        summary=REPORT.summary,
        tags=["service"],
        responses={status: ERRORS[status] for status in (400, 403, 503)},
        operation_class=described(report=REPORT, formats=MEDIA_TYPES),
    )
    async def export_events(request: Request[Any, Any, Any]) -> ASGIApp:
        export = export_of(pairs(request.scope["query_string"]), datetime.now(UTC))
        kind = MEDIA_TYPES[export.form]
        headers = {
            "content-type": kind + ("; charset=utf-8" if kind.startswith("text/") else ""),
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{export.file_name}"',
            "x-content-type-options": "nosniff",
        }
        if len(running) >= limits.at_once:
            raise Busy("As many exports are running as may at once")
        download = Download(export, reader, limits.stall_seconds, threads)
        running.add(download.over)
        download.over.add_done_callback(running.discard)
        headers[COUNT] = str(await download.count())
        if request.scope.get("head"):
            download.leave()
            await download.over
            return ASGIResponse(headers=headers, is_head_response=True)

        async def answer(_: Scope, receive: Receive, send: Send) -> None:
            sending = asyncio.create_task(download.answer(send, headers))
            gone = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
                if sending.done():
                    sending.result()
            finally:
                download.leave()
                sending.cancel()
                gone.cancel()

        return answer

    return export_events
