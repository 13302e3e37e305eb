"""Window: the stretch of time a question is about, and the buckets that a series over it has.

A window is half-open, [start, end), and local to an IANA time zone: its buckets are what a clock on
the wall of that zone would call an hour, a day, a week (Monday first) or a month (see clock).
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from difflib import get_close_matches
from functools import cache
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from localytics.clock import Grain, change_between, first_showing, seconds_east, starts
from localytics.errors import InvalidParameter, InvalidWindow

GRAINS: dict[str, Grain] = {
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
}
TIME_RANGES = ("24h", "7d", "30d", "90d", "1y", "all")
MAX_BUCKETS = 100_000
MAX_HOURS = 100 * 365 * 24
OLDEST_YEAR, NEWEST_YEAR = 1970, 2200

_HOURS = {"h": 1, "d": 24, "y": 365 * 24}
_NOT_IANA = {"localtime", "Factory"}  # listed beside the zones, but name no place
_HOUR = timedelta(hours=1)
_MICROSECOND = timedelta(microseconds=1)


class WindowQuery(Struct, frozen=True, kw_only=True):
    """The words a caller gives a window in, as they came; `window_of` makes sense of them."""

    time_range: str | None = None
    hours: int | None = None
    days: int | None = None
    start_date: str | None = None
    end_date: str | None = None
    timezone: str = "UTC"


class Window(Struct, frozen=True, kw_only=True):
    """[start, end) in UTC, with the IANA name of the zone that its days and hours are local to."""

    start: datetime
    end: datetime
    timezone: str

    @property
    def zone(self) -> tzinfo:
        """The zone's rules; InvalidWindow if there is no such zone."""
        return _zone(self.timezone)

    @property
    def hours(self) -> float:
        """How long the window is, in elapsed hours."""
        return (self.end - self.start) / _HOUR

    def previous(self) -> "Window":
        """The window of the same elapsed length that ends where this one starts."""
        return Window(
            start=self.start - (self.end - self.start), end=self.start, timezone=self.timezone
        )

    def local(self, instant: datetime) -> datetime:
        """The instant as the zone's clock shows it."""
        return instant.astimezone(self.zone)

    def floor(self, instant: datetime, grain: Grain) -> datetime:
        """Where the bucket that holds the instant starts (UTC); the instant may be anywhere."""
        return next(starts(self.zone, instant, grain))

    def buckets(self, grain: Grain) -> list[datetime]:
        """Where each bucket that shares time with the window starts (UTC), in order.

        The first is the bucket that holds `start`, so it may start before the window. An empty
        window has none; more than 100,000 are an InvalidWindow.
        """
        if self.start >= self.end:
            return []
        inside = takewhile(lambda start: start < self.end, starts(self.zone, self.start, grain))
        # Two million hours are refused by the window's length, without working them out first.
        far_too_many = grain == "hour" and self.hours > MAX_BUCKETS + 24
        buckets = [] if far_too_many else list(islice(inside, MAX_BUCKETS + 1))
        if far_too_many or len(buckets) > MAX_BUCKETS:
            raise InvalidWindow(
                f"the window has more than {MAX_BUCKETS:,} buckets of one {grain}",
                hint="Choose a coarser group_by or a shorter window.",
                field="group_by",
            )
        return buckets

    def periods(self, grain: Grain) -> list[tuple[datetime, datetime]]:
        """Where each of the buckets starts and ends (UTC): whole, where the window cuts it too."""
        buckets = self.buckets(grain)
        if not buckets:
            return []
        *_, after = islice(starts(self.zone, buckets[-1], grain), 2)
        return [*pairwise([*buckets, after])]

    def offsets(self) -> list[tuple[datetime, int]]:
        """Seconds from UTC of the local clock, and since when: the first since before `start`.

        Looks once a day and closes in on the second where two days differ: since 1970 no zone has
        changed its clock twice within a week.
        """
        zone, day = self.zone, timedelta(days=1)
        found = [(self.start, seconds_east(self.start, zone))]
        before = self.start
        while before < self.end:
            after = min(before + day, self.end)
            seconds = seconds_east(after, zone)
            if seconds != found[-1][1]:
                found.append((change_between(zone, before, after), seconds))
            before = after
        return found


def grain_of(text: str, field: str = "group_by") -> Grain:
    """The grain that `group_by` names; InvalidParameter, about `field`, for any other word."""
    try:
        return GRAINS[text]
    except KeyError:
        raise InvalidParameter(
            f"{field} is {_shown(text)}, which is no bucket size",
            hint=f"Use one of {', '.join(GRAINS)}.",
            field=field,
        ) from None


def window_of(
    query: WindowQuery,
    *,
    default: str,
    now: datetime,
    oldest: datetime | None,
    newest: datetime | None,
) -> Window:
    """The window that the query asks for; InvalidWindow if it asks for none or for two.

    `default` is what no word at all means: `all`, or a number of `h`, `d` or `y` (365 days).
    `oldest` and `newest` are the timestamps of the first and the last stored event, None when
    there are none; `all` reaches from the one past the other, and at least to now. The rolling
    forms are elapsed time before now: `days=1` is 24 hours, also when the clocks change.

    A bare date is the start of that local day, as start and as end: `end_date=2026-03-01` leaves
    the first of March out. A date-time without an offset is wall time in the zone: the earlier
    instant if it happens twice, read with the offset before the jump if it never happens.
    """
    zone = _zone(query.timezone)
    now = now.astimezone(UTC)
    word = _word_of(query, default)
    if word is None:
        start, end = _dates(query, zone, now)
    elif word == "all":
        start = (oldest or now).astimezone(UTC)
        end = now if newest is None else max(now, newest.astimezone(UTC) + _MICROSECOND)
    else:
        start, end = now - timedelta(hours=int(word[:-1]) * _HOURS[word[-1]]), now
    return Window(start=start, end=end, timezone=query.timezone)


def _word_of(query: WindowQuery, default: str) -> str | None:
    """The window as one word, such as `7d` or `all`; None when it is given in dates."""
    forms = ("time_range", "hours", "days", "start_date", "end_date")
    given = [form for form in forms if getattr(query, form) is not None]
    if len(given) > 1 and given != ["start_date", "end_date"]:
        raise InvalidWindow(
            f"{given[0]} and {given[1]} are both given, and each is a window by itself",
            hint="Use one of time_range, hours, days, or start_date with end_date.",
            field=given[1],
        )
    if query.time_range is not None and query.time_range not in TIME_RANGES:
        raise InvalidWindow(
            f"time_range is {_shown(query.time_range)}, which is no known range",
            hint=f"Use one of {', '.join(TIME_RANGES)}; hours and days take any number.",
            field="time_range",
        )
    for form, number in (("hours", query.hours), ("days", query.days)):
        if number is not None:
            most = MAX_HOURS // _HOURS[form[0]]
            if not 1 <= number <= most:
                raise InvalidWindow(
                    f"{form} is not between 1 and {most:,}",
                    hint="Use time_range=all for everything there is.",
                    field=form,
                )
            return f"{number}{form[0]}"
    return None if "start_date" in given or "end_date" in given else query.time_range or default


def _dates(query: WindowQuery, zone: tzinfo, now: datetime) -> tuple[datetime, datetime]:
    if query.start_date is None:
        raise InvalidWindow(
            "end_date is given without start_date",
            hint="Add start_date; end_date may be left out, and is then now.",
            field="start_date",
        )
    start = _instant(query.start_date, "start_date", zone)
    if query.end_date is None:
        if start >= now:
            raise InvalidWindow(
                "start_date is not in the past, so there is nothing between it and now",
                hint="Use an earlier start_date, or add end_date.",
                field="start_date",
            )
        return start, now
    end = _instant(query.end_date, "end_date", zone)
    if start >= end:
        raise InvalidWindow(
            "the window is empty: start_date and end_date are the same instant"
            if start == end
            else "end_date is before start_date",
            hint="The end is excluded: for one whole day, end_date is the day after start_date.",
            field="end_date",
        )
    return start, end


def _instant(text: str, field: str, zone: tzinfo) -> datetime:
    try:
        # No date-time is as short as a date is long, and a date means more than its midnight.
        when = datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)
    except ValueError:
        raise InvalidWindow(
            f"{field} is {_shown(text)}, which is no ISO 8601 date or date-time",
            hint="Write 2026-03-01, or 2026-03-01T09:30:00+01:00 (in a URL, + is written %2B).",
            field=field,
        ) from None
    if not OLDEST_YEAR <= when.year <= NEWEST_YEAR:
        raise InvalidWindow(
            f"{field} is in the year {when.year}",
            hint=f"Use a year from {OLDEST_YEAR} to {NEWEST_YEAR}.",
            field=field,
        )
    if not isinstance(when, datetime):
        return first_showing(zone, datetime(when.year, when.month, when.day))  # noqa: DTZ001
    if when.tzinfo is None:
        when = when.replace(tzinfo=zone)
    return when.astimezone(UTC)


@cache
def _zone(name: str) -> tzinfo:
    """The rules of a zone. UTC needs no time zone data, so it works on a machine without any.

    Only names on the list reach ZoneInfo: given anything else it opens files, or fails in ways
    of its own, and on some file systems takes a name in the wrong case.
    """
    if name == "UTC":
        return UTC
    names = _zone_names()
    if name not in names.values():
        close = get_close_matches(name[:40].lower(), names, n=1, cutoff=0.5)
        hint = f"Did you mean {names[close[0]]}?" if close else "Use a name like Europe/Berlin."
        if not names:
            hint = "This machine has no time zone data: install tzdata, or use UTC."
        raise InvalidWindow(
            f"timezone is {_shown(name)}, which is no IANA time zone", hint=hint, field="timezone"
        )
    return ZoneInfo(name)


@cache
def _zone_names() -> dict[str, str]:
    """Lower case to the proper name, of every zone this machine knows; listing them is slow."""
    return {name.lower(): name for name in sorted(available_timezones() - _NOT_IANA)}


def _shown(text: str) -> str:
    """What a caller sent, quoted, cut and escaped so that it is fit for a message."""
    return repr(text if len(text) <= 40 else text[:40] + "…")
