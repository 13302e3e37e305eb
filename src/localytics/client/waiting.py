"""Waiting: calls that are not yet lines. Adding one touches neither network nor disk."""

import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any

BATCH_EVENTS = 1000
BATCH_BYTES = 700_000  # and one line more is still below the 1 MiB that a body may have

Call = tuple[int, str, dict[str, Any], int]
_CALL_BYTES = 500  # what a call takes beside its texts, about


class Waiting:
    """A queue bounded in events and, by the length of their texts, in bytes.

    What callers do here may be interrupted at any point by a signal handler that does the same: the
    lock can be taken again, and a SimpleQueue is made for it.
    """

    def __init__(self, max_events: int, max_bytes: int) -> None:
        self.closed = False
        self._calls: deque[Call] = deque()
        self._bytes = 0
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._lock = threading.RLock()
        self._bell: SimpleQueue[None] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def fills_a_batch(self) -> bool:
        return len(self._calls) >= BATCH_EVENTS or self._bytes >= BATCH_BYTES

    def add(self, at_ns: int, event_type: str, fields: dict[str, Any]) -> str | None:
        """Add a call. Gives why it was not taken: `full` or `closed`.

        Dicts and lists among the fields are copied, for they are read only later.
        """
        size = _CALL_BYTES
        for name, value in fields.items():
            kind = value.__class__
            if kind is str:
                size += len(value)
            elif kind is dict:
                fields[name] = copy = value.copy()
                for inner in copy.values():
                    if inner.__class__ is str:
                        size += len(inner)
            elif kind is list:
                fields[name] = value.copy()
        with self._lock:
            before = self._bytes
            if self.closed:
                return "closed"
            if len(self._calls) >= self._max_events or before + size > self._max_bytes:
                return "full"
            self._calls.append((at_ns, event_type, fields, size))
            self._bytes = before + size
        # Not for every call: waking a thread costs more than all of the above.
        events = len(self._calls)
        if events == 1 or events % BATCH_EVENTS == 0 or size > BATCH_BYTES - before % BATCH_BYTES:
            self.ring()
        return None

    def close(self) -> None:
        """Take no more."""
        with self._lock:
            self.closed = True

    def take(self) -> Iterator[Call]:
        """Take calls off, oldest first, for as long as there are any."""
        while self._calls:
            with self._lock:
                call = self._calls.popleft()
                # A signal handler may have got between a sum and its storing: begin at 0 again.
                self._bytes = self._bytes - call[3] if self._calls else 0
            yield call

    def ring(self) -> None:
        """Wake whoever waits for the bell; one that has rung and was not heard yet is enough."""
        if self._bell.empty():
            self._bell.put(None)

    def wait(self, seconds: float | None) -> None:
        """Until the bell rings, or for so long."""
        with contextlib.suppress(Empty):
            self._bell.get(timeout=seconds)
