"""Sessions: one by one, the newest first, each with what went on in it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct
from msgspec.structs import replace

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
    end: datetime
    project_id: str | None


class _Ended(Struct, frozen=True, kw_only=True):
    session_id: str
    end: datetime


class _Place(Struct, frozen=True, kw_only=True):
    session_id: str
    project_id: str | None


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
    begun = found[:limit]
    if begun and after is not None:
        begun = _followed(ask, begun)
    page = _page(ask, begun) if begun else []
    return Sessions(
        **ask.stamp(),
        sessions=page,
        **ask.values("total"),
        next_cursor=_cursor(ask, page[-1]) if len(found) > limit else None,
    )


def _begun(ask: Ask, after: Place | None, rows: int) -> list[_Begun]:
    """The sessions of a page by their beginning, looked for further and further back: most pages
    are of a few hours, whatever the window. Back to whole hours, which rollups know of. What they
    did after the page is not in it: on the first, which ends where the window does, nothing."""
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


def _followed(ask: Ask, begun: list[_Begun]) -> list[_Begun]:
    """The same sessions, with what they did after the page."""
    ends = {one.session_id: one.end for one in ask.rows("ends", _Ended, **_span(begun))}
    begun = [replace(one, end=ends[one.session_id]) for one in begun]
    places = {one.session_id: one.project_id for one in ask.rows("places", _Place, **_span(begun))}
    return [replace(one, project_id=places[one.session_id]) for one in begun]


def _page(ask: Ask, begun: list[_Begun]) -> list[Session]:
    talks = {one.session_id: one for one in ask.rows("talks", _Talk, **_span(begun))}
    page = []
    for one in begun:
        talk = talks.get(one.session_id, _Talk(session_id=one.session_id))
        page.append(
            Session(
                session_id=one.session_id,
                project_id=one.project_id,
                start=one.start,
                end=one.end,
                duration_ms=_elapsed_ms(one.start, one.end),
                messages=talk.messages,
                tokens=talk.tokens,
                cost=talk.cost,
                models=talk.models,
            )
        )
    return page


def _span(begun: list[_Begun]) -> dict[str, Any]:
    """Which they are, and from when until when there is anything of them, as far as is known."""
    # Times of one zone are compared as their clock shows them: wrong where it was put back.
    return {
        "page": [one.session_id for one in begun],
        "begun": min(one.start.astimezone(UTC) for one in begun),
        "ended": max(one.end.astimezone(UTC) for one in begun) + _MICROSECOND,
    }


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
