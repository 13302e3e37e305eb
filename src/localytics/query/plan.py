"""Plan: which rollups answer a section, and where they leave off.

What a section adds up, each column whose different values it counts, and the durations it puts in
order may come from rollups of their own: the rows of all of them stand in one relation, each with
only its own columns filled in, and null elsewhere counts for nothing.
"""

from typing import Literal, NamedTuple

from localytics.query.needs import Needs
from localytics.rollup.rollups import ROLLUPS, Rollup

SUMS = (
    "n",
    "errors",
    "duration_ms",
    "duration_ms_n",
    "input_tokens",
    "input_tokens_n",
    "output_tokens",
    "output_tokens_n",
    "cache_read_tokens",
    "cache_write_tokens",
    "cost_usd",
    "cost_usd_n",
    "unpriced",
)
EXTREMES = ("duration_min", "duration_max", "first_at", "last_at")


class Source(NamedTuple):
    """One part of what a section reads: `columns` of it, from `rollup` where there is one.

    `grains` are those of its grains that may be used, finest first.
    """

    kind: Literal["figures", "bins"]
    columns: tuple[str, ...]
    rollup: Rollup | None
    grains: tuple[int, ...]


def plan(needs: Needs, filters: frozenset[str], grains: frozenset[int]) -> list[Source]:
    """The sources for `needs`, narrowed by `filters`, where slots of `grains` divide no bucket."""
    keys = needs.keys | filters
    figures = (*SUMS, *EXTREMES) if needs.extremes else SUMS
    measures = {"figures"} if needs.extremes else {"figures", "sums"}
    named = tuple(sorted(keys))
    if needs.bins:
        found = _find({"bins"}, keys, needs, grains)
        return [Source("bins", named, *found)]
    sources = []
    uniqs = [column for column in needs.uniqs if column not in keys]
    if needs.figures or len(uniqs) < len(needs.uniqs) or not uniqs:
        sources.append(Source("figures", (*named, *figures), *_find(measures, keys, needs, grains)))
    for column in uniqs:
        found = _find({"spans"}, keys | {column}, needs, grains)
        sources.append(Source("figures", (*named, column), *found))
    if any(source.rollup for source in sources):
        return sources
    # All from the events: then each is read once, for everything.
    columns = dict.fromkeys(column for source in sources for column in source.columns)
    return [Source("figures", tuple(columns), None, ())]


def _find(
    measures: set[str], keys: frozenset[str], needs: Needs, grains: frozenset[int]
) -> tuple[Rollup | None, tuple[int, ...]]:
    for rollup in ROLLUPS:
        usable = tuple(grain for grain in rollup.grains if grain in grains)
        if usable and rollup.measures in measures and _covers(rollup, keys, needs):
            return rollup, usable
    return None, ()


def _covers(rollup: Rollup, keys: frozenset[str], needs: Needs) -> bool:
    has = {*rollup.keys, "event_type"} if rollup.event_type else {*rollup.keys}
    about = keys | {"event_type"} if needs.messages else keys
    return about <= has and (needs.messages or rollup.event_type is None)
