"""Spell: a stretch of time that a query is about, cut into the pieces that it is read in.

From a rollup come the slots that lie in the spell whole, the coarser the better: days in the
middle, hours on both sides of them. What is left at the ends comes from the events. Where there is
nothing before the start of the spell, or after its end, slots may reach over it, and nothing is
left.
"""

import math
from collections.abc import Set
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from localytics.query.state import State
from localytics.rollup.rollups import DAY

_MICROSECOND = timedelta(microseconds=1)


class Piece(NamedTuple):
    """Part of a spell, by the names that bind its start and its end; slots of `grain` seconds, or
    where that is 0 the events themselves."""

    grain: int
    since: str
    until: str


class Spell(NamedTuple):
    """A spell by the names that bind its start and end, and the grains of the slots that fill it,
    finest first."""

    start: str
    end: str
    grains: tuple[int, ...]

    @property
    def pieces(self) -> list[Piece]:
        """All that it is cut into, the coarsest slots first."""
        *finer, coarsest = self.grains
        since, until = self.bounds(coarsest)
        found = [Piece(coarsest, since, until)]
        for grain in (*reversed(finer), 0):
            outer_since, outer_until = self.bounds(grain)
            found += [Piece(grain, outer_since, since), Piece(grain, until, outer_until)]
            since, until = outer_since, outer_until
        return found

    @property
    def slots(self) -> Piece:
        """All its slots, whatever their length."""
        finest = self.grains[0]
        return Piece(finest, *self.bounds(finest))

    def without(self, empty: Set[Piece]) -> list[Piece]:
        """Its pieces but for those that are `empty`; one of them always."""
        return [piece for piece in self.pieces if piece not in empty] or self.pieces[:1]

    def bounds(self, grain: int) -> tuple[str, str]:
        """What binds the start of its first slot of `grain` and the end of its last; its own start
        and end for 0."""
        if not grain:
            return self.start, self.end
        name = f"{self.start}_{self.end}_{grain}"
        return f"{name}_up", f"{name}_down"

    def values(self, start: datetime, end: datetime, state: State) -> dict[str, datetime]:
        """What the pieces bind."""
        since, until = start, end
        if state.oldest is not None and start <= state.oldest:
            since = slot_before(start, DAY)
        if state.newest is not None and end > state.newest:
            until = slot_after(end, DAY)
        values: dict[str, datetime] = {}
        for grain in self.grains:
            since = min(slot_after(since, grain), until)
            until = max(since, slot_before(until, grain))
            up, down = self.bounds(grain)
            values |= {up: since, down: until}
        return values


def slot_after(instant: datetime, grain: int) -> datetime:
    """The first start of a slot of `grain` seconds at or after `instant`."""
    return slot_before(instant + timedelta(seconds=grain) - _MICROSECOND, grain)


def slot_before(instant: datetime, grain: int) -> datetime:
    """The last start of a slot of `grain` seconds at or before `instant`."""
    return datetime.fromtimestamp(math.floor(instant.timestamp()) // grain * grain, UTC)
