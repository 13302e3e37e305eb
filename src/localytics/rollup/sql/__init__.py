"""The statements of rolling up, one file each; templates, because tables are declared."""

from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from localytics.rollup.measures import BIN, EXTREMES, MEASURES, SUMS, added, numbered, of_event
from localytics.rollup.rollups import DIMENSIONS, Rollup

_environment = jinja2.Environment(  # noqa: S701  (SQL, not HTML: values are bound, never rendered)
    undefined=jinja2.StrictUndefined
)
_environment.globals |= {
    "added": added,
    "numbered": numbered,
    "of_event": of_event,
    "series": lambda labels: numbered(f"to_json({labels})::varchar"),
}


@cache
def statement(name: str, **words: Any) -> str:
    """`name`.sql with its words filled in; none of them ever comes from outside."""
    text = files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
    return _environment.from_string(text).render(**words).strip()


def parts(condition: str) -> str:
    """The events that meet `condition` in the form of the archive."""
    measures = tuple(MEASURES)
    return statement(
        "parts", dimensions=DIMENSIONS, measures=measures, bin=BIN, condition=condition
    )


def readings(condition: str, chosen: str = "true") -> str:
    """The readings of metrics, of the events that meet `condition`; `chosen` is asked of labels."""
    return statement("readings", condition=condition, chosen=chosen)


def increments(readings: str, ends: str) -> str:
    """`readings` with what those of counters added, where of what was removed is left which of
    metric_ends meets `ends`."""
    return statement("increments", readings=readings, ends=ends)


def rows(rollup: Rollup, source: str) -> str:
    """The rows of `rollup` at all its grains, from `source` in the form of the archive."""
    kind = rollup.measures if rollup.measures in {"bins", "spans"} else "parts"
    condition = "true" if rollup.event_type is None else f"event_type = '{rollup.event_type}'"
    if rollup.only is not None:
        condition += f" and {rollup.only} is not null"
    grain, keys = rollup.grains[0], rollup.keys
    words: dict[str, Any] = {"grain": grain, "source": source, "keys": keys, "condition": condition}
    if kind == "spans":
        words["counted"] = rollup.counted
    own = statement(f"source_{kind}", **words)
    finest = _rows(rollup, f"{grain} as grain", _slot(str(grain)), own)
    if len(rollup.grains) == 1:
        return finest
    wider = statement("source_coarser", grains=rollup.grains[1:])
    return statement("rows", finest=finest, coarser=_rows(rollup, "grain", _slot("grain"), wider))


def merged(rollup: Rollup, source: str, *, linked: bool) -> str:
    """The rows of `rollup`, from `source` which has such rows, partial ones; `linked` to those
    around them, or alone.
    """
    return _rows(rollup, "grain", "slot", source, linked=linked)


def _slot(grain: str) -> str:
    return f"time_bucket(to_seconds({grain}), slot) as slot"


def _rows(rollup: Rollup, grain: str, slot: str, source: str, *, linked: bool = False) -> str:
    words: dict[str, Any] = {"grain": grain, "slot": slot, "keys": rollup.keys, "source": source}
    if rollup.measures == "spans":
        words |= {"linked": linked, "counted": rollup.counted}
    if rollup.measures in {"figures", "sums"}:
        words["sums"] = SUMS
    if rollup.measures == "figures":
        words["extremes"] = EXTREMES
    return statement(rollup.measures, **words)
