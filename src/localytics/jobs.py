"""Jobs: what runs when, beside the requests.

A job is one row of JOBS: its name, how often it runs, the function that begins it, which gives back
what is to be run each time, or None where the settings don't ask for it, and how long after the
start it first runs: not all at once, and none where it would make the start slower.
"""

import logging
import os
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler

from localytics.errors import NotReady, SetupError
from localytics.present.status import JobStatus
from localytics.query.usual import warm
from localytics.settings import Settings
from localytics.store import Store

log = logging.getLogger(__name__)


class Job(NamedTuple):
    """Work that is repeated."""

    name: str
    seconds: Callable[[Settings], float]
    begin: Callable[[Settings, Store], Callable[[], object] | None]
    first_after_seconds: float = 0.0


def follow_claude(settings: Settings, store: Store) -> Callable[[], object] | None:
    """Import what Claude Code has written since the last run, as soon as its folders are there."""
    if not settings.claude.follow:
        return None
    from localytics.sources.claude_code import Transcripts, roots  # noqa: PLC0415  (if asked for)

    transcripts: Transcripts | None = None
    followed: set[Path] = set()
    missed: set[str] = set()

    def miss(what: str) -> None:
        if what not in missed:
            missed.add(what)
            log.warning("%s; it is followed once it is there", what)

    def follow() -> None:
        nonlocal transcripts
        named = [Path(path).expanduser() for path in settings.claude.paths]
        paths = named or roots(os.environ)
        if not paths:
            miss("No folder of Claude Code's was found (usually ~/.claude)")
        for path in paths:
            if path in followed:
                continue
            try:
                if transcripts is None:
                    transcripts = Transcripts([path])
                else:
                    transcripts.add(path)
            except SetupError as error:
                miss(error.message)
            else:
                followed.add(path)
        if transcripts is not None:
            for events in transcripts.read():
                store.record(events, replay=True)

    return follow


def roll_up(_: Settings, store: Store) -> Callable[[], object]:
    """Add new events to the rollups, and have the usual answers ready."""

    def run() -> None:
        store.rolling.roll_up()
        with suppress(NotReady):  # the service is stopping
            warm(store.reader)

    return run


def merge(_: Settings, store: Store) -> Callable[[], object]:
    """Merge what rolling up has left in parts."""
    return store.rolling.merge


def audit(_: Settings, store: Store) -> Callable[[], object]:
    """Count a day again, by chance, and compare."""
    return partial(store.rolling.audit_one, Random())  # noqa: S311  (no secret)


def prune(_: Settings, store: Store) -> Callable[[], object]:
    """Remove events that are older than they are kept."""
    return lambda: store.retention.run(datetime.now(UTC))


JOBS = (
    Job("follow_claude", lambda settings: settings.claude.seconds, follow_claude),
    Job("roll_up", lambda settings: settings.rollup.seconds, roll_up, 2),
    Job("merge", lambda settings: settings.rollup.merge_seconds, merge, 60),
    Job("audit", lambda settings: settings.rollup.audit_seconds, audit, 120),
    Job("prune", lambda settings: settings.retention.hours * 3600, prune, 90),
)


class _Run:
    """A job's work, such that a run that fails is logged, and the next one comes all the same."""

    def __init__(
        self, name: str, seconds: float, first_after: timedelta, work: Callable[[], object]
    ) -> None:
        self.name = name
        self.seconds = seconds
        self.first_after = first_after
        self._work = work
        self.runs = 0
        self.failures = 0
        self.last: datetime | None = None
        self.took_ms: float | None = None

    def __call__(self) -> None:
        self.last, began = datetime.now(UTC), time.perf_counter()
        try:
            self._work()
        except Exception:
            self.failures += 1
            log.exception("The job %s failed; it is tried again at its next time", self.name)
        self.took_ms = (time.perf_counter() - began) * 1e3
        self.runs += 1


class Jobs:
    """Runs JOBS while it is entered. A late run is made up for, once; none overlaps itself:
    a time at which it still runs is left out."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._store = store
        # It warns each time that a job still runs at its next time, which is nobody's concern.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._runs: list[_Run] = []
        for job in JOBS:
            work = job.begin(settings, store)
            if work is not None:
                after = timedelta(seconds=job.first_after_seconds)
                self._runs.append(_Run(job.name, job.seconds(settings), after, work))

    def status(self) -> list[JobStatus]:
        """How each that is asked for is doing."""
        known = {job.id: job for job in self._scheduler.get_jobs()}
        return [
            JobStatus(
                name=run.name,
                every_seconds=run.seconds,
                runs=run.runs,
                failures=run.failures,
                last_run=run.last,
                last_took_ms=run.took_ms,
                next_run=known[run.name].next_run_time if run.name in known else None,
            )
            for run in self._runs
        ]

    def __enter__(self) -> "Jobs":
        for run in self._runs:
            self._scheduler.add_job(
                run,
                "interval",
                id=run.name,
                seconds=run.seconds,
                next_run_time=datetime.now(UTC) + run.first_after,
            )
        self._scheduler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.rolling.wind_up()
        self._scheduler.shutdown(wait=True)
