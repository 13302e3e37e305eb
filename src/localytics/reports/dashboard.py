"""Dashboard: the last day and the last week in one look."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any

from msgspec import Meta, Struct, defstruct
from msgspec.structs import asdict, fields

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report, catalogue

Summarised = Annotated[dict[str, Any], Meta(description="All that `summary` says of these hours.")]


class Dashboard(Answer, frozen=True, kw_only=True):
    """Two summaries that end at `timestamp`, and when the last event of the week was."""

    last_24_hours: Summarised
    last_7_days: Summarised
    last_event: datetime | None
    timestamp: datetime


def read(ask: Ask) -> Dashboard:
    """Both summaries of one snapshot."""
    last_event = ask.values("newest")["last_event"]
    day, week = _summarised(ask, "24h"), _summarised(ask, "7d")
    return Dashboard(
        **ask.stamp(),
        last_24_hours=day,
        last_7_days=week,
        last_event=last_event,
        timestamp=ask.now,
    )


def _summarised(ask: Ask, time_range: str) -> dict[str, Any]:
    summary = asdict(ask.report("summary", time_range=time_range))
    return {name: value for name, value in summary.items() if name not in Answer.__struct_fields__}


@cache
def _row() -> type[Struct]:
    """A row of the table: the summary of one period."""
    summary = fields(catalogue()["summary"].answer)
    own = [(one.name, one.type) for one in summary if one.name not in Answer.__struct_fields__]
    return defstruct("Row", [("period", str), *own], frozen=True, kw_only=True)


def _table(answer: Dashboard) -> tuple[type[Struct], list[Struct]]:
    periods = {"last_24_hours": answer.last_24_hours, "last_7_days": answer.last_7_days}
    return _row(), [_row()(period=period, **told) for period, told in periods.items()]


report = Report(
    path="analytics/dashboard",
    summary="The last day and the last week",
    answer=Dashboard,
    read=read,
    table=_table,
    window="7d",
    takes_window=False,
)
