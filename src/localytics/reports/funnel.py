"""Funnel: how many people take one step after another, and how long they take.

A way begins with each first step in the window, and takes each next step at its first time after
the one before; of events at the same instant the later is the one stored later. All of it happens
within `within_hours` of its beginning: also after the window, but not after now. A person counts
for the furthest they got on any of their ways, and is timed on the first that got there.

Most people are settled by their days. When they first and last took each step on a day tells their
first way, as long as no step stands on one day both before and after the step it has to follow. If
it got in time to everything that could ever be got to from it, no later one gets further. Who is
not settled by this is worked out from all of their events, backwards from the last step; where
retention has removed some of these, they count for what their days say for sure.
"""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
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
    narrowed = any(step.filters for step in steps)
    ask.values("narrowed_spans" if narrowed else "spans", **values)
    ask.values("first", **values)
    for step in range(2, len(steps) + 1):
        ask.values("next", **values | {"step": step})
    (unsettled,) = ask.values("unsettled", **values).values()
    filtered = {*ask.question.filters} - {"user_id", "event_type"}
    of_events = narrowed or bool(unsettled) or bool(filtered)
    archived = ask.values("archived", **values, of_events=of_events)["archived"]
    if unsettled and archived:
        ask.values("doubtful", **values)
    elif unsettled:
        ask.values("narrowed_doings" if narrowed else "doings", **values)
        ask.values("last", **values | {"step": len(steps)})
        for step in range(len(steps) - 1, 0, -1):
            ask.values("before", **values | {"step": step})
            ask.values("shorter", **values)
        ask.values("discard", **values)
        ask.values("settled", **values)
    found = {one.step: one for one in ask.rows("steps", _Taken, **values)}
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


def _values(ask: Ask, steps: list[Step]) -> dict[str, Any]:
    """What the statements bind. Days that lie whole in the window come from one row each."""
    start, end = ask.window.start.astimezone(UTC), ask.window.end.astimezone(UTC)
    latest = end + timedelta(hours=ask.options.within_hours)
    if ask.question.window.start_date is not None and latest > ask.now:
        ask.fleeting = True  # steps after the window, as the clock moves on
    until = max(end, min(ask.now, latest))
    from_day = min(_midnight(start + _DAY - timedelta(microseconds=1)), until)
    to_day = max(_midnight(end), from_day)
    return {
        "until": until,
        "from_day": _text(from_day),
        "to_day": _text(to_day),
        "event_types": [step.event_type for step in steps],
        **{f"step_{name}": [step.filters.get(name) for step in steps] for name in COLUMNS},
    }


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def _text(instant: datetime) -> str:
    """Not as an instant, because that would be an edge which moves with the clock."""
    return instant.replace(tzinfo=None).isoformat()


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
