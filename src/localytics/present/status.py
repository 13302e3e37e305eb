"""Status: how the service is doing, in figures."""

import os
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from localytics import __version__
from localytics.store import Store

_STATE = """
select
    count(*), min(timestamp), max(timestamp), count(*) filter (where source = 'demo'),
    (select max(version) from schema_steps),
    (select watermark from rollup_state),
    count(*) filter (where seq > (select watermark from rollup_state)),
    (select count(distinct day) from stale_days)
from events
"""


class RollupStatus(Struct, frozen=True, kw_only=True):
    """How far the rollups are: `lag_events` have a number past `watermark`, `stale_days` are to be
    made anew. Audits are counted since the start; `drifted_rows` are those they found wrong.
    """

    watermark: int
    lag_events: int
    last_run: datetime | None
    stale_days: int
    last_audit: datetime | None
    audited_days: int
    drifted_rows: int


class RetentionStatus(Struct, frozen=True, kw_only=True):
    """How many days events and rollups are kept, 0 for ever; when what had grown too old was last
    removed, and how many events since the start.
    """

    raw_days: int
    rollup_days: int
    last_run: datetime | None
    removed_events: int


class JobStatus(Struct, frozen=True, kw_only=True):
    """Work that is repeated: how often, when it last began, how long that took, and when it comes
    next. Runs are counted since the start; `failures` are those of them that raised.
    """

    name: str
    every_seconds: float
    runs: int
    failures: int
    last_run: datetime | None
    last_took_ms: float | None
    next_run: datetime | None


class Status(Struct, frozen=True, kw_only=True):
    """How the service is doing; sizes in bytes, times in UTC.

    `recovered` tells what had to be left out of a damaged log when the store was opened."""

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
    rollup: RollupStatus
    retention: RetentionStatus
    jobs: list[JobStatus]


def status_of(store: Store, started: datetime, jobs: list[JobStatus]) -> Status:
    """As it is now. Raises StorageFailed or NotReady where the store can't be read."""
    (
        events,
        oldest,
        newest,
        demo,
        schema,
        watermark,
        lag,
        stale,
    ) = store.reader.figures(_STATE)
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
        rollup=RollupStatus(
            watermark=watermark,
            lag_events=lag,
            last_run=store.rolling.last_run,
            stale_days=stale,
            last_audit=store.rolling.last_audit,
            audited_days=store.rolling.audited_days,
            drifted_rows=store.rolling.drifted,
        ),
        retention=RetentionStatus(
            raw_days=store.retention.limits.raw_days,
            rollup_days=store.retention.limits.rollup_days,
            last_run=store.retention.last_run,
            removed_events=store.retention.removed,
        ),
        jobs=jobs,
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
