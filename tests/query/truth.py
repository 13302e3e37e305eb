"""Whether a sentence about a series is true of it: each kind is taken apart and reckoned anew."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tests.figures import direction, mean, slope, trend

Days = Sequence[tuple[date, Any]]

NUMBER = r"\$?([\d,]+(?:\.\d+)?)(?: ms)?"
NAMES = {"response_time": "response times"}
ADD_UP = {"messages", "costs", "tokens", "errors"}


def untrue(
    metric: str, days: Days, sentences: Sequence[str], whole: slice = slice(None)
) -> list[str]:
    """The sentences that are not true, or of no known kind; `nothing` if none is said at all. Where
    it is heading is said of the `whole` days.
    """
    wrong = [sentence for sentence in sentences if not _true(metric, days, sentence, whole)]
    return wrong if sentences else ["nothing"]


def _true(metric: str, days: Days, sentence: str, whole: slice) -> bool:
    for pattern, holds in _KINDS.items():
        found = re.fullmatch(pattern, sentence)
        if found:
            name = NAMES.get(metric, metric)
            named = found.groupdict().get("name")
            about = days[whole] if holds in _OF_WHOLE_DAYS else days
            return named in {None, name, name.capitalize()} and holds(metric, about, found)
    return False


def _near(shown: str, value: Any) -> bool:
    """Is it the value, as exactly as it is shown?"""
    digits = shown.replace(",", "")
    places = len(digits.partition(".")[2])
    return abs(Fraction(digits) - Fraction(value)) <= Fraction(1, 2 * 10**places) + Fraction(
        1, 10**9
    )


def _amount(metric: str, shown: str, value: Any) -> bool:
    if metric == "costs":  # zeros at the end are cut off: a micro-dollar is what is promised
        return abs(Fraction(shown.replace(",", "")) - Fraction(value)) <= Fraction(51, 10**8)
    return _near(shown, value)


def _values(days: Days) -> list[Any]:
    return [value for _, value in days]


def _none(metric: str, days: Days, found: re.Match[str]) -> bool:
    nothing = [None] if metric == "response_time" else [0]
    return all(value in nothing for value in _values(days))


def _highest(metric: str, days: Days, found: re.Match[str]) -> bool:
    known = [(day, value) for day, value in days if value is not None]
    most = max(value for _, value in known)
    highest = [day for day, value in known if value == most]
    return (
        _amount(metric, found["amount"], most)
        and date.fromisoformat(found["day"]) == highest[0]
        and f"{highest[0]:%A}" == found["weekday"]
        and int(found["others"] or 0) == len(highest) - 1
    )


def _level(metric: str, days: Days, found: re.Match[str]) -> bool:
    counted = metric not in {"costs", "response_time"}
    return (
        direction(metric, _values(days)) == "flat"
        and slope(_values(days)) is not None
        and (found["one"] == metric.removesuffix("s") if counted else not found["one"])
    )


def _heading(metric: str, days: Days, found: re.Match[str]) -> bool:
    heading = {"rising": "up", "falling": "down"}[found["heading"]]
    rise = abs(slope(_values(days)) or Fraction())
    shown = Fraction(found["rate"].replace(",", ""))
    return direction(metric, _values(days)) == heading and abs(shown - rise) <= rise / 199


def _halves(metric: str, days: Days, found: re.Match[str]) -> bool:
    values, half = _values(days), len(days) // 2
    first, second = values[:half], values[-half:]
    before, after = (
        (mean(first), mean(second))
        if found["verb"] == "averages"
        else (Fraction(sum(first)), Fraction(sum(second)))
    )
    change = trend(after, before)
    if before is None or after is None or change is None:
        return False
    if found["times"]:
        times = Fraction(found["times"].replace(",", ""))
        compared = abs(times - after / before) <= times / 199
    elif found["percent"]:
        compared = _near(found["percent"], abs(change)) and (found["more"] == "more") == (
            change > 0
        )
    else:
        compared = after == before if found["same"] == "as much" else change == 0
    return (
        (found["verb"] == "averages") == (metric == "response_time")
        and metric != "sessions"
        and _amount(metric, found["after"], after)
        and _amount(metric, found["before"], before)
        and compared
    )


def _weekends(metric: str, days: Days, found: re.Match[str]) -> bool:
    weekends = [Fraction(value) for day, value in days if f"{day:%a}" in {"Sat", "Sun"}]
    share = sum(weekends, Fraction()) * 100 / Fraction(sum(_values(days)))
    return metric in ADD_UP and abs(Fraction(found["percent"]) - share) <= Fraction("0.0501")


def _without(metric: str, days: Days, found: re.Match[str]) -> bool:
    nothing = None if metric == "response_time" else 0
    without = _values(days).count(nothing)
    return (int(found["days"]), int(found["all"])) == (without, len(days)) and without > 0


def _every(metric: str, days: Days, found: re.Match[str]) -> bool:
    return int(found["all"]) == len(days) and all(
        value is not None and (metric == "response_time" or value > 0) for value in _values(days)
    )


def _unknown(metric: str, days: Days, found: re.Match[str]) -> bool:
    unknown = _values(days).count(None)
    return metric == "costs" and (int(found["days"]), int(found["all"])) == (unknown, len(days))


def _number(name: str) -> str:
    return NUMBER.replace("(", f"(?P<{name}>", 1)


_OF_WHOLE_DAYS = (_level, _heading, _halves)
_KINDS: dict[str, Callable[[str, Days, re.Match[str]], bool]] = {
    r"There are no (?P<name>.+) in this window\.": _none,
    rf"(?:Most (?P<name>\w+) on|Highest cost of|Slowest mean of) one day: {_number('amount')}, "
    r"on (?P<weekday>\w+), (?P<day>[\d-]+)(?: and (?P<others>\d+) other days?)?\.": _highest,
    r"(?P<name>.+) are level: over the days their line of best fit moves by less than 5 % of their "
    r"mean(?:, or less than one (?P<one>\w+))?\.": _level,
    r"(?P<name>.+) are (?P<heading>rising|falling): "
    rf"by about {_number('rate')} a day on the line of best fit\.": _heading,
    rf"The second half of the days (?P<verb>averages|comes to) {_number('after')}, the first half "
    rf"{_number('before')}: (?:about (?P<times>[\d,.]+) times as much|"
    r"(?P<percent>[\d.]+) % (?P<more>more|less)|(?P<same>(?:about )?"
    r"as much))\.": _halves,
    r"Weekends account for about (?P<percent>[\d.]+) % of all (?P<name>.+)\.": _weekends,
    r"(?P<days>\d+) of (?P<all>\d+) days had no (?P<name>.+)\.": _without,
    r"Every one of the (?P<all>\d+) days had (?P<name>.+)\.": _every,
    r"The cost of (?P<days>\d+) of (?P<all>\d+) days is unknown: "
    r"nothing billed on them has a known price\.": _unknown,
}
