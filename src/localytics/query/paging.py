"""Paging: how one page of a long list leads to the next.

A cursor names the last row of a page and the window that the first page settled. So the pages of a
window that ends now are all of the same window, however long the reader takes, and rows that come
in meanwhile make none of the others appear twice or not at all.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from localytics.errors import InvalidParameter
from localytics.window import NEWEST_YEAR, OLDEST_YEAR

Instant = Annotated[datetime, Meta(tz=True)]


class Place(Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True):
    """The end of a page: the window, and the time and id of the last row."""

    start: Instant
    end: Instant
    at: Instant
    id: str

    def __post_init__(self) -> None:
        years = (self.start.year, self.at.year, self.end.year)
        if not all(OLDEST_YEAR <= year <= NEWEST_YEAR + 1 for year in years):
            raise ValueError("a time that no event has")
        if self.start > self.end:
            raise ValueError("a window that ends before it starts")


_decoder = msgspec.json.Decoder(Place)


def cursor_of(place: Place) -> str:
    """The place as a word that a URL can hold."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """The place that a cursor names; InvalidParameter if it is none of ours."""
    try:
        text = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        return _decoder.decode(text)
    except (ValueError, msgspec.MsgspecError):
        raise InvalidParameter(
            "cursor is not one that this service gave out",
            hint="Use next_cursor of the page before as it is, or leave cursor out.",
            field="cursor",
        ) from None
