"""Lifespan: for how long an answer stays true while nothing is stored.

The window of `24h` or `days=30` moves with the clock, and its answer with it; but only where an
edge of what was read comes upon something: an event, a row of the archive, a slot of the rollups or
the bound of a bucket. Until the first of these is reached, the answer to the same question differs
in its stamp and in nothing else.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal

import duckdb

from localytics.query.ask import Ask
from localytics.query.question import Question
from localytics.rollup.rollups import QUARTER

Course = Literal["fixed", "moving", "growing"]

FOR_GOOD = timedelta.max
_SLOT = timedelta(seconds=QUARTER)  # bounds of coarser slots are bounds of these
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AHEAD = """
select least(
    (select min(timestamp) from events where timestamp between $edge and $until),
    (select min(slot) from archive where slot between $edge and $until),
    (select min(first_at) from archive where first_at between $edge and $until),
    (select min(last_at) from archive where last_at between $edge and $until)
)
"""


def course(question: Question) -> Course:
    """What the clock does to the window: nothing, move both of its ends alike, or only one."""
    window = question.window
    if window.start_date is not None:
        return "growing" if window.end_date is None else "fixed"
    if window.hours is not None or window.days is not None:
        return "moving"
    return "growing" if (window.time_range or question.report.window) == "all" else "moving"


def lifespan(ask: Ask, cursor: duckdb.DuckDBPyConnection) -> timedelta:
    """For how long after `ask.now` its answer is true, that moment included.

    `cursor` sees the store as the answer did.
    """
    if ask.fleeting:
        return timedelta(0)
    if ask.held or course(ask.question) == "fixed":
        return FOR_GOOD
    if course(ask.question) == "growing":
        return timedelta(0)
    window = ask.window
    before = {window.previous().start} if ask.question.report.looks_back else set()
    free = [_SLOT]
    if ask.periods:
        # A bucket is left once the window starts after it, and entered once it ends in it.
        free.append(ask.periods[0][1] - window.start - _MICROSECOND)
        free.append(ask.periods[-1][1] - window.end)
    for edge in {*ask.edges, *before, window.start, window.end}:
        within_slot = _SLOT - (edge - _EPOCH) % _SLOT - _MICROSECOND
        # A slot begins to be in the window, or ceases to, right at its bound.
        free.append(within_slot if (edge - _EPOCH) % _SLOT else timedelta(0))
        free.append(_to_next(cursor, edge, min(free)))
    return min(free)


def _to_next(cursor: duckdb.DuckDBPyConnection, edge: datetime, most: timedelta) -> timedelta:
    """How far the edge may move, up to `most`, without passing anything."""
    since = edge.astimezone(UTC).replace(tzinfo=None)
    bounds = {"edge": since, "until": since + most}
    ((found,),) = cursor.execute(_AHEAD, bounds).fetchall()
    return most if found is None else min(most, found - since)
