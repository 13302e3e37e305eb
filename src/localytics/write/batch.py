"""Batch: events that arrived together, on their way to the writer, and what became of them."""

from concurrent.futures import Future
from datetime import UTC, datetime
from typing import NamedTuple

from localytics.event import Event, epoch_us
from localytics.sink import Outcome

FUTURE_ALLOWED_US = 24 * 3600 * 1_000_000


class Row(NamedTuple):
    """An event with the clock rules applied.

    `timestamp` is in microseconds since 1970, UTC; `basis` says whether it is the one that was
    `sent`, or the `arrival` time because none was, or because that was more than a day in the
    `future`.
    """

    event: Event
    timestamp: int
    basis: str
    received: int


class Batch:
    """Events to be stored together with the promise to say what became of them.

    `size` is what they weigh in the queue, in bytes. With `replay`, ids name events whatever their
    timestamp: a history is being told again (see writer).
    """

    __slots__ = ("done", "events", "received", "replay", "size")

    def __init__(
        self, events: list[Event], size: int, *, replay: bool = False, received: int | None = None
    ) -> None:
        self.events = events
        self.size = size
        self.replay = replay
        self.received = epoch_us(datetime.now(UTC)) if received is None else received
        self.done: Future[Outcome] = Future()

    def rows(self) -> list[Row]:
        received = self.received
        latest = received + FUTURE_ALLOWED_US
        rows = []
        for event in self.events:
            timestamp = event.timestamp
            if timestamp is None:
                rows.append(Row(event, received, "arrival", received))
                continue
            at = epoch_us(timestamp)
            if at > latest:
                rows.append(Row(event, received, "future", received))
            else:
                rows.append(Row(event, at, "sent", received))
        return rows
