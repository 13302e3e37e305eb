"""Measures: what is added up of events, each by name; one row each.

Whatever is summed is exact in any order: integers and decimals, never floats.
"""

from typing import NamedTuple


class Measure(NamedTuple):
    """`of_event` is the measure of one event, as SQL; `add` makes one of several."""

    of_event: str
    add: str = "sum"
    counts: bool = False  # never null, and never beyond 64 bits


MEASURES = {
    "n": Measure("1::bigint", counts=True),
    "errors": Measure("is_error::bigint", counts=True),
    "duration_ms": Measure("duration_ms"),
    "duration_ms_n": Measure("(duration_ms is not null)::bigint", counts=True),
    "input_tokens": Measure("input_tokens"),
    "input_tokens_n": Measure("(input_tokens is not null)::bigint", counts=True),
    "output_tokens": Measure("output_tokens"),
    "output_tokens_n": Measure("(output_tokens is not null)::bigint", counts=True),
    "cache_read_tokens": Measure("cache_read_tokens"),
    "cache_write_tokens": Measure("cache_write_tokens"),
    "cost_usd": Measure("cost_usd"),
    "cost_usd_n": Measure("(cost_usd is not null)::bigint", counts=True),
    # Billed, with no known price.
    "unpriced": Measure(
        "(cost_usd is null and coalesce(input_tokens, output_tokens,"
        " cache_read_tokens, cache_write_tokens) is not null)::bigint",
        counts=True,
    ),
    "duration_min": Measure("duration_ms", "min"),
    "duration_max": Measure("duration_ms", "max"),
    "first_at": Measure("timestamp", "min"),
    "last_at": Measure("timestamp", "max"),
}
SUMS = tuple(name for name, measure in MEASURES.items() if measure.add == "sum")
EXTREMES = tuple(name for name in MEASURES if name not in SUMS)

# The bin of a duration: bin b ends at 1.02 ^ b milliseconds, and begins where b - 1 ends. What lies
# in a bin is told as the value in its middle, which is off by less than 1 %.
BIN = (
    "case when duration_ms > 0 then ceil(ln(duration_ms::double) / ln(1.02))::smallint"
    " when duration_ms is not null then (-32768)::smallint end"
)
MIDDLE = "case when bin = -32768 then 0 else pow(1.02, bin) * 2 / 2.02 end"


def of_event(name: str) -> str:
    """The measure `name` of one event, named so."""
    return f"{MEASURES[name].of_event} as {name}"


def added(name: str) -> str:
    """The measure `name` of several rows together, named so."""
    measure = MEASURES[name]
    return f"{measure.add}({name}){'::bigint' if measure.counts else ''} as {name}"


def numbered(column: str) -> str:
    """A name as a number of 64 bits, which is counted several times as fast, and is as good as the
    name: that any two of ten million fall together is to be expected in one of 370,000 stores.
    """
    return f"(md5_number({column}) >> 64)::ubigint"  # as md5_number_lower, in a fifth of the time
