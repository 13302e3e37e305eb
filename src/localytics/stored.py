"""Stored: an event as it stands in the store, with all that was worked out when it came.

It is what is exported, and what an import of that puts back.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from localytics.errors import InvalidEvent
from localytics.event import MAX_COST_USD, MAX_NAME, Event, Name, check_time

_MAX_DURATION_MS = Decimal(10**12)
Instant = Annotated[datetime, Meta(tz=True)]


class Stored(Event, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A row of `events`; its fields are the columns. `seq` belongs to the store that it is in: one
    that takes the event over numbers it anew.

    `timestamp_basis` is `sent`, or `arrival` where no time was sent, or `future` where that was not
    believed; then it is `sent_at`. `cost_basis` says whether `cost_usd` was `reported` or is
    `priced` from the tokens; of one that was reported, `priced_usd` is what those would cost.
    """

    seq: int | None = None
    id: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    timestamp: Instant
    timestamp_basis: Literal["sent", "arrival", "future"]
    sent_at: Instant | None = None
    received_at: Instant
    is_error: bool
    duration_ms: Decimal | None = None  # type: ignore[assignment]  # exact, as it is kept
    cost_basis: Literal["reported", "priced"] | None = None
    priced_usd: Decimal | None = None
    username: Name | None = None  # this and what follows: from the metadata
    title: Name | None = None
    conversation_type: Name | None = None

    def check(self) -> None:
        super().check()
        check_time(self.sent_at)
        check_time(self.received_at)
        if (self.sent_at is None) is (self.timestamp_basis == "future"):
            raise InvalidEvent("sent_at goes with the timestamp_basis future", field="sent_at")
        if (self.cost_usd is None) is not (self.cost_basis is None):
            raise InvalidEvent("cost_usd and cost_basis go together", field="cost_basis")
        if self.priced_usd is not None and self.cost_basis != "reported":
            raise InvalidEvent("priced_usd goes with the cost_basis reported", field="priced_usd")
        _check_number("priced_usd", self.priced_usd, MAX_COST_USD)
        _check_number("cost_usd", self.cost_usd, MAX_COST_USD)
        _check_number("duration_ms", self.duration_ms, _MAX_DURATION_MS)

    def check_message(self) -> None:
        """What is in a store already goes back, also of a time when it needed no name."""


def _check_number(name: str, value: Decimal | None, below: Decimal) -> None:
    if value is not None and not (value.is_finite() and 0 <= value < below):
        raise InvalidEvent(f"{name} must be at least 0 and below {below:,}", field=name)
