"""Plan: which rollups answer a section.

What a section adds up, each column whose different values it counts, and the durations it puts in
order may come from rollups of their own: the rows of all of them stand in one relation, each with
only its own columns filled in, and null elsewhere counts for nothing.
"""

from typing import NamedTuple

from localytics.query.needs import Needs
from localytics.rollup.measures import EXTREMES
from localytics.rollup.rollups import HOUR, MESSAGE, ROLLUPS, Rollup

_BY_NAME = {rollup.name: rollup for rollup in ROLLUPS}


class Source(NamedTuple):
    """One part of what a section reads: `columns` and `measures`, from the slots of `grains`
    (finest first) of `rollup`, or where there is none from the events themselves.

    `bins` says that durations are what is read, `counted` is the column that is only counted, and
    that rollups have as a number; with `numbers` it is one wherever it comes from. With `linked` it
    is counted by the links between the rows of the rollup; with `alone` by its rows of the coarsest
    grain, where days are merged.
    """

    columns: tuple[str, ...]
    measures: tuple[str, ...]
    bins: bool = False
    counted: str | None = None
    numbers: bool = False
    rollup: Rollup | None = None
    grains: tuple[int, ...] = ()
    linked: bool = False
    alone: bool = False


def plan(
    needs: Needs,
    filters: frozenset[str],
    grains: frozenset[int],
    *,
    has_stale: bool = False,
    even: bool = False,
) -> list[Source]:
    """The sources for `needs`, narrowed by `filters`, where slots of `grains` divide no bucket.

    Stale days are no part of what is read of a rollup, and links lead to them all the same.
    """
    keys = needs.keys | filters
    named = tuple(sorted(keys))
    if needs.bins:
        return [_source({"bins"}, keys, needs, grains)._replace(bins=True)]
    uniqs = [column for column in needs.uniqs if column not in keys]
    sources = []
    if needs.measures or len(uniqs) < len(needs.uniqs) or not uniqs:
        kinds = {"figures"} if {*needs.measures} & {*EXTREMES} else {"figures", "sums"}
        sources.append(_source(kinds, keys, needs, grains)._replace(measures=needs.measures))
    for column in uniqs:
        source = _source({"names", "spans"}, keys | {column}, needs, grains)
        alone = even and _alone(source, keys | {column}, needs, grains)
        sources.append(source._replace(counted=column, alone=alone))
    if len(sources) == 1 and not has_stale and _linked(sources[0], needs, filters):
        return [sources[0]._replace(linked=True)]
    if any(source.rollup for source in sources):
        return sources
    # All from the events: then each is read once, for everything.
    return [Source((*named, *uniqs), needs.measures)]


def sighting(column: str, filters: frozenset[str], grains: frozenset[int]) -> Source:
    """The values of `column` as numbers, with when each was last seen, of events of any type."""
    needs = Needs(
        keys=frozenset(),
        uniqs=(column,),
        measures=("last_at",),
        bins=False,
        timed=False,
        clock=False,
        messages=False,
        whole_groups=False,
    )
    found = _source({"spans"}, filters | {column}, needs, grains)
    return found._replace(measures=needs.measures, counted=column, numbers=True)


def named(name: str, filters: frozenset[str], *, rolled_up: bool) -> Source:
    """The rows of the rollup `name`, which has no grain but hours; of the events themselves, where
    it lacks what is filtered by or nothing is `rolled_up`. Its last key is a number either way, but
    for one that is `by_name`."""
    rollup = _BY_NAME[name]
    usable = rolled_up and covers(name, filters)
    return Source(
        rollup.keys,
        (*(("n",) if rollup.counted else ()), "first_at", "last_at"),
        counted=None if rollup.by_name else rollup.keys[-1],
        numbers=not rollup.by_name,
        rollup=rollup if usable else None,
        grains=rollup.grains if usable else (),
    )


def covers(name: str, filters: frozenset[str]) -> bool:
    """Whether the rollup `name` tells apart what is filtered by."""
    return filters <= {*_BY_NAME[name].keys, "event_type"}


def _source(kinds: set[str], keys: frozenset[str], needs: Needs, grains: frozenset[int]) -> Source:
    columns = tuple(sorted(keys))
    for rollup in ROLLUPS:
        usable = _usable(rollup, grains)
        if usable and rollup.measures in kinds and _covers(rollup, keys, needs):
            return Source(columns, (), rollup=rollup, grains=usable)
    return Source(columns, ())


def _covers(rollup: Rollup, keys: frozenset[str], needs: Needs) -> bool:
    has = {*rollup.keys, "event_type"} if rollup.event_type else {*rollup.keys}
    about = keys | {"event_type"} if needs.messages else keys
    if rollup.only:
        return False
    if rollup.event_type is not None and not (needs.messages and rollup.event_type == MESSAGE):
        return False
    # It has only rows that have its last key.
    return about <= has and (rollup.measures not in {"names", "spans"} or rollup.keys[-1] in keys)


def _linked(source: Source, needs: Needs, filters: frozenset[str]) -> bool:
    """Whether the rollup's own keys, all of them, are what tells groups apart."""
    if source.rollup is None or source.counted is None or not needs.whole_groups:
        return False
    return links(source.rollup, needs.keys | filters | {source.counted})


def _alone(source: Source, keys: frozenset[str], needs: Needs, grains: frozenset[int]) -> bool:
    """Whether a merged row of the rollup is all there is of its `keys` in a bucket, where these are
    as long as the coarsest of `grains`."""
    return (
        source.rollup is not None
        and {*source.rollup.keys} == keys
        and source.grains[-1] == max(grains)
        and needs.whole_groups
        and needs.by_bucket
    )


def links(rollup: Rollup, keys: frozenset[str]) -> bool:
    """Whether the rollup links rows that `keys` tell apart, and these alone."""
    return rollup.linked and {*rollup.keys} == keys


def _usable(rollup: Rollup, grains: frozenset[int]) -> tuple[int, ...]:
    """Of the rollup's grains those that divide no bucket; quarters only where hours would, and
    none of one without hours: what is left over of a window is gathered to the hour."""
    if rollup.grains[0] > HOUR:
        return ()
    usable = tuple(grain for grain in rollup.grains if grain in grains)
    return tuple(grain for grain in usable if grain >= HOUR) or usable
