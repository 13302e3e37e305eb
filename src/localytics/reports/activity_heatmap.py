"""Activity heatmap: which hours of the week are busy, by the clock on the wall."""

from collections import Counter

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class Cell(Struct, frozen=True, kw_only=True):
    """One hour of the week, 0 = Monday; averages over the messages that carry the figure."""

    day_of_week: int
    hour: int
    count: int = 0
    avg_cost: float | None = None
    avg_response_time: float | None = None


class ActivityHeatmap(Answer, frozen=True, kw_only=True):
    """All 168 hours of the week, and the hour of the day and day of the week with most messages."""

    cells: list[Cell]
    total_messages: int
    peak_hour: int | None
    peak_day: int | None


def read(ask: Ask) -> ActivityHeatmap:
    """Messages by hour and day of the week, local to the window's zone."""
    busy = {(cell.day_of_week, cell.hour): cell for cell in ask.rows("cells", Cell)}
    cells = [
        busy.get((day, hour), Cell(day_of_week=day, hour=hour))
        for day in range(7)
        for hour in range(24)
    ]
    hours: Counter[int] = Counter()
    days: Counter[int] = Counter()
    for cell in cells:
        hours[cell.hour] += cell.count
        days[cell.day_of_week] += cell.count
    return ActivityHeatmap(
        **ask.stamp(),
        cells=cells,
        total_messages=hours.total(),
        peak_hour=_peak(hours),
        peak_day=_peak(days),
    )


def _peak(counts: Counter[int]) -> int | None:
    """The key with the highest count, the smallest of several."""
    return max(sorted(counts), key=counts.__getitem__) if counts.total() else None


report = Report(
    path="analytics/activity/heatmap",
    summary="Messages by hour of the week",
    answer=ActivityHeatmap,
    read=read,
    table="cells",
)
