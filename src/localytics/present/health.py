"""Health: whether the service lives, whether it is ready, and how it is doing."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

from litestar import get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from localytics import __version__
from localytics.errors import DiskFull, NotReady
from localytics.openapi import ERRORS
from localytics.store import Store

_STATE = """
select count(*), min(timestamp), max(timestamp),
       count(*) filter (where source = 'demo'), (select max(version) from schema_steps)
from events
"""


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


class Status(Struct, frozen=True, kw_only=True):
    """How the service is doing; sizes in bytes, times in UTC.

    `recovered` tells what had to be left out of a damaged log when the store was opened.

    `rollup` and `retention` are null: every answer is worked out from the events themselves, and
    all of them are kept.
    """

    version: str
    schema_version: int
    started_at: datetime
    uptime_seconds: float
    process_id: int
    data_dir_name: str
    events: int
    demo_events: int
    oldest: datetime | None
    newest: datetime | None
    last_seq: int
    file_bytes: int
    log_bytes: int
    queue_bytes: int
    memory_bytes: int | None
    recovered: str | None
    rollup: None = None
    retention: None = None


def health_routes(store: Store) -> list[HTTPRouteHandler]:
    """`/healthz`, `/readyz` and `/api/v1/status`."""
    started = datetime.now(UTC)

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
        return Ready(status="ready", store="open", writer="running", last_rollup_age_seconds=None)

    @get(
        "/api/v1/status",
        operation_id="status",
        summary="Version, events stored, sizes, uptime",
        tags=["service"],
        responses={503: ERRORS[503]},
    )
    async def status() -> Status:
        return await asyncio.to_thread(_status, store, started)

    return [alive, ready, status]


def _status(store: Store, started: datetime) -> Status:
    events, oldest, newest, demo, schema = store.reader.figures(_STATE)
    path = store.database.path
    return Status(
        version=__version__,
        schema_version=schema,
        started_at=started,
        uptime_seconds=(datetime.now(UTC) - started).total_seconds(),
        process_id=os.getpid(),
        data_dir_name=store.database.folder.name,
        events=events,
        demo_events=demo,
        oldest=oldest and oldest.replace(tzinfo=UTC),
        newest=newest and newest.replace(tzinfo=UTC),
        last_seq=store.writer.last_seq,
        file_bytes=_size(path),
        log_bytes=_size(path.with_name(path.name + ".wal")),
        queue_bytes=store.writer.waiting_bytes,
        memory_bytes=_resident(),
        recovered=store.database.recovered,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _resident() -> int | None:
    """Resident memory, where the system tells it as Linux does."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
