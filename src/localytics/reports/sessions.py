"""Sessions: one by one, the newest first, each with what went on in it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from localytics.query.ask import Ask
from localytics.query.paging import Place, cursor_of, place_of
from localytics.query.report import Answer, Report

_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = timedelta(milliseconds=1)
_HOUR = timedelta(hours=1)
_FIRST_REACH = 2 * _HOUR


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
    duration_ms: float
    messages: int
    tokens: int
    cost: Decimal | None
    models: list[str]


class Sessions(Answer, frozen=True, kw_only=True):
    """A page of sessions by start, newest first. `next_cursor` is null on the last page."""

    sessions: list[Session]
    total_sessions: int
    next_cursor: str | None


class _Begun(Struct, frozen=True, kw_only=True):
    session_id: str
    start: datetime


class _Ended(Struct, frozen=True, kw_only=True):
    session_id: str
    end: datetime


class _Place(Struct, frozen=True, kw_only=True):
    session_id: str
    project_id: str | None = None


class _Talk(Struct, frozen=True, kw_only=True):
    session_id: str
    messages: int = 0
    tokens: int = 0
    cost: Decimal | None = Decimal(0)
    models: list[str] = []


def read(ask: Ask) -> Sessions:
    """The page after the cursor, or the first."""
    limit, cursor = ask.options.limit, ask.options.cursor
    after = None if cursor is None else place_of(cursor)
    if after is not None:
        ask.hold(after.start, after.end)
    found = _begun(ask, after, limit + 1)
    page = _page(ask, found[:limit]) if found else []
    return Sessions(
        **ask.stamp(),
        sessions=page,
        **ask.values("total"),
        next_cursor=_cursor(ask, page[-1]) if len(found) > limit else None,
    )


def _begun(ask: Ask, after: Place | None, rows: int) -> list[_Begun]:
    """The sessions of a page by their beginning, looked for further and further back: most pages
    are of a few hours, whatever the window. Back to whole hours, which rollups know of."""
    start = ask.window.start.astimezone(UTC)
    before = (ask.window.end if after is None else after.at + _MICROSECOND).astimezone(UTC)
    reach = _FIRST_REACH
    while True:
        since = max(start, before - reach)
        if since > start:
            since = max(start, since.replace(minute=0, second=0, microsecond=0))
        found = ask.rows(
            "page",
            _Begun,
            since=since,
            before=before,
            after_start=after and after.at,
            after_id=after and after.id,
            rows=rows,
        )
        if len(found) == rows or since == start:
            return found
        reach *= 4


def _page(ask: Ask, begun: list[_Begun]) -> list[Session]:
    # Times of one zone are compared as their clock shows them: wrong where it was put back.
    starts = [one.start.astimezone(UTC) for one in begun]
    span: dict[str, Any] = {"page": [one.session_id for one in begun], "begun": min(starts)}
    ends = {one.session_id: one.end for one in ask.rows("ends", _Ended, **span)}
    span["ended"] = max(end.astimezone(UTC) for end in ends.values()) + _MICROSECOND
    places = {one.session_id: one for one in ask.rows("places", _Place, **span)}
    talks = {one.session_id: one for one in ask.rows("talks", _Talk, **span)}
    page = []
    for one in begun:
        talk = talks.get(one.session_id, _Talk(session_id=one.session_id))
        page.append(
            Session(
                session_id=one.session_id,
                project_id=places[one.session_id].project_id,
                start=one.start,
                end=ends[one.session_id],
                duration_ms=_elapsed_ms(one.start, ends[one.session_id]),
                messages=talk.messages,
                tokens=talk.tokens,
                cost=talk.cost,
                models=talk.models,
            )
        )
    return page


def _elapsed_ms(start: datetime, end: datetime) -> float:
    # Two times of one zone subtract as their clock shows them: an hour off when it was changed.
    return (end.astimezone(UTC) - start.astimezone(UTC)) / _MILLISECOND


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
