"""The statements of rolling up, one file each; templates, because tables are declared."""

from functools import cache
from importlib.resources import files

import jinja2

from localytics.rollup.rollups import DIMENSIONS, Rollup

_environment = jinja2.Environment(  # noqa: S701  (SQL, not HTML: values are bound, never rendered)
    undefined=jinja2.StrictUndefined
)


@cache
def statement(name: str, **words: str | int) -> str:
    """`name`.sql with its words filled in; none of them ever comes from outside."""
    text = files(__name__).joinpath(f"{name}.sql").read_text("utf-8")
    return _environment.from_string(text).render(**words).strip()


def single(*, binned: bool) -> str:
    """Each event as a partial row; with the bin of its duration, or only null in its place."""
    bin_ = statement("bin") if binned else "null::smallint"
    return statement("single", dimensions=", ".join(DIMENSIONS), bin=bin_)


def parts(condition: str) -> str:
    """The events that meet `condition` in the form of the archive."""
    return statement(
        "parts",
        dimensions=", ".join(DIMENSIONS),
        measures=_added(extremes=True),
        single=single(binned=True),
        condition=condition,
    )


def rolled(rollup: Rollup, grain: int, source: str) -> str:
    """The rows of `rollup` at `grain`: from `source` in the form of the archive."""
    return _rows(rollup, grain, statement(f"source_{_source(rollup)}", **_words(rollup, source)))


def merged(rollup: Rollup, grain: int, source: str) -> str:
    """The rows of `rollup` at `grain`: from `source`, which has such rows already."""
    return _rows(rollup, grain, source)


def _source(rollup: Rollup) -> str:
    return "bins" if rollup.measures == "bins" else "parts"


def _words(rollup: Rollup, source: str) -> dict[str, str]:
    condition = "true" if rollup.event_type is None else f"event_type = '{rollup.event_type}'"
    return {"source": source, "keys": ", ".join(rollup.keys), "condition": condition}


def _rows(rollup: Rollup, grain: int, source: str) -> str:
    words: dict[str, str | int] = {"grain": grain, "keys": ", ".join(rollup.keys), "source": source}
    if rollup.measures == "spans":
        return statement("spans", last_key=rollup.keys[-1], **words)
    if rollup.measures == "bins":
        return statement("bins", **words)
    return statement("sums", measures=_added(extremes=rollup.measures == "figures"), **words)


def _added(*, extremes: bool) -> str:
    sums = statement("add_sums")
    return f"{sums},\n{statement('add_extremes')}" if extremes else sums
