"""Exact: whether an answer is of the events themselves, where sums do not say the same."""

from datetime import UTC, datetime

import duckdb

from localytics.query.report import Report
from localytics.query.state import State
from localytics.query.template import reads_raw, sketches
from localytics.window import Window

# Each edge by itself, because that is told from statistics for nearly all of an archive.
_SKETCHED = """
select
    exists(
        select 1 from archive
        where first_at < $end::timestamp and last_at >= $since::timestamp
            and ($raw::boolean or $in_order::boolean and len(bins) > 0)
    )
    or exists(
        select 1 from archive
        where first_at < $since::timestamp and last_at >= $since::timestamp
    )
    or exists(
        select 1 from archive
        where first_at < $start::timestamp and last_at >= $start::timestamp
    )
    or exists(
        select 1 from archive
        where first_at < $end::timestamp and last_at >= $end::timestamp
    )
"""


def is_exact(
    cursor: duckdb.DuckDBPyConnection, report: Report, window: Window, state: State
) -> bool:
    """Whether nothing that `report` says of `window` is from sums where it takes the events they
    were made of: the size of durations, and 15 minutes that the window cuts in two; or from a time
    of which nothing is known any more.
    """
    since = window.previous().start if report.looks_back else window.start
    if state.dropped_until is not None and since < state.dropped_until:
        return False
    if state.archive_oldest is None:
        return True
    bounds = {
        "since": _naive(since),
        "start": _naive(window.start),
        "end": _naive(window.end),
        "in_order": sketches(report.name),
        "raw": reads_raw(report.name),
    }
    ((sketched,),) = cursor.execute(_SKETCHED, bounds).fetchall()
    return not sketched


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
