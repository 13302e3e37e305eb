"""Events: one by one as they are stored, the newest first."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from localytics.errors import InvalidParameter
from localytics.query.ask import Ask
from localytics.query.paging import Place, cursor_of, place_of
from localytics.query.report import Answer, Report

_MICROSECOND = timedelta(microseconds=1)
_FIRST_REACH = timedelta(hours=1)
_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Narrowed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What only events themselves can be narrowed by: no rollup knows of it."""

    endpoint: Annotated[str, Meta(description="Only this endpoint.")] | None = None
    method: Annotated[str, Meta(description="Only this method.")] | None = None
    category: Annotated[str, Meta(description="Only this category.")] | None = None
    severity: Annotated[str, Meta(description="Only this severity.")] | None = None
    status: Annotated[str, Meta(description="Only this status.")] | None = None
    is_error: Annotated[bool, Meta(description="Only what failed, or what did not.")] | None = None


class EventsOptions(Narrowed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page."""

    limit: Annotated[int, Meta(ge=1, le=1000, description="Events on a page.")] = 100
    cursor: Annotated[str, Meta(description="`next_cursor` of the page before.")] | None = None


class StoredEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An event as it would be sent; a field that it has not is left out.

    `is_error` is whether it counts as one, `cost_usd` what reports add up: as it was reported, or
    else worked out from the tokens.
    """

    id: str
    event_type: str
    timestamp: datetime
    received_at: datetime
    is_error: bool
    source: str | None = None
    user_id: str | None = None
    session_id: str | None = None
    project_id: str | None = None
    conversation_id: str | None = None
    device_id: str | None = None
    duration_ms: Decimal | None = None
    status_code: int | None = None
    error_message: str | None = None
    role: str | None = None
    model: str | None = None
    agent: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    cost_usd: Decimal | None = None
    message_type: str | None = None
    message_length: int | None = None
    message_id: str | None = None
    endpoint: str | None = None
    method: str | None = None
    category: str | None = None
    severity: str | None = None
    status: str | None = None
    value: float | None = None
    metadata: dict[str, Any] | None = None


class Events(Answer, frozen=True, kw_only=True):
    """A page of events. `next_cursor` is null on the last page.

    Events that retention has removed are on no page; `exact` is false where there were any.
    """

    events: list[StoredEvent]
    next_cursor: str | None


def read(ask: Ask) -> Events:
    """The page after the cursor, or the first."""
    limit, cursor = ask.options.limit, ask.options.cursor
    after = None if cursor is None else place_of(cursor)
    if after is not None:
        ask.hold(after.start, after.end)
    found = _found(ask, after, limit + 1)
    page = found[:limit]
    return Events(
        **ask.stamp(),
        events=[stored_event(columns) for columns in page],
        next_cursor=_cursor(ask, page[-1]) if len(found) > limit else None,
    )


def _found(ask: Ask, after: Place | None, rows: int) -> list[dict[str, Any]]:
    """Looked for further and further back: a page is of the last few minutes more often than not,
    whatever the window."""
    start = ask.window.start.astimezone(UTC)
    before = (ask.window.end if after is None else after.at + _MICROSECOND).astimezone(UTC)
    reach = _FIRST_REACH
    while True:
        since = max(start, before - reach)
        found: list[dict[str, Any]] = ask.rows(
            "page",
            dict,
            since=since,
            before=before,
            after_at=after and after.at,
            after_seq=after and _number(after.id),
            rows=rows,
        )
        if len(found) == rows or since == start:
            return found
        reach *= 8


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvalidParameter(
            "cursor is of another list",
            hint="Use next_cursor of the page before as it is, or leave cursor out.",
            field="cursor",
        )
    return int(text)


def stored_event(columns: dict[str, Any]) -> StoredEvent:
    """The event of a row."""
    metadata = columns["metadata"]
    fields = {name: value for name, value in columns.items() if name != "seq"}
    return StoredEvent(**fields | {"metadata": None if metadata is None else _decode(metadata)})


def _cursor(ask: Ask, last: dict[str, Any]) -> str:
    window = ask.window
    at = last["timestamp"]
    return cursor_of(Place(start=window.start, end=window.end, at=at, id=str(last["seq"])))


report = Report(
    path="analytics/events",
    summary="Events, newest first",
    answer=Events,
    read=read,
    table="events",
    options=EventsOptions,
)
