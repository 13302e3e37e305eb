"""How the tests of windows ask for one, and what they see of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

import msgspec
import pytest

from localytics.clock import Grain
from localytics.errors import InvalidWindow
from localytics.window import Window, WindowQuery, window_of

NOW = datetime(2026, 3, 15, 12, 30, 15, 250_000, tzinfo=UTC)
OLDEST = datetime(2025, 11, 2, 8, 0, tzinfo=UTC)
NEWEST = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
GRAINS: tuple[Grain, ...] = ("hour", "day", "week", "month")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def between(start: str, end: str, zone: str = "UTC") -> Window:
    """The window from one wall time of the zone to another."""
    return asked(start_date=start, end_date=end, timezone=zone)


def asked(
    *,
    default: str = "30d",
    now: datetime = NOW,
    oldest: datetime | None = OLDEST,
    newest: datetime | None = NEWEST,
    **words: Any,
) -> Window:
    query = msgspec.convert(words, WindowQuery)
    return window_of(query, default=default, now=now, oldest=oldest, newest=newest)


def refused(**words: Any) -> InvalidWindow:
    with pytest.raises(InvalidWindow) as caught:
        asked(**words)
    assert caught.value.status == 400
    assert caught.value.hint
    msgspec.json.encode(caught.value.answer())
    return caught.value


def shown(window: Window, grain: Grain) -> list[str]:
    """The buckets as the zone's clock shows their starts, with the offset that tells them apart."""
    return [window.local(start).isoformat(timespec="minutes") for start in window.buckets(grain)]


def minutes(window: Window, grain: Grain) -> list[int]:
    """How long each bucket is, but for the last."""
    return [(after - before) // MINUTE for before, after in pairwise(window.buckets(grain))]
