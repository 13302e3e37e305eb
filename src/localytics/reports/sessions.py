"""Sessions: one by one, the newest first, each with what went on in it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.paging import Place, cursor_of, place_of
from localytics.query.report import Answer, Report

_MILLISECOND = timedelta(milliseconds=1)


class SessionsOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="Sessions on a page.")] = 100
    cursor: Annotated[str, Meta(description="`next_cursor` of the page before.")] | None = None


class Session(Struct, frozen=True, kw_only=True):
    """What the window holds of one session.

    `start` and `end` are its first and last event, of any type; messages, tokens, cost and models
    are of its messages. `project_id` is that of the latest event that names one.
    """

    session_id: str
    project_id: str | None
    start: datetime
    end: datetime
    duration_ms: float = 0
    messages: int
    tokens: int
    cost: Decimal | None
    models: list[str]


class Sessions(Answer, frozen=True, kw_only=True):
    """A page of sessions by start, newest first. `next_cursor` is null on the last page."""

    sessions: list[Session]
    total_sessions: int
    next_cursor: str | None


def read(ask: Ask) -> Sessions:
    """The page after the cursor, or the first."""
    limit, cursor = ask.options.limit, ask.options.cursor
    after = None if cursor is None else place_of(cursor)
    if after is not None:
        ask.hold(after.start, after.end)
    found = ask.rows(
        "sessions",
        Session,
        after_start=after and after.at,
        after_id=after and after.id,
        rows=limit + 1,
    )
    page = [replace(one, duration_ms=_elapsed_ms(one)) for one in found[:limit]]
    return Sessions(
        **ask.stamp(),
        sessions=page,
        **ask.values("total"),
        next_cursor=_cursor(ask, page[-1]) if len(found) > limit else None,
    )


def _elapsed_ms(session: Session) -> float:
    # Two times of one zone subtract as their clock shows them: an hour off when it was changed.
    return (session.end.astimezone(UTC) - session.start.astimezone(UTC)) / _MILLISECOND


def _cursor(ask: Ask, last: Session) -> str:
    window = ask.window
    return cursor_of(Place(start=window.start, end=window.end, at=last.start, id=last.session_id))


report = Report(
    path="analytics/sessions",
    summary="Sessions, newest first",
    answer=Sessions,
    read=read,
    table="sessions",
    options=SessionsOptions,
)
