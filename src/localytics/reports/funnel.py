"""Funnel: how many people take one step after another, and how long they take.

A way begins with each first step in the window, and takes each next step at its first time from the
one before on. What happens at one instant happens in the order of the steps; only a step whose
event type stands in the funnel before comes truly later, because no event is two steps. All of it
happens within `within_hours` of its beginning: also after the window, but not after now. A person
counts for the furthest they got on any of their ways, and is timed on the first that got there.

People are followed by when they first and last took each step on each day, and looked up event by
event only on the days of which that is not enough. A later start gets to no step earlier. So who
never comes to a step on their first way comes to it on none, and who comes there too late starts
again where it would be just in time: that is the first way that can get further. Of what retention
has removed, the first and the last event of each 15 minutes are looked up.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from msgspec import Meta, Struct

from localytics.errors import InvalidParameter
from localytics.query.ask import Ask
from localytics.query.options import listed
from localytics.query.report import Answer, Report

FEWEST, MOST = 2, 10
COLUMNS = (
    "project_id",
    "user_id",
    "session_id",
    "conversation_id",
    "device_id",
    "source",
    "model",
    "agent",
)
_SYNTAX = (
    "A step is an event type, and may be narrowed: order.paid;source=shop;model=x. "
    "A semicolon, equals or percent sign within a value is written %3B, %3D or %25 "
    "(and in a URL once more: %253B)."
)
# Ways are tried one by one, before all others are tried at once; at once where steps are rare.
MOST_WAYS, FEW_EVENTS = 8, 1_000_000
NEAR = timedelta(days=4)
_DAY = timedelta(days=1)


class FunnelOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The steps in their order, and how long all of them may take."""

    steps: Annotated[
        list[str],
        Meta(
            min_length=FEWEST,
            max_length=MOST,
            description=f"The steps, {FEWEST} to {MOST}: repeat the parameter. {_SYNTAX}",
        ),
    ]
    within_hours: Annotated[
        int, Meta(ge=1, le=8760, description="Hours from the first step in which all are taken.")
    ] = 168

    def __post_init__(self) -> None:
        for step in self.steps:
            parsed(step)


class FunnelStep(Struct, frozen=True, kw_only=True):
    """The people who got to a step. Percentages are null where nobody got to what they compare
    with, and so are medians, by nearest rank, where nobody got here; the first has none before.
    `drop_off` is how many got to the step before and not to this one.
    """

    step: int
    event_type: str
    filters: dict[str, str]
    users: int
    conversion_from_first: float | None
    conversion_from_previous: float | None
    drop_off: int
    median_ms_from_previous: float | None
    median_ms_from_first: float | None


class Funnel(Answer, frozen=True, kw_only=True):
    """The steps in their order; `total_conversion` is the share of people who took all of them."""

    within_hours: int
    total_conversion: float | None
    steps: list[FunnelStep]


class Step(Struct, frozen=True, kw_only=True):
    """What an event must be to count as a step."""

    event_type: str
    filters: dict[str, str]


class _Taken(Struct, frozen=True, kw_only=True):
    step: int
    users: int
    median_ms_from_previous: float | None = None
    median_ms_from_first: float | None = None


class _Doubts(Struct, frozen=True, kw_only=True):
    day: datetime
    is_known: bool  # all of whom is in doubt on it


def parsed(text: str) -> Step:
    """The step that `text` describes; InvalidParameter says how steps are written."""
    name, *conditions = text.split(";")
    filters: dict[str, str] = {}
    for condition in conditions:
        column, equals, value = condition.partition("=")
        if column not in COLUMNS:
            raise _wrong(f"{column[:40]!r} narrows no step: it may be {listed(COLUMNS)}")
        if column in filters:
            raise _wrong(f"{column} is given twice in one step")
        if not equals:
            raise _wrong(f"{column} has no value")
        filters[column] = _decoded(value)
    if not name or not 1 <= len(_decoded(name)) <= 200:
        raise _wrong("a step begins with an event type of between 1 and 200 characters")
    return Step(event_type=_decoded(name), filters=filters)


def _decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise _wrong("a step has percent signs that spell no UTF-8") from None


def _wrong(what: str) -> InvalidParameter:
    return InvalidParameter(f"steps: {what}", hint=_SYNTAX, field="steps")


def read(ask: Ask) -> Funnel:
    """How far people got."""
    steps = [parsed(step) for step in ask.options.steps]
    values = _values(ask, steps)
    looked = _follow(ask, steps, values)
    archived = ask.values(
        "archived",
        **values,
        looked_since=[one["since"] for one in looked],
        looked_until=[one["until"] for one in looked],
    )["archived"]
    found = {one.step: one for one in ask.rows("steps", _Taken)}
    taken = [found.get(step, _Taken(step=step, users=0)) for step in range(1, len(steps) + 1)]
    first, last = taken[0].users, taken[-1].users
    return Funnel(
        **ask.stamp() | {"exact": not archived},
        within_hours=ask.options.within_hours,
        total_conversion=_percentage(last, first),
        steps=[
            FunnelStep(
                step=one.step,
                event_type=step.event_type,
                filters=step.filters,
                users=one.users,
                conversion_from_first=_percentage(one.users, first),
                conversion_from_previous=_percentage(one.users, before.users) if before else None,
                drop_off=before.users - one.users if before else 0,
                median_ms_from_previous=one.median_ms_from_previous,
                median_ms_from_first=one.median_ms_from_first,
            )
            for step, one, before in zip(steps, taken, [None, *taken], strict=False)
        ],
    )


def _follow(ask: Ask, steps: list[Step], values: dict[str, Any]) -> list[dict[str, str]]:
    """Have the ways of all people in a table; the stretches of which events were read for it."""
    looked = []

    def look(section: str, since: str, until: str, **more: Any) -> None:
        if since < until:
            ask.values(section, **values | {"since": since, "until": until} | more)
            looked.append({"since": since, "until": until})

    narrowed = not all(values["known_by_day"])
    last = len(steps)
    ask.values("asked", **values)
    ask.values("spans", **values)
    look("edges", values["since"], values["from_day"], from_step=1, to_step=last)
    look("edges", values["to_day"], values["until"], from_step=2, to_step=last)
    look("edges", values["starts_until"], values["ends"], from_step=1, to_step=1)
    if narrowed:
        look("narrowed", values["since"], values["until"])
    ask.values("doings")
    ask.values("first")
    for way in range(1, MOST_WAYS + 1):
        for step in range(1 if way > 1 else 2, last + 1):
            place = {"way": way, "step": step, "later": values["later"][step - 1]}
            ask.values("next" if step > 1 else "again", **place)
            doubtful = ask.values("doubtful")["doubtful"]
            doubts = ask.rows("doubts", _Doubts, step=step) if doubtful else []
            for since, until in _stretches(doubts):
                look(
                    "look_up",
                    since,
                    min(until, values["until"]),
                    step=step,
                    step_type=steps[step - 1].event_type,
                    **{f"only_{name}": steps[step - 1].filters.get(name) for name in COLUMNS},
                )
            ask.values("reached_surely" if doubtful else "reached", **place)
        late = ask.values("late", way=way)
        if not late["people"]:
            return looked
        if late["events"] <= FEW_EVENTS:
            break
    look("rest_narrowed" if narrowed else "rest", values["since"], values["until"], way=way)
    ask.values("starts")
    for step in range(2, last + 1):
        ask.values("onward", step=step, later=values["later"][step - 1])
    ask.values("furthest", way=way + 1)
    return looked


def _stretches(doubts: list[_Doubts]) -> Iterator[tuple[str, str]]:
    """From when until when to look: at some days between rather than once more."""
    days = [one.day for one in doubts if not one.is_known]
    apart = [later for day, later in pairwise(days) if later - day > NEAR]
    for since, until in pairwise([*days[:1], *apart, datetime.max.replace(tzinfo=UTC)]):
        yield _text(since), _text(max(day for day in days if day < until) + _DAY)


def _values(ask: Ask, steps: list[Step]) -> dict[str, Any]:
    """What the statements bind. Whole days come from one row each."""
    start, end = ask.window.start.astimezone(UTC), ask.window.end.astimezone(UTC)
    latest = end + timedelta(hours=ask.options.within_hours)
    if ask.question.window.start_date is not None and latest > ask.now:
        ask.fleeting = True  # steps after the window, as the clock moves on
    until = max(end, min(ask.now, latest))
    from_day, to_day = ask.whole_days(start, until)
    _, starts_until = ask.whole_days(start, end)
    types = [step.event_type for step in steps]
    return {
        "since": _text(start),
        "until": _text(until),
        "ends": _text(end),
        "from_day": _text(from_day),
        "to_day": _text(to_day),
        "starts_until": _text(starts_until),
        "event_types": types,
        "later": [int(one in types[:place]) for place, one in enumerate(types)],
        "known_by_day": [{*step.filters} <= {"source"} for step in steps],
        **{f"step_{name}": [step.filters.get(name) for step in steps] for name in COLUMNS},
    }


def _text(instant: datetime) -> str:
    """Not as an instant, because that would be an edge which moves with the clock."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat()


def _percentage(part: int, whole: int) -> float | None:
    return float(Fraction(100 * part, whole)) if whole else None


report = Report(
    path="analytics/funnel",
    summary="How many people take one step after another",
    answer=Funnel,
    read=read,
    table="steps",
    options=FunnelOptions,
)
