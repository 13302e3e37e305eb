"""Health: whether the service lives, whether it is ready, and how it is doing."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from localytics import __version__
from localytics.errors import DiskFull, NotReady
from localytics.openapi import ERRORS
from localytics.present.recorded import Recorded
from localytics.present.status import JobStatus, Status, status_of
from localytics.present.words import words
from localytics.receive.intake import Intake
from localytics.settings import Metrics
from localytics.store import Store


class Alive(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str
    version: str
    process_id: int


class Ready(Struct, frozen=True, kw_only=True):
    """Events can be stored and questions answered. `last_rollup_age_seconds` is null before one."""

    status: str
    store: str
    writer: str
    last_rollup_age_seconds: float | None


def health_routes(
    store: Store, intake: Intake, settings: Metrics, jobs: Callable[[], list[JobStatus]]
) -> list[HTTPRouteHandler]:
    """`/healthz`, `/readyz`, `/api/v1/status` and `/metrics`. `jobs` tells how they are doing.

    Only the status minds words it does not know: monitors and scrapers add some of their own to the
    others (Prometheus its `params`, against caches), and would take a refusal for an outage.
    """
    started = datetime.now(UTC)
    recorded = Recorded(store.reader, settings.series, lambda: store.removals)

    @get("/healthz", operation_id="alive", summary="Is the process alive?", tags=["service"])
    async def alive() -> Alive:
        return Alive(status="ok", version=__version__, process_id=os.getpid())

    @get(
        "/readyz",
        operation_id="ready",
        summary="Can events be stored and questions answered?",
        tags=["service"],
        responses={503: ERRORS[503]},
    )
    async def ready() -> Ready:
        if not store.writer.running:
            raise NotReady("The store is not available", hint="The service tries again by itself.")
        if (error := store.writer.last_error) is not None:
            full = isinstance(error, DiskFull)
            raise NotReady(
                "The disk is full" if full else "The store could not be written to",
                hint="Free some space; it is ready once events are stored again."
                if full
                else "The log says why; it is ready once events are stored again.",
            )
        last = store.rolling.last_run
        return Ready(
            status="ready",
            store="open",
            writer="running",
            last_rollup_age_seconds=None
            if last is None
            else (datetime.now(UTC) - last).total_seconds(),
        )

    @get(
        "/api/v1/status",
        operation_id="status",
        summary="Version, events stored, sizes, uptime",
        tags=["service"],
        responses={status: ERRORS[status] for status in (400, 503)},
    )
    async def status(request: Request[Any, Any, Any]) -> Status:
        words(request)
        return await asyncio.to_thread(status_of, store, started, jobs())

    @get(
        "/metrics",
        operation_id="metrics",
        summary="The service's own metrics and those that apps recorded, as Prometheus reads them",
        tags=["service"],
        media_type=MediaType.TEXT,
    )
    async def metrics() -> Response[bytes]:
        from localytics.present.metrics import (  # noqa: PLC0415  (40 ms that a start need not take)
            MEDIA_TYPE,
            exposition,
        )

        text = await asyncio.to_thread(exposition, store, intake, recorded, started)
        return Response(text, media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})

    return [alive, ready, status, metrics]
