"""Error: something that went wrong in an app, stored as `error.reported`."""

from typing import Annotated, Literal

from msgspec import Meta

from localytics.event import Event, Name
from localytics.receive.collectors.sent import Extra, Required, Sent, Text


class Error(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Critical ones and errors count as errors; warnings and infos are only told."""

    category: Annotated[
        Required,
        Meta(
            description="api, database, external_service, validation, frontend or the app's own",
            examples=["api", "database", "external_service", "validation", "frontend"],
        ),
    ]
    severity: Literal["critical", "error", "warning", "info"] = "error"
    error_message: Text
    stack_trace: Annotated[str, Meta(description="As long as an event may be")] | None = None
    context: Extra | None = None
    endpoint: Name | None = None
    resolved: bool = False

    def event(self) -> Event:
        return self._event(
            "error.reported",
            category=self.category,
            severity=self.severity,
            error_message=self.error_message,
            endpoint=self.endpoint,
            is_error=self.severity in {"critical", "error"},
            status="resolved" if self.resolved else "open",
            metadata={"stack_trace": self.stack_trace, "context": self.context},
        )
