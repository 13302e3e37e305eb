"""Device state history: which state a device was in, since when and for how long."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from msgspec import Struct

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

_MILLISECOND = timedelta(milliseconds=1)


class StateChange(Struct, frozen=True, kw_only=True):
    """A change, and how long the new state lasted of the window: until the next change, or until
    the window ends or until now. It is `open` while no later change is known, of any time."""

    timestamp: datetime
    previous_state: str | None
    new_state: str | None
    changed_by: str | None
    reason: str | None
    duration_ms: float
    open: bool


class StateShare(Struct, frozen=True, kw_only=True):
    """How long a state lasted in all, and its percentage of the time of known state."""

    state: str
    duration_ms: float
    percentage: float


class DeviceStateHistory(Answer, frozen=True, kw_only=True):
    """Changes in the order in which they happened; of one instant, in which they were stored.

    `state_at_start` is that of the last change before the window; null where none is known, and
    then the time until the first change counts for no state.
    """

    device_id: str
    state_at_start: str | None
    current_state: str | None
    changes: list[StateChange]
    states: list[StateShare]


class _Change(Struct, frozen=True, kw_only=True):
    timestamp: datetime
    previous_state: str | None
    new_state: str | None
    changed_by: str | None
    reason: str | None


class _State(Struct, frozen=True, kw_only=True):
    new_state: str | None


def read(ask: Ask) -> DeviceStateHistory:
    """The changes of the window, and the last before it."""
    found = ask.rows("changes", _Change)
    before = ask.rows("before", _State)
    if not found and not before and not ask.values("known")["known"]:
        raise NotFound(
            "There is no such device", hint="No event of any time names it.", field="device_id"
        )
    at_start = before[0].new_state if before else None
    start = ask.window.start
    times = [one.timestamp.astimezone(UTC) for one in found]
    # A clock may be ahead by up to a day: nothing ends before it began.
    end = max([start, ask.until, *times])
    ended = bool(found) and ask.values("after")["ended"]
    ask.fleeting = ask.until != ask.window.end or ask.window.end == ask.now
    lasted = [(until - since) / _MILLISECOND for since, until in pairwise([*times, end])]
    changes = [
        StateChange(
            timestamp=one.timestamp,
            previous_state=one.previous_state,
            new_state=one.new_state,
            changed_by=one.changed_by,
            reason=one.reason,
            duration_ms=duration,
            open=place == len(found) and not ended,
        )
        for place, (one, duration) in enumerate(zip(found, lasted, strict=True), start=1)
    ]
    carried = ((times[0] if times else end) - start) / _MILLISECOND
    spells = [(at_start, carried), *((one.new_state, one.duration_ms) for one in changes)]
    return DeviceStateHistory(
        **ask.stamp(),
        device_id=ask.question.filters["device_id"],
        state_at_start=at_start,
        current_state=found[-1].new_state if found else at_start,
        changes=changes,
        states=_shares(spells),
    )


def _shares(spells: Sequence[tuple[str | None, float]]) -> list[StateShare]:
    """The longest first."""
    lasted: dict[str, float] = {}
    for state, duration in spells:
        if state is not None:
            lasted[state] = lasted.get(state, 0.0) + duration
    known = sum(lasted.values())
    ranked: list[tuple[str, Any]] = sorted(lasted.items(), key=lambda one: (-one[1], one[0]))
    return [
        StateShare(state=state, duration_ms=duration, percentage=100 * duration / known)
        for state, duration in ranked
        if known
    ]


report = Report(
    path="metrics/device-state-history/{device_id}",
    summary="Which state a device was in, and for how long",
    answer=DeviceStateHistory,
    read=read,
    table="changes",
    window="24h",
    longest=("hours", 720),
)
