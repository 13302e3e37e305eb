"""Client: the calls, a courier that carries them, and how both begin and end with a process.

The courier's thread is a daemon, is made anew in a forked process, and is given a moment at the end
of the process.
"""

import atexit
import functools
import os
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from localytics.client.calls import Calls
from localytics.client.courier import Courier
from localytics.client.post import Post
from localytics.client.spool import Spool, default_folder
from localytics.client.tally import Stats, Tally
from localytics.client.waiting import Waiting

DEFAULT_URL = "http://127.0.0.1:4777"
_OFF = {"0", "false", "no", "off"}
_MB = 1024 * 1024
_EXIT_SECONDS = 2.0


class Client(Calls):
    """Sends events to the service at `url` (else LOCALYTICS_URL, else this machine's port 4777).

    `source` is the app's name, for events that name no other. `enabled` off, or ANALYTICS_ENABLED
    off in the environment, makes every call do nothing.

    Events are sent every `flush_seconds`, sooner when many wait. While the service is away they are
    kept in `spool_dir` (the platform's own folder, one for each `url` and `source`), at most
    `max_spool_mb` of them, the oldest given up first; the next start sends what is there. At most
    `max_queue_events`, of about `max_queue_mb`, wait in memory; more are dropped. `stats` counts
    all of it, and what is not stored is said in the log `localytics.client`.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        source: str | None = None,
        enabled: bool | None = None,
        spool_dir: str | os.PathLike[str] | None = None,
        max_spool_mb: float = 64,
        max_queue_events: int = 10_000,
        max_queue_mb: float = 16,
        flush_seconds: float = 0.5,
        timeout_seconds: float = 10,
    ) -> None:
        self.url = url or os.environ.get("LOCALYTICS_URL") or DEFAULT_URL
        self.source = source
        if enabled is None:
            enabled = os.environ.get("ANALYTICS_ENABLED", "").strip().lower() not in _OFF
        self.enabled = enabled
        self._spool_dir = Path(spool_dir) if spool_dir else default_folder(self.url, source)
        self._max_spool_bytes = int(max_spool_mb * _MB)
        self._max_queue_events = max_queue_events
        self._max_queue_bytes = int(max_queue_mb * _MB)
        self._flush_seconds = flush_seconds
        self._timeout_seconds = timeout_seconds
        self._begin()
        if enabled:
            self._start()

    @property
    def stats(self) -> Stats:
        """What became of the events of this process so far."""
        tally = self._tally
        return Stats(
            accepted=tally.accepted,
            duplicates=tally.duplicates,
            rejected=tally.rejected,
            dropped=dict(tally.dropped),
            waiting=self._courier.waiting,
            spooled=self._spool.events,
        )

    def flush(self, timeout: float = 5.0) -> bool:
        """Send now what waits, and say whether the service had all of it within so many seconds."""
        if not self._running:
            return self._courier.waiting == 0
        return self._courier.flush(timeout)

    async def aflush(self, timeout: float = 5.0) -> bool:  # noqa: ASYNC109  (as `flush` has it)
        """`flush`, beside the event loop."""
        import asyncio  # noqa: PLC0415  (only for apps that have it anyway)

        return await asyncio.to_thread(self.flush, timeout)

    def close(self, timeout: float = 5.0) -> None:
        """Send what can be sent in so many seconds, put the rest into the spool, take no more."""
        with self._lifecycle:
            self._courier.close(timeout)
            self._running = False
        _clients.discard(self)

    async def aclose(self, timeout: float = 5.0) -> None:  # noqa: ASYNC109  (as `close` has it)
        """`close`, beside the event loop."""
        import asyncio  # noqa: PLC0415  (only for apps that have it anyway)

        await asyncio.to_thread(self.close, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _add(self, event_type: str, fields: dict[str, Any]) -> None:
        if not self.enabled:
            return
        refused = self._waiting.add(time.time_ns(), event_type, fields)
        if refused is not None:
            self._drop(refused)
        elif not self._running:
            self._start()

    def _drop(self, reason: str, why: str = "") -> None:
        if self.enabled:
            self._tally.drop(reason, why=why)
            if self._waiting.closed:
                self._tally.say()
            else:
                self._waiting.ring()

    def _begin(self) -> None:
        """Everything that belongs to this process alone."""
        self._running = False
        self._lifecycle: threading.RLock = threading.RLock()
        self._tally: Tally = Tally()
        self._waiting: Waiting = Waiting(self._max_queue_events, self._max_queue_bytes)
        self._spool: Spool = Spool(self._spool_dir, self._max_spool_bytes)
        self._courier: Courier = Courier(
            self._waiting,
            Post(self.url, self._timeout_seconds),
            self._spool,
            self._tally,
            source=self.source,
            flush_seconds=self._flush_seconds,
        )

    def _start(self) -> None:
        with self._lifecycle:
            if self._running or self._waiting.closed:
                return
            _clients.add(self)
            _close_at_exit()
            try:
                self._courier.start()
            except RuntimeError:  # no threads left, or the interpreter is ending: `close` spools
                return
            self._running = True

    def _begin_after_fork(self) -> None:
        """The parent's events, connection and thread stay with the parent."""
        self._courier.leave_to_parent()
        self._begin()


_clients: set[Client] = set()


def _close_all() -> None:
    until = time.monotonic() + _EXIT_SECONDS
    for client in list(_clients):
        client.close(max(0.1, until - time.monotonic()))


@functools.cache
def _close_at_exit() -> None:
    """Once in each process. Those that multiprocessing forks end without atexit."""
    if "multiprocessing.process" in sys.modules:
        from multiprocessing import parent_process, util  # noqa: PLC0415  (only where it is)

        if parent_process() is not None:
            util.Finalize(None, _close_all, exitpriority=0)


def _after_fork() -> None:
    _close_at_exit.cache_clear()
    clients = list(_clients)
    _clients.clear()
    for client in clients:
        client._begin_after_fork()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
