"""Demo: believable data for an empty store, and its removal."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from litestar import Request, delete, post
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from localytics.errors import InvalidInput
from localytics.openapi import ERRORS, described
from localytics.present.words import told, whole_number
from localytics.settings import Ingest
from localytics.sources.demo import SOURCE, demo_events
from localytics.store import Store

DAYS = 60
MAX_DAYS = 730
_COUNT = "select count(*) from events"
_IS_DEMO = "source = $source and id like 'demo-%'"
_WAS_DEMO = "source = $source"  # the store was empty before it


class Demo(Struct, frozen=True, kw_only=True):
    """How many events were added or removed."""

    events: int


def fill(store: Store, days: int) -> int:
    """Add the demo's last `days` to `store`. Raises InvalidInput where that is not empty."""
    (events,) = store.reader.figures(_COUNT)
    if events:
        raise InvalidInput(
            f"The store holds {events:,} event{'' if events == 1 else 's'} already, "
            "and the demo would mix with them",
            hint="Use an empty --data-dir; `localytics demo --remove` takes an earlier demo away.",
            code="store_not_empty",
        )
    return sum(
        store.record(events).accepted for events in demo_events(datetime.now(UTC), days) if events
    )


def remove(store: Store) -> int:
    """Take the demo's events out of `store`, and no others."""

    values = {"source": SOURCE}
    erased = store.remove(_IS_DEMO, values, archived=_WAS_DEMO)
    return erased.events + erased.archived_events


def demo_routes(store: Store, limits: Ingest) -> list[HTTPRouteHandler]:
    """`POST` and `DELETE /api/v1/demo`."""

    @post(
        "/api/v1/demo",
        operation_id="fill_demo",
        summary="Fill an empty store with demo data",
        tags=["service"],
        status_code=200,
        responses=ERRORS,
        operation_class=described(numbers={"days": (1, MAX_DAYS)}, in_body=True),
    )
    async def fill_demo(request: Request[Any, Any, Any]) -> Demo:
        given = await told(request, limits, "days")
        days = whole_number(given, "days", MAX_DAYS, default=DAYS)
        return Demo(events=await asyncio.to_thread(fill, store, days))

    @delete(
        "/api/v1/demo",
        operation_id="remove_demo",
        summary="Remove the demo data",
        tags=["service"],
        status_code=200,
        responses=ERRORS,
    )
    async def remove_demo(request: Request[Any, Any, Any]) -> Demo:
        await told(request, limits)
        return Demo(events=await asyncio.to_thread(remove, store))

    return [fill_demo, remove_demo]
