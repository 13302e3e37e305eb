"""Exact: whether an answer is of the events themselves, where sums do not say the same."""

from datetime import UTC, datetime

import duckdb

from localytics.query.report import Report
from localytics.query.state import State
from localytics.query.template import reads_raw, sketches
from localytics.window import Window

_SKETCHED = """
select exists(
    select 1 from archive
    where first_at < $end::timestamp and last_at >= $start::timestamp
      and ($raw::boolean or $in_order::boolean and len(bins) > 0
           or exists(select 1 from unnest($edges::timestamp[]) as edges(edge)
                     where first_at < edge and last_at >= edge))
)
"""


def is_exact(
    cursor: duckdb.DuckDBPyConnection, report: Report, window: Window, state: State
) -> bool:
    """Whether nothing that `report` says of `window` is from sums where it takes the events they
    were made of: the size of durations, and 15 minutes that the window cuts in two.
    """
    if state.archive_oldest is None:
        return True
    edges = [window.start, window.end]
    if report.looks_back:
        edges.append(window.previous().start)
    bounds = {
        "start": _naive(min(edges)),
        "end": _naive(window.end),
        "edges": [_naive(edge) for edge in edges],
        "in_order": sketches(report.name),
        "raw": reads_raw(report.name),
    }
    ((sketched,),) = cursor.execute(_SKETCHED, bounds).fetchall()
    return not sketched


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
