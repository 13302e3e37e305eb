"""Sink: where receivers and sources hand their events, and what they hear back.

They never see the store. Whoever gives them a sink promises: it returns once the events are
durable, and raises an error of ours (Busy, DiskFull, …) where they are not.
"""

from typing import Protocol

from msgspec import Struct

from localytics.event import Event


class Rejected(Struct, frozen=True, kw_only=True):
    """One event of a batch that was not stored: its place in the batch, and why."""

    index: int
    code: str
    message: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of a batch.

    `duplicates` were stored before and count once; `updated` replaced an earlier, shorter version
    of themselves (see Sink).
    """

    accepted: int = 0
    duplicates: int = 0
    updated: int = 0
    rejected: tuple[Rejected, ...] = ()

    def __add__(self, other: "Outcome") -> "Outcome":
        """The counts of both; rejections keep the places they had in their own batches."""
        return Outcome(
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            updated=self.updated + other.updated,
            rejected=self.rejected + other.rejected,
        )


class Sink(Protocol):
    """Takes events; `size` is what they weighed in bytes as they came.

    With `replay` a history is told again: an id names the same event whatever its timestamp; of two
    versions the one with more `output_tokens` is kept, at the earlier of their times.
    """

    async def __call__(
        self, events: list[Event], size: int, *, replay: bool = False
    ) -> Outcome: ...
