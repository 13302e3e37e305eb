"""The statements of rolling up, one file each; templates, because tables are declared."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from localytics.rollup.measures import BIN, EXTREMES, MEASURES, SUMS, added, numbered, of_event
from localytics.rollup.rollups import DIMENSIONS, OF_READINGS, Rollup

_SERIES = (
    "{'metric': metric, 'metric_type': metric_type, 'is_delta': is_delta, 'labels': labels,"
    " 'source': source, 'device_id': device_id}"
)
_OF_VALUES = {"names", "spans", "moments"}
_OF_PARTS = {"dimensions": DIMENSIONS, "measures": tuple(MEASURES)}

_environment = jinja2.Environment(  # noqa: S701  (SQL, not HTML: values are bound, never rendered)
    undefined=jinja2.StrictUndefined
)
_environment.globals |= {
    "added": added,
    "numbered": numbered,
    "of_event": of_event,
    "series": numbered(f"to_json({_SERIES})::varchar"),
}


@cache
def statement(name: str, **words: Any) -> str:
    """`name`.sql with its words filled in; none of them ever comes from outside."""
    text = files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
    return _environment.from_string(text).render(**words).strip()


def singles(condition: str) -> str:
    """The events that meet `condition` in the form of the archive, each by itself."""
    return statement("singles", condition=condition, bin=BIN, **_OF_PARTS)


def parts(condition: str) -> str:
    """The same, added up."""
    return statement("parts", singles=singles(condition), **_OF_PARTS)


def readings(
    condition: str, columns: Iterable[str] = OF_READINGS, *, source: str = "events"
) -> str:
    """The readings of metrics, of the events of `source` that meet `condition`; `columns` are of
    OF_READINGS.
    """
    wanted = tuple(column for column in OF_READINGS if column in columns)
    return statement("readings", condition=condition, columns=wanted, source=source)


def increments(readings: str, ends: str | None) -> str:
    """`readings` with what those of counters added, where of what was removed is left which of
    metric_ends meets `ends`; None where nothing was removed."""
    return statement("increments", readings=readings, ends=ends)


def rows(rollup: Rollup, grain: int, source: str) -> str:
    """The rows of `rollup` at one of its grains, from `source` in the form of the archive; of what
    has readings, of `singles`."""
    finest = rollup.grains[0]
    if grain != finest:  # far fewer by then
        return coarser(rollup, grain, f"({rows(rollup, finest, source)})")
    conditions = [] if rollup.event_type is None else [f"event_type = '{rollup.event_type}'"]
    conditions += [f"{column} is not null" for column in rollup.only]
    condition = " and ".join(conditions) or "true"
    words: dict[str, Any] = {"source": source, "keys": rollup.keys, "condition": condition}
    if rollup.measures == "readings":
        found = readings("true", source=source)
        return statement("source_readings", readings=found, keys=rollup.keys)
    if rollup.measures in _OF_VALUES:
        words |= {"by_name": rollup.by_name, **_spans(rollup)}
        return statement("source_spans", slot=_slot(grain), **words)
    kind = "bins" if rollup.measures == "bins" else "parts"
    return _rows(rollup, _slot(grain), statement(f"source_{kind}", **words))


def coarser(rollup: Rollup, grain: int, source: str) -> str:
    """The rows of `rollup` at `grain`, from `source` which has those of a finer one, or of the same
    one partial rows; without the neighbours of linked ones."""
    return _rows(rollup, _slot(grain), source)


def merged(rollup: Rollup, source: str) -> str:
    """The rows of `rollup` in order, from `source` which has such rows, partial ones."""
    rows, order = _rows(rollup, "slot", source, linked=rollup.linked), (*rollup.order, *rollup.keys)
    return statement("merged", rows=rows, order=order)


def count_links(rollup: Rollup, rows: str, *, sign: str = "") -> str:
    """The statement that adds `rows` to what the links of `rollup` count; or takes them off."""
    words = {"links": rollup.links, "keys": rollup.keys, "rows": rows}
    return statement("count_links", sign=sign, **words)


def _spans(rollup: Rollup) -> dict[str, Any]:
    """What there is of each value beside itself."""
    spans = () if rollup.measures == "names" else ("first_at", "last_at")
    counts = ("n",) if rollup.counted else ()
    return {"spans": (*spans, *counts), "moments": rollup.measures == "moments"}


def _slot(grain: int) -> str:
    return f"time_bucket(to_seconds({grain}), slot) as slot"


def _rows(rollup: Rollup, slot: str, source: str, *, linked: bool = False) -> str:
    words: dict[str, Any] = {"slot": slot, "keys": rollup.keys, "source": source}
    if rollup.measures == "readings":
        return statement("rows_as_they_are", source=source)
    if rollup.measures in _OF_VALUES:
        return statement("spans", linked=linked, **_spans(rollup), **words)
    if rollup.measures in {"figures", "sums"}:
        words["sums"] = SUMS
    if rollup.measures == "figures":
        words["extremes"] = EXTREMES
    return statement(rollup.measures, **words)
