"""Batch: events that arrived together, on their way to the writer, and what became of them."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from arro3.core import RecordBatch

from localytics.errors import LocalyticsError
from localytics.event import OLDEST, Event, epoch_us
from localytics.sink import Outcome, Rejected

Tell = Callable[[Outcome | LocalyticsError], None]
Verdict = Literal["accepted", "duplicate", "updated"]

_LISTS = ("bases", "batches", "events", "places", "received", "sent", "times")
_DAY_US = 24 * 3600 * 1_000_000
_MICROSECOND = timedelta(microseconds=1)


class Prepared(NamedTuple):
    """What of a batch was worked out before the writer came to it (see columns.prepare)."""

    times: list[int]
    bases: list[str]
    sent: list[int]
    columns: RecordBatch


class Batch:
    """Events to be stored together, and whom to tell what became of them.

    `size` is what they weigh in the queue, in bytes. With `replay`, ids name events whatever their
    timestamp: a history is being told again (see replay). `tell` is called once, by the writer's
    thread, and must neither block nor raise.
    """

    __slots__ = ("events", "prepared", "received", "replay", "size", "tell")

    def __init__(self, events: list[Event], size: int, tell: Tell, *, replay: bool = False) -> None:
        self.events = events
        self.size = size
        self.tell = tell
        self.replay = replay
        self.received = epoch_us(datetime.now(UTC))
        self.prepared: Prepared | None = None


class Tally:
    """What has become of a batch so far."""

    __slots__ = ("counts", "rejected")

    def __init__(self) -> None:
        self.counts: dict[Verdict, int] = {"accepted": 0, "duplicate": 0, "updated": 0}
        self.rejected: list[Rejected] = []

    def outcome(self) -> Outcome:
        return Outcome(
            accepted=self.counts["accepted"],
            duplicates=self.counts["duplicate"],
            updated=self.counts["updated"],
            rejected=tuple(sorted(self.rejected, key=lambda rejected: rejected.index)),
        )


class Rows:
    """Events with the clock rules applied, side by side in lists: a group has thousands.

    `times` are in microseconds since 1970, UTC. `bases` say whether that is the time that was
    `sent`, or the `arrival` time because none was, or because what was sent lies more than a day in
    the `future`; `sent` is what names an event together with its id: the time that was sent,
    believed or not, or else the arrival. `batches` and `places` say where each came from. `parts`
    are the same rows as columns, where every batch was prepared.
    """

    __slots__ = ("bases", "batches", "events", "parts", "places", "received", "sent", "times")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: list[int] = []
        self.bases: list[str] = []
        self.received: list[int] = []
        self.sent: list[int] = []
        self.batches: list[int] = []
        self.places: list[int] = []
        self.parts: list[RecordBatch] = []

    def __len__(self) -> int:
        return len(self.events)

    def extend(self, others: "Rows") -> None:
        """Add `others` at the end; whatever was prepared of them is left behind."""
        for name in _LISTS:
            getattr(self, name).extend(getattr(others, name))

    def pick(self, positions: Iterable[int]) -> "Rows":
        """The rows at `positions`, in that order."""
        picked = Rows()
        chosen = list(positions)
        for name in _LISTS:
            column = getattr(self, name)
            setattr(picked, name, [column[position] for position in chosen])
        return picked


def rows_of(batches: Sequence[Batch]) -> Rows:
    """Every event of `batches`, in their order."""
    rows = Rows()
    for number, batch in enumerate(batches):
        count = len(batch.events)
        times, bases, sent, columns = batch.prepared or (*_clock(batch), None)
        rows.events += batch.events
        rows.times += times
        rows.bases += bases
        rows.sent += sent
        rows.received += [batch.received] * count
        rows.batches += [number] * count
        rows.places += range(count)
        if columns is not None:
            rows.parts.append(columns)
    if len(rows.parts) < len(batches):
        rows.parts = []
    return rows


def _clock(batch: Batch) -> tuple[list[int], list[str], list[int]]:
    latest = batch.received + _DAY_US
    stamps = [event.timestamp for event in batch.events]
    if all(type(one) is datetime for one in stamps):  # as most batches are
        times = [(one - OLDEST) // _MICROSECOND for one in stamps]  # type: ignore[operator]
        if max(times, default=0) <= latest:
            return times, ["sent"] * len(times), times
    times, bases, sent = [], [], []
    for one in stamps:
        at = batch.received if one is None else epoch_us(one)
        basis = "arrival" if one is None else "sent" if at <= latest else "future"
        times.append(at if basis == "sent" else batch.received)
        bases.append(basis)
        sent.append(at)
    return times, bases, sent
