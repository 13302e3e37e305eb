"""Figures: what events come to, one by one in plain Python; those that divide are fractions."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.counted import Counted


def messages(events: Iterable[Counted]) -> list[Counted]:
    return [event for event in events if event["event_type"] == "message.sent"]


def tokens(events: Iterable[Counted]) -> int:
    return sum(event.tokens for event in events)


def failed(events: Iterable[Counted]) -> int:
    return sum(event.failed for event in events)


def distinct(events: Iterable[Counted], field: str) -> int:
    return len({event[field] for event in events} - {None})


def cost(events: list[Counted]) -> Decimal | None:
    known = [event.cost for event in events if event.cost is not None]
    return None if not known and any(e.unpriced for e in events) else sum(known, Decimal(0))


def mean(values: Iterable[Any]) -> Fraction | None:
    known = [Fraction(value) for value in values if value is not None]
    return sum(known) / Fraction(len(known)) if known else None


def durations(events: Iterable[Counted]) -> list[Fraction]:
    """As they are kept: to the nanosecond."""
    sent = (event["duration_ms"] for event in events)
    return [Fraction(round(Decimal(repr(value)), 6)) for value in sent if value is not None]


def mean_duration(events: Iterable[Counted]) -> Fraction | None:
    return mean(durations(events))


def percentile_95(events: Iterable[Counted]) -> Fraction | None:
    found = sorted(durations(events))
    return found[-(-len(found) * 95 // 100) - 1] if found else None


def percent(part: Any, whole: Any) -> Fraction | None:
    return Fraction(part) * 100 / Fraction(whole) if whole else None


def trend(now: Any, before: Any) -> Fraction | None:
    if now is None or before is None:
        return None
    if before == 0:
        return Fraction(100 if now > 0 else 0)
    return round((Fraction(now) - Fraction(before)) * 100 / Fraction(before), 2)


def grouped(
    events: Iterable[Counted], field: str, default: str | None = None
) -> dict[str, list[Counted]]:
    groups: dict[str, list[Counted]] = {}
    for event in events:
        key = default if event[field] is None else event[field]
        if key is not None:
            groups.setdefault(key, []).append(event)
    return groups


def ranked(
    events: Iterable[Counted], field: str, default: str | None = None
) -> list[tuple[str, list[Counted]]]:
    groups = grouped(events, field, default)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def busiest(places: list[int]) -> int | None:
    return min(places, key=lambda place: (-places.count(place), place), default=None)


def slope(values: list[Any]) -> Fraction | None:
    """By the deviations from the means, where the report goes by sums."""
    known = [(Fraction(x), Fraction(y)) for x, y in enumerate(values) if y is not None]
    if len(known) < 2:
        return None
    mean_x = sum(x for x, _ in known) / Fraction(len(known))
    mean_y = sum(y for _, y in known) / Fraction(len(known))
    both = sum((x - mean_x) * (y - mean_y) for x, y in known)
    return Fraction(both) / Fraction(sum((x - mean_x) ** 2 for x, _ in known))


def direction(metric: str, values: list[Any]) -> str:
    rise, level = slope(values), mean(values)
    if rise is None or level is None or rise == 0 or abs(rise) * len(values) * 20 < level:
        return "flat"
    if metric not in {"costs", "response_time"} and abs(rise) * len(values) < 1:
        return "flat"
    return "up" if rise > 0 else "down"


def change(metric: str, values: list[Any]) -> Fraction | None:
    half = len(values) // 2
    first, second = values[:half], values[-half:] if half else []
    if half == 0:
        return None
    if metric == "response_time":
        return trend(mean(second), mean(first))
    if None in first + second:
        return None
    return trend(sum(second), sum(first))


def leaders(projects: list[dict[str, Any]]) -> dict[str, str | None]:
    def first(figure: str, best: Callable[..., Any], known: list[dict[str, Any]]) -> str | None:
        values = [one[figure] for one in known]
        return str(known[values.index(best(values))]["project_id"]) if known else None

    most = {
        figure: first(figure, max, [one for one in projects if one[figure]])
        for figure in ("messages", "sessions", "tokens", "cost")
    }
    least = {
        figure: first(figure, min, [one for one in projects if one[figure] is not None])
        for figure in ("avg_response_time_ms", "p95_response_time_ms", "error_rate")
    }
    return most | least


# How a metric measures a day, and whether of all events.
METRICS: dict[str, tuple[Callable[[list[Counted]], Any], bool]] = {
    "messages": (len, False),
    "costs": (cost, False),
    "sessions": (lambda found: distinct(found, "session_id"), False),
    "tokens": (tokens, False),
    "response_time": (mean_duration, False),
    "errors": (failed, True),
}
