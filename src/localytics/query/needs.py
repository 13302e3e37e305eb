"""Needs: what a section of a report's .sql asks about, read from its words.

A section names columns as they are (`group by model`) and figures by words (`{{ count() }}`). From
both follows which rollups could answer it. Whatever it names that no rollup has is asked of the
events themselves.
"""

import re
from collections.abc import Callable

from msgspec import Struct

from localytics.rollup.rollups import DIMENSIONS, ROLLUPS

_CALL = re.compile(r"\b(\w+)\((?:'(\w+)')?")
_UNIQ = re.compile(r"uniq\('\w+'\)")
_WORDS = re.compile(r"\b\w+\b")
_GROUPED = re.compile(r"^group by (.+)$", re.MULTILINE)
_TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")

# The measures that each word of macros.sql reads, by the column it is given.
WORDS: dict[str, Callable[[str], tuple[str, ...]]] = {
    "count": lambda _: ("n",),
    "errors": lambda _: ("errors",),
    "total": lambda column: (column,),
    "mean": lambda column: (column, f"{column}_n"),
    "tokens": lambda _: _TOKENS,
    "cost": lambda _: ("cost_usd", "cost_usd_n", "unpriced"),
    "billed": lambda _: ("cost_usd_n", "unpriced"),
    "unpriced": lambda _: ("unpriced",),
    "first": lambda _: ("first_at",),
    "last": lambda _: ("last_at",),
    "latest": lambda _: ("last_at",),
    "shortest": lambda _: ("duration_min",),
    "longest": lambda _: ("duration_max",),
}
# The relations of messenger.sql, and what their rollups tell events apart by.
MESSENGER = (
    "rolled",
    "sent",
    "counts",
    "edited",
    "read_by",
    "members",
    "called",
    "again",
    "turns",
)
_MESSENGER_KEYS = frozenset(
    key for rollup in ROLLUPS if rollup.name.startswith("messenger_") for key in rollup.keys
)
_MESSENGER_MEASURES = ("n", "first_at", "last_at")


class Needs(Struct, frozen=True, kw_only=True):
    """`keys` are columns to group or filter by, `uniqs` those whose different values are counted,
    `measures` what is added up; `bins` says whether durations are put in order, `timed` whether
    rows are put into buckets, and `clock` whether a clock is read besides. `messages` are all it is
    about, or else events of any type; `raw` is it where it reads them with all their columns. With
    `whole_groups` rows are told apart by all of `keys`, and also `by_bucket`.
    """

    keys: frozenset[str]
    uniqs: tuple[str, ...]
    measures: tuple[str, ...]
    bins: bool
    timed: bool
    clock: bool
    messages: bool
    whole_groups: bool
    by_bucket: bool = False
    raw: bool = False


def needs_of(text: str) -> Needs:
    """What the section `text` needs."""
    calls = _CALL.findall(text)
    named = {*_WORDS.findall(_UNIQ.sub("", text))}
    words = {word for word, _ in calls}
    measures = [one for word, column in calls if word in WORDS for one in WORDS[word](column)]
    keys = frozenset(named & {*DIMENSIONS})
    if not words.isdisjoint(MESSENGER):
        keys |= _MESSENGER_KEYS
        measures += _MESSENGER_MEASURES
    grouped = {one.strip() for found in _GROUPED.findall(text) for one in found.split(",")}
    return Needs(
        keys=keys,
        uniqs=tuple(dict.fromkeys(column for word, column in calls if word == "uniq")),
        measures=tuple(dict.fromkeys(measures)),
        bins="response_times" in words,
        timed="timed" in words,
        clock="local" in named,
        messages="events" not in words,
        whole_groups=grouped - {"bucket"} == keys,
        by_bucket="bucket" in grouped,
        raw="raw" in words,
    )
