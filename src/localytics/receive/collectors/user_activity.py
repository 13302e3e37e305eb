"""User activity: what a person did in an app, stored as `user.activity`."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from localytics.event import MAX_NAME, Event
from localytics.receive.collectors.sent import Extra, Milliseconds, Sent


class UserActivity(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`endpoint` of the event is the path of `page_url`, so that pages are told apart by it."""

    activity_type: Literal["page_view", "click", "search", "interaction"]
    page_url: Annotated[str, Meta(description="Where: an address, or a path")] | None = None
    element_id: Annotated[str, Meta(description="What was clicked or used")] | None = None
    search_query: Annotated[str, Meta(description="What was looked for")] | None = None
    duration_ms: Milliseconds | None = None
    extra_data: Extra | None = None

    def event(self) -> Event:
        return self._event(
            "user.activity",
            category=self.activity_type,
            endpoint=None if self.page_url is None else page_path(self.page_url),
            duration_ms=self.duration_ms,
            metadata={
                "page_url": self.page_url,
                "element_id": self.element_id,
                "search_query": self.search_query,
                "extra_data": self.extra_data,
            },
        )


def page_path(url: str) -> str | None:
    """The path of an address, without query and fragment; None where there is none to store."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path or ("/" if parts.netloc else "")
    return path if 0 < len(path) <= MAX_NAME else None
