"""Windows and buckets, reckoned a second time and another way: what the recount goes by.

Good for zones whose clocks change by multiples of 15 minutes and never at midnight.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
HOURS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24, "90d": 90 * 24, "1y": 365 * 24}


def window(
    words: dict[str, str], default: str, now: datetime, times: Sequence[datetime]
) -> tuple[datetime, datetime]:
    """The window that the words of a query mean, over events that happened at `times`."""
    zone = ZoneInfo(words.get("timezone", "UTC"))
    if "start_date" in words:
        start = _instant(words["start_date"], zone)
        return start, _instant(words["end_date"], zone) if "end_date" in words else now
    if "hours" in words:
        return now - timedelta(hours=int(words["hours"])), now
    if "days" in words:
        return now - timedelta(hours=24 * int(words["days"])), now
    word = words.get("time_range", default)
    if word == "all":
        return min(times, default=now), max([now, *(t + timedelta(microseconds=1) for t in times)])
    return now - timedelta(hours=HOURS[word]), now


def buckets(start: datetime, end: datetime, grain: str, zone: ZoneInfo) -> list[datetime]:
    """The starts, in UTC, of all buckets that have time in [start, end)."""
    if start >= end:
        return []
    if grain == "hour":
        return _hours(start, end, zone)
    day = start.astimezone(zone).date()
    if grain == "week":
        day -= timedelta(days=day.weekday())
    if grain == "month":
        day = day.replace(day=1)
    found = []
    while (midnight := _midnight(day, zone)) < end:
        found.append(midnight)
        day = day + timedelta(days=7 if grain == "week" else 1)
        if grain == "month":
            day = (day + timedelta(days=30)).replace(day=1)
    return found


def _hours(start: datetime, end: datetime, zone: ZoneInfo) -> list[datetime]:
    """Look at the clock on the wall every quarter of an hour."""
    first = datetime.fromtimestamp(start.timestamp() // 900 * 900, UTC)
    while not _starts_hour(first, zone):
        first -= QUARTER
    steps = -((first - end) // QUARTER)
    return [at for step in range(steps) if _starts_hour(at := first + step * QUARTER, zone)]


def _starts_hour(at: datetime, zone: ZoneInfo) -> bool:
    """The clock shows a whole hour, or has just skipped one."""
    shown = at.astimezone(zone).replace(tzinfo=None)
    just_before = (at - timedelta(microseconds=1)).astimezone(zone).replace(tzinfo=None)
    return shown.minute == 0 or just_before < shown.replace(minute=0)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    given = datetime.fromisoformat(text)
    return (given if given.tzinfo else given.replace(tzinfo=zone)).astimezone(UTC)
