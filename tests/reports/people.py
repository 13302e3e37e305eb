"""Retention, stickiness and funnels once more, in plain Python: people followed event by event."""

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from tests.recount import FILTERS
from tests.wall_clock import buckets, window

Wire = dict[str, Any]


class People:
    """One question about `events`, in the order in which they were stored, asked at `now`."""

    def __init__(self, events: list[Wire], words: Wire, default: str, now: datetime) -> None:
        self.words, self.now = words, now
        self.zone = ZoneInfo(words.get("timezone", "UTC"))
        known = {event["id"]: event for event in reversed(events)}  # the first of each
        stored = sorted(known.values(), key=events.index)
        self.start, self.end = window(words, default, now, [_at(event) for event in stored])
        wanted = {column: words[column] for column in FILTERS if column in words}
        self.events = sorted(  # stable: what is at one instant stays as it was stored
            (event for event in stored if event.get("user_id") and _meets(event, wanted)), key=_at
        )

    def retention(self) -> dict[str, Any]:
        words = self.words
        grain = words.get("period", "week")
        starts = [at for at in buckets(self.start, self.end, grain, self.zone) if at <= self.now]
        ends = [*starts[1:], *[after(start, grain, self.zone) for start in starts[-1:]]]
        newcomers: dict[str, int | None] = {}
        there: set[tuple[str, int]] = set()
        for event in self.events:
            place = bisect_right(starts, _at(event)) - 1
            within = place if starts and place >= 0 and _at(event) < ends[-1] else None
            if event["event_type"] == words.get("cohort_event", event["event_type"]):
                newcomers.setdefault(event["user_id"], within)
            if within is not None and event["event_type"] == words.get(
                "return_event", event["event_type"]
            ):
                there.add((event["user_id"], within))
        cohorts = [{who for who, one in newcomers.items() if one == n} for n in range(len(starts))]

        def back(cohort: int, later: int) -> int:
            return sum((who, later) in there for who in cohorts[cohort])

        average = []
        for period in range(1, len(starts)):
            ended = [c for c in range(len(starts) - period) if ends[c + period] <= self.now]
            size = sum(len(cohorts[c]) for c in ended)
            returned = sum(back(c, c + period) for c in ended)
            average.append(
                {
                    "period": period,
                    "users": size,
                    "returned": returned,
                    "percentage": percent(returned, size),
                }
            )
        return {
            "period": grain,
            "cohort_event": words.get("cohort_event"),
            "return_event": words.get("return_event"),
            "total_users": sum(map(len, cohorts)),
            "cohorts": [
                {
                    "start": start.astimezone(self.zone),
                    "size": len(cohorts[number]),
                    "unfinished": ends[number] > self.now,
                    "periods": [
                        {
                            "period": later - number,
                            "start": starts[later].astimezone(self.zone),
                            "users": back(number, later),
                            "percentage": percent(back(number, later), len(cohorts[number])),
                            "unfinished": ends[later] > self.now,
                        }
                        for later in range(number + 1, len(starts))
                    ]
                    + [None] * number,
                }
                for number, start in enumerate(starts)
            ],
            "average": average,
        }

    def stickiness(self) -> dict[str, Any]:
        told = buckets(self.start, self.end, "day", self.zone)
        days = [_date(event, self.zone) for event in self.events]
        daily = []
        for start in told:
            today = start.astimezone(self.zone).date()

            def people(length: int, today: Any = today) -> int:
                return len(
                    {
                        event["user_id"]
                        for event, day in zip(self.events, days, strict=True)
                        if today - timedelta(days=length) < day <= today
                    }
                )

            dau, wau, mau = people(1), people(7), people(30)
            figures: dict[str, Any] = {
                "dau": dau,
                "wau": wau,
                "mau": mau,
                "dau_wau": percent(dau, wau),
                "dau_mau": percent(dau, mau),
                "wau_mau": percent(wau, mau),
            }
            daily.append(
                {
                    "timestamp": start.astimezone(self.zone),
                    **(figures if start <= self.now else dict.fromkeys(figures)),
                    "unfinished": after(start, "day", self.zone) > self.now,
                }
            )
        ended = [day for day in daily if not day["unfinished"]]
        names = ("dau", "wau", "mau", "dau_wau", "dau_mau", "wau_mau")
        averages = {name: average([day[name] for day in ended]) for name in names}
        return {"daily": daily, "averages": {"days": len(ended), **averages}}

    def funnel(self) -> dict[str, Any]:
        within = timedelta(hours=int(self.words.get("within_hours", 168)))
        until = max(self.end, min(self.now, self.end + within))
        steps = [step(text) for text in self.words["steps"]]
        ways = []
        for who in {event["user_id"] for event in self.events}:
            mine = [e for e in self.events if e["user_id"] == who and self.start <= _at(e) < until]
            found = [
                way(mine, _at(event), steps, within)
                for event in mine
                if _meets(event, steps[0]) and _at(event) < self.end
            ]
            if found:
                ways.append(max(found, key=len))  # the first of the longest
        users = [sum(len(one) > number for one in ways) for number in range(len(steps))]
        return {
            "within_hours": int(self.words.get("within_hours", 168)),
            "total_conversion": percent(users[-1], users[0]),
            "steps": [
                {
                    "step": number + 1,
                    "event_type": conditions["event_type"],
                    "filters": {k: v for k, v in conditions.items() if k != "event_type"},
                    "users": users[number],
                    "conversion_from_first": percent(users[number], users[0]),
                    "conversion_from_previous": (
                        percent(users[number], users[number - 1]) if number else None
                    ),
                    "drop_off": users[number - 1] - users[number] if number else 0,
                    "median_ms_from_previous": median(ways, number, number - 1),
                    "median_ms_from_first": median(ways, number, 0),
                }
                for number, conditions in enumerate(steps)
            ],
        }


def way(
    events: list[Wire], begun: datetime, steps: list[Wire], within: timedelta
) -> list[datetime]:
    """The times of the steps of a way that begins then, as far as it goes in time."""
    times = [begun]
    types = [one["event_type"] for one in steps]
    for number, conditions in enumerate(steps[1:], 1):
        again = types[number] in types[:number]
        following = [
            _at(event)
            for event in events
            if _meets(event, conditions)
            and (_at(event) > times[-1] if again else _at(event) >= times[-1])
        ]
        if not following or min(following) - begun > within:
            break
        times.append(min(following))
    return times


def step(text: str) -> Wire:
    name, *conditions = text.split(";")
    pairs = [condition.split("=", 1) for condition in conditions]
    return {"event_type": unquote(name)} | {column: unquote(value) for column, value in pairs}


def median(ways: list[list[datetime]], number: int, since: int) -> Fraction | None:
    """In milliseconds, by nearest rank."""
    times = sorted(way[number] - way[since] for way in ways if number and len(way) > number)
    if not times:
        return None
    return Fraction(times[(len(times) + 1) // 2 - 1] // timedelta(microseconds=1), 1000)


def after(start: datetime, grain: str, zone: ZoneInfo) -> datetime:
    """Where the bucket after the one that starts then does."""
    return buckets(start, start + timedelta(days=40), grain, zone)[1]


def percent(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def average(values: list[Any]) -> Fraction | None:
    known = [Fraction(value) for value in values if value is not None]
    return sum(known, Fraction()) / len(known) if known else None


def _at(event: Wire) -> datetime:
    return datetime.fromisoformat(event["timestamp"]).astimezone(UTC)


def _date(event: Wire, zone: ZoneInfo) -> Any:
    return _at(event).astimezone(zone).date()


def _meets(event: Wire, conditions: Wire) -> bool:
    return all(event.get(column) == value for column, value in conditions.items())


RECOUNTS: dict[str, Callable[[People], dict[str, Any]]] = {
    "retention": People.retention,
    "stickiness": People.stickiness,
    "funnel": People.funnel,
}
