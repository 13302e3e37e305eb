"""Needs: what a section of a report's .sql asks about, read from its words.

A section names columns as they are (`group by model`) and figures by words (`{{ count() }}`). From
both follows which rollups could answer it. Whatever a section names that no rollup has is asked of
the events themselves.
"""

import re

from msgspec import Struct

from localytics.rollup.rollups import DIMENSIONS

_UNIQ = re.compile(r"uniq\('(\w+)'\)")
_FIGURES = re.compile(r"\{\{[^}]*\b(count|errors|mean|total|tokens|cost|billed|unpriced|first|last|latest)\(")
_EXTREMES = re.compile(r"\b(first|last|latest)\(")
_WORDS = re.compile(r"\b\w+\b")
_CALL = re.compile(r"\b(events|messages|response_times)\(([^()]*)\)")


class Needs(Struct, frozen=True, kw_only=True):
    """`keys` are columns to group or filter by, `uniqs` those whose different values are counted.

    `figures` says whether anything is added up, `extremes` whether firsts and lasts are wanted,
    `bins` whether durations are put in order; `timed` whether rows are put into buckets, and
    `clock` whether a clock is read besides. `messages` are all it is about, or events of any type.
    """

    keys: frozenset[str]
    uniqs: tuple[str, ...]
    figures: bool
    extremes: bool
    bins: bool
    timed: bool
    clock: bool
    messages: bool


def needs_of(text: str) -> Needs:
    """What the section `text` needs."""
    uniqs = tuple(dict.fromkeys(_UNIQ.findall(text)))
    named = {*_WORDS.findall(_UNIQ.sub("", text))}
    keys = frozenset(named & {*DIMENSIONS})
    return Needs(
        keys=keys,
        uniqs=tuple(column for column in uniqs if column not in keys),
        figures=bool(_FIGURES.search(text)),
        extremes=bool(_EXTREMES.search(text)),
        bins="response_times(" in text,
        timed="timed(" in text,
        clock="local" in named,
        messages=not re.search(r"\bevents\(", text),
    )
