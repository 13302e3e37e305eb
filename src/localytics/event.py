"""Event: the one thing that is stored, as it arrives and as everything inside speaks of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct

from localytics.errors import InvalidEvent

MAX_NAME = 200
Name = Annotated[str, Meta(max_length=MAX_NAME)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]

OLDEST = datetime(1970, 1, 1, tzinfo=UTC)
NEWEST = datetime(2201, 1, 1, tzinfo=UTC)
OLDEST_MS = 0
NEWEST_MS = int(NEWEST.timestamp()) * 1000
MAX_METADATA_KEYS = 256
MAX_METADATA_DEPTH = 16
MAX_COST_USD = Decimal(10**9)
_ABOUT_ANOTHER = frozenset({"message.deleted", "message.edited"})
_LARGEST_COST = MAX_COST_USD - Decimal("1e-9")
_MICROSECOND = timedelta(microseconds=1)


class Event(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """Something that happened. Only `event_type` is required; a field that is absent costs nothing.

    `timestamp` is RFC 3339 with an offset, or epoch milliseconds; arrival time when absent.
    `id` is the sender's idempotency key. `duration_ms` keeps nanoseconds. `input_tokens` excludes
    cache; `cache_write_1h_tokens` says how many of `cache_write_tokens` are kept for an hour and so
    cost more. `cost_usd` is what the source itself reported. `message_id` is the message that a
    messenger's event is about: the one that was sent, edited, deleted or read. `metadata` holds
    everything else.
    """

    event_type: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    id: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)] | None = None
    timestamp: Annotated[datetime, Meta(tz=True)] | int | None = None

    source: Name | None = None
    user_id: Name | None = None
    session_id: Name | None = None
    project_id: Name | None = None
    conversation_id: Name | None = None
    device_id: Name | None = None

    duration_ms: Annotated[float, Meta(ge=0, lt=1e12)] | None = None
    status_code: Annotated[int, Meta(ge=100, le=599)] | None = None
    is_error: bool | None = None
    error_message: Annotated[str, Meta(max_length=2000)] | None = None

    role: Name | None = None
    model: Name | None = None
    agent: Name | None = None
    input_tokens: Count | None = None
    output_tokens: Count | None = None
    cache_read_tokens: Count | None = None
    cache_write_tokens: Count | None = None
    cache_write_1h_tokens: Count | None = None
    cost_usd: Decimal | None = None

    message_type: Name | None = None
    message_length: Count | None = None
    message_id: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)] | None = None

    endpoint: Name | None = None
    method: Name | None = None
    category: Name | None = None
    severity: Name | None = None
    status: Name | None = None
    value: float | None = None

    metadata: dict[str, Any] | None = None

    def check(self) -> None:
        """Raise InvalidEvent for what the types above can't say."""
        check_time(self.timestamp)
        cost = self.cost_usd
        if cost is not None and not (cost.is_finite() and 0 <= cost <= _LARGEST_COST):
            raise InvalidEvent(
                "cost_usd must be at least 0 and below 1,000,000,000",
                hint="It is US dollars, to nine decimals.",
                field="cost_usd",
            )
        if self.metadata is not None:
            check_object("metadata", self.metadata)
        self.check_message()

    def check_message(self) -> None:
        """Raise InvalidEvent where a message is changed that is not named."""
        if self.event_type not in _ABOUT_ANOTHER or self.message_id is not None:
            return
        if named((self.metadata or {}).get("message_id")) is None:
            raise InvalidEvent(
                f"{self.event_type} must name the message by its message_id",
                hint="It is what the message was sent with: as a field, or in metadata as text or"
                f" a whole number, of 1 to {MAX_NAME} characters.",
                field="message_id",
            )

    def check_text(self) -> None:
        """Raise InvalidEvent for a NUL character, which columns of text can't hold.

        Apart from `check` because it looks at every string: the receiver calls it only for bodies
        in which an escaped NUL occurs.
        """
        check_text(self)


def named(said: Any) -> str | None:
    """What metadata says, if it is a name: text, or a whole number, of up to 200 characters."""
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    return said if isinstance(said, str) and 0 < len(said) <= MAX_NAME else None


def check_time(timestamp: datetime | int | None) -> None:
    """Raise InvalidEvent for a time outside the years that are stored."""
    if timestamp is None:
        return
    if isinstance(timestamp, int):
        if not OLDEST_MS <= timestamp < NEWEST_MS:
            raise _outside_years()
    elif not OLDEST <= timestamp < NEWEST:
        raise _outside_years()


def check_text(sent: Struct) -> None:
    """Raise InvalidEvent naming the field of `sent` that has a NUL character."""
    for name in sent.__struct_fields__:
        value = getattr(sent, name)
        if (isinstance(value, str) and "\0" in value) or (
            isinstance(value, dict) and any("\0" in text for text in _texts(value))
        ):
            raise InvalidEvent(
                f"{name} has a NUL character",
                hint="Leave U+0000 out, or escape it in a way of your own.",
                field=name,
            )


def epoch_us(timestamp: datetime | int) -> int:
    """Microseconds since 1970 of an event's `timestamp` (a datetime, or epoch milliseconds)."""
    if isinstance(timestamp, int):
        return timestamp * 1000
    return (timestamp - OLDEST) // _MICROSECOND


def _outside_years() -> InvalidEvent:
    return InvalidEvent(
        "timestamp is outside the years 1970 to 2200",
        hint="Integers are epoch milliseconds, not seconds or microseconds.",
        field="timestamp",
    )


def check_object(name: str, value: dict[str, Any], deepest: int = MAX_METADATA_DEPTH) -> None:
    """Raise InvalidEvent where the field `name` holds more than metadata may, or nests deeper."""
    if len(value) > MAX_METADATA_KEYS:
        raise _too_much(
            f"{name} has {len(value)} keys; {MAX_METADATA_KEYS} are allowed", name, deepest
        )
    level: list[Any] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > deepest:
            raise _too_much(f"{name} is nested deeper than {deepest} levels", name, deepest)
        below: list[Any] = []
        for container in level:
            if isinstance(container, dict) and any(len(key) > MAX_NAME for key in container):
                raise _too_much(
                    f"{name} has a key of more than {MAX_NAME} characters", name, deepest
                )
            for inner in container.values() if isinstance(container, dict) else container:
                if isinstance(inner, dict | list):
                    below.append(inner)
                elif isinstance(inner, int) and not -(2**63) <= inner < 2**64:
                    raise _too_much(f"{name} has an integer outside 64 bits", name, deepest)
        level = below


def _too_much(problem: str, name: str, deepest: int) -> InvalidEvent:
    return InvalidEvent(
        problem,
        hint=f"It may have {MAX_METADATA_KEYS} keys of {MAX_NAME} characters on {deepest} levels,"
        " and integers of 64 bits; larger ones can be sent as text.",
        field=name,
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
