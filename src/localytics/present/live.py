"""Live: `WS /api/v1/live`, the events as they are stored.

While anybody listens, the number of the last event whose sender was answered is looked at ten
times a second. Where there are new ones they are read from the store, once for all who listen with
the same filters, as any reader does: the writer knows of none of this. A message is

    {"events": [...], "dropped": 0}

with the events in their order as `GET /api/v1/analytics/events` shows them. `dropped` is how many
more there were since the message before: a listener that reads too slowly, or more events than
anybody could, cost only that listener, and it is told.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jinja2
import msgspec

from localytics.errors import Busy, LocalyticsError
from localytics.query.ask import plain
from localytics.query.reader import Reader
from localytics.reports.events import StoredEvent, stored_event
from localytics.settings import Live as Limits

Filters = tuple[tuple[str, tuple[str, ...]], ...]  # columns and the values they may have

_FRAME_SECONDS = 0.1
_REST = 4  # times as long as the last look took, so that looking takes a fifth of the time at most
_COLUMNS = StoredEvent.__struct_fields__
_TIMES = ("timestamp", "received_at")
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Frame(NamedTuple):
    """What one look found: events as JSON with commas between them, how many, and how many more."""

    text: str
    events: int
    left_out: int


class Listener:
    """One who listens, and what waits to be sent there."""

    def __init__(self, filters: Filters, since: int, buffer_bytes: int) -> None:
        self.filters = filters
        self.since = since
        self._room = buffer_bytes
        self._waiting: deque[Frame] = deque()
        self._left_out = 0
        self._woken = asyncio.Event()

    def offer(self, frame: Frame) -> None:
        """Put `frame` behind what waits, or leave it out where there is no room."""
        self._left_out += frame.left_out
        if len(frame.text) > self._room:
            self._left_out += frame.events
        elif frame.events:
            self._room -= len(frame.text)
            self._waiting.append(frame._replace(left_out=self._left_out))
            self._left_out = 0
        if self._waiting or self._left_out:
            self._woken.set()

    async def message(self) -> str:
        """The next message, once there is one."""
        await self._woken.wait()
        frame = self._waiting.popleft() if self._waiting else Frame("", 0, self._left_out)
        if not frame.events:
            self._left_out = 0
        self._room += len(frame.text)
        if not self._waiting and not self._left_out:
            self._woken.clear()
        return f'{{"events":[{frame.text}],"dropped":{frame.left_out}}}'


class Live:
    """Tells listeners of the events that `reader` finds up to `last_seq`."""

    def __init__(self, reader: Reader, last_seq: Callable[[], int], limits: Limits) -> None:
        self._reader = reader
        self._last_seq = last_seq
        self._limits = limits
        self._sockets = 0
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="live")

    @contextmanager
    def connected(self) -> Iterator[None]:
        """A place for a connection, however much it listens to. Raises Busy where all are taken."""
        if self._sockets >= self._limits.sockets:
            raise Busy(
                "Too many are listening already",
                hint="The setting live.sockets says how many may.",
            )
        self._sockets += 1
        try:
            yield
        finally:
            self._sockets -= 1

    @contextmanager
    def listening(self, filters: Filters) -> Iterator[Listener]:
        """A listener to what is stored from now on."""
        listener = Listener(filters, self._last_seq(), self._limits.buffer_kb * 1024)
        self._listeners.add(listener)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def _look(self) -> None:
        """Tell of what is new, as long as anybody listens."""
        loop = asyncio.get_running_loop()
        told = self._last_seq()
        allowance, rate = 0.0, self._limits.events_per_second
        before = took = 0.0
        while self._listeners:
            await asyncio.sleep(max(_FRAME_SECONDS, _REST * took))
            started = time.perf_counter()
            allowance = min(rate, allowance + (started - before) * rate)
            before, took = started, 0.0
            last = self._last_seq()
            if last == told or allowance < 1:
                continue
            wanted = {(one.filters, max(told, one.since)) for one in self._listeners}
            try:
                found = await loop.run_in_executor(
                    self._thread, self._frames, wanted, last, int(allowance)
                )
            except LocalyticsError:  # the store can't be read at the moment
                continue
            for one in self._listeners:
                if (key := (one.filters, max(told, one.since))) in found:
                    one.offer(found[key])
            told = last
            allowance -= max((frame.events for frame in found.values()), default=0)
            took = time.perf_counter() - started

    def _frames(
        self, wanted: set[tuple[Filters, int]], last: int, most: int
    ) -> dict[tuple[Filters, int], Frame]:
        return {
            (filters, after): self._frame(filters, after, last, most) for filters, after in wanted
        }

    def _frame(self, filters: Filters, after: int, last: int, most: int) -> Frame:
        bounds: dict[str, Any] = {"after": after, "until": last, "most": most}
        values = {column: list(allowed) for column, allowed in filters}
        rows = self._reader.rows(_question(tuple(values)), bounds | values)
        texts: list[str] = []
        room = self._limits.buffer_kb * 1024
        for row in rows:
            text = _encode(_event(row)).decode()
            if len(text) >= room:
                break
            room -= len(text) + 1
            texts.append(text)
        matching = rows[0][-1] if rows else 0
        return Frame(",".join(reversed(texts)), len(texts), matching - len(texts))


def _event(row: tuple[Any, ...]) -> StoredEvent:
    columns = dict(zip(_COLUMNS, map(plain, row), strict=False))
    return stored_event(columns | {name: columns[name].replace(tzinfo=UTC) for name in _TIMES})


@cache
def _question(filters: tuple[str, ...]) -> str:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)  # noqa: S701  (SQL)
    text = files("localytics.present").joinpath("live.sql").read_text("utf-8")
    return environment.from_string(text).render(columns=_COLUMNS, filters=filters)
