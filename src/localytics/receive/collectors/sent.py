"""Sent: the fields that every collector takes beside its own, and the checks they share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from localytics.event import (
    MAX_METADATA_DEPTH,
    MAX_METADATA_KEYS,
    MAX_NAME,
    Event,
    Name,
    check_object,
    check_text,
    check_time,
)

Required = Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
Milliseconds = Annotated[float, Meta(ge=0, lt=1e12)]
Text = Annotated[str, Meta(max_length=2000)]
Extra = Annotated[
    dict[str, Any],
    Meta(description="Whatever else there is to say", max_length=MAX_METADATA_KEYS),
]

_DEEPEST = MAX_METADATA_DEPTH - 1  # they lie in metadata, which is a level itself


class Sent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an app tells a collector. `id` and `timestamp` are those of the event."""

    id: (
        Annotated[
            str,
            Meta(min_length=1, max_length=MAX_NAME, description="Re-sent with it, it counts once"),
        ]
        | None
    ) = None
    timestamp: (
        Annotated[
            datetime, Meta(tz=True, description="With an offset; or epoch milliseconds, or none")
        ]
        | int
        | None
    ) = None
    source: Annotated[Name, Meta(description="Which app")] | None = None
    project_id: Name | None = None
    session_id: Name | None = None
    user_id: Name | None = None
    device_id: Name | None = None

    def event(self) -> Event:
        """What is stored of it."""
        raise NotImplementedError

    def check(self) -> None:
        """Raise InvalidEvent for what types can't say."""
        check_time(self.timestamp)
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, dict):
                check_object(name, value, _DEEPEST)

    def check_text(self) -> None:
        """Raise InvalidEvent for a NUL character."""
        check_text(self)

    def _event(
        self, event_type: str, metadata: Mapping[str, Any] | None = None, **fields: Any
    ) -> Event:
        """An event of that type, with the fields that all have; nulls stay out of `metadata`."""
        told = {name: value for name, value in (metadata or {}).items() if value is not None}
        return Event(
            event_type=event_type,
            id=self.id,
            timestamp=self.timestamp,
            source=self.source,
            project_id=self.project_id,
            session_id=self.session_id,
            user_id=self.user_id,
            device_id=self.device_id,
            metadata=told or None,
            **fields,
        )
