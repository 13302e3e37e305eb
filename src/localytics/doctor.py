"""Doctor: is everything as it should be? Each check looks at the real thing."""

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import duckdb
from msgspec import Struct

from localytics.rollup.audit import drift, ends_drift, known_days, stretches
from localytics.rollup.days import Days
from localytics.rollup.erasure import restore_ends
from localytics.rollup.rolling import Rolling
from localytics.store import Store
from localytics.write.migrations import migrations

_LEAST_FREE_BYTES = 256 * 1024 * 1024
_CLOCK_SLACK = timedelta(minutes=5)
_NUMBERS = "select count(*), count(distinct seq), coalesce(max(seq), 0) from events"
_SCHEMA = "select max(version) from schema_steps"
_NEWEST_ARRIVAL = "select max(received_at) from events"
_ENDS = "select count(*) from metric_ends"
_WATERMARK = "select watermark from rollup_state"
_UNROLLED = """
select count(*) from (
    select distinct time_bucket(interval '1 day', timestamp) as day from events
    where seq <= (select watermark from rollup_state)
    except select slot from rollup_types_days
    except select day from stale_days
)
"""
_TWICE = """
select count(*) from (
    select 1 from events
    where timestamp >= $since and timestamp < $until and timestamp_basis = 'sent'
    group by id, timestamp having count(*) > 1
)
"""


class Finding(Struct, frozen=True, kw_only=True):
    """One check: what was looked at, whether it is well, what was seen, what to do about it."""

    check: str
    ok: bool
    seen: str
    hint: str | None = None


class Diagnosis(Struct, frozen=True, kw_only=True):
    """Every check, in order; `ok` when all are. `rebuilt` when the rollups were made anew first."""

    ok: bool
    rebuilt: bool
    findings: list[Finding]


def examine(
    store: Store, *, rebuild: bool = False, on_check: Callable[[str], None] = lambda _: None
) -> Diagnosis:
    """Check everything, all rollups against all events; `on_check` hears what is looked at."""
    if rebuild:
        on_check("rebuild")
        store.writer.change(restore_ends).result()
        store.rolling.rebuild()
    findings: list[Finding] = []
    for check in CHECKS:
        on_check(check.__name__)
        findings += check(store)
    return Diagnosis(ok=all(one.ok for one in findings), rebuilt=rebuild, findings=findings)


def schema(store: Store) -> Iterator[Finding]:
    """The schema is the one that this release knows."""
    (version,) = store.reader.figures(_SCHEMA)
    known = migrations()[-1].version
    yield Finding(check="schema", ok=version == known, seen=f"version {version} of {known}")


def log_(store: Store) -> Iterator[Finding]:
    """The write-ahead log was whole when the store was opened."""
    lost = store.database.recovered
    yield Finding(
        check="log",
        ok=lost is None,
        seen="whole" if lost is None else lost,
        hint=None if lost is None else "What was set aside lies beside the store.",
    )


def numbers(store: Store) -> Iterator[Finding]:
    """Every event has a number of its own, and none is beyond the last given out."""
    count, different, last = store.reader.figures(_NUMBERS)
    given_out = max(store.writer.last_seq, last)
    yield Finding(
        check="numbers",
        ok=count == different and last <= given_out,
        seen=f"{count:,} events, {different:,} numbers up to {last:,}",
    )


def rollups(store: Store) -> Iterator[Finding]:
    """The rollups hold all events up to the watermark, and agree with a recount of every day."""
    store.rolling.roll_up()
    (watermark,) = store.reader.figures(_WATERMARK)
    (unrolled,) = store.reader.figures(_UNROLLED)
    last = store.writer.last_seq
    wrongs = [f"{unrolled} days are in no rollup"] if unrolled else []
    if watermark > last:
        wrongs.append("Events to come would be taken for rolled up")
    yield Finding(
        check="watermark",
        ok=not wrongs,
        seen=f"at {watermark:,} of {last:,}",
        hint=f"{'; '.join(wrongs)}: run with --rebuild." if wrongs else None,
    )
    wrong: dict[str, int] = {}
    twice = 0
    with store.rolling.turn:
        for days in store.rolling.read(stretches):
            for table, rows in _drift(store.rolling, days).items():
                wrong[table] = wrong.get(table, 0) + rows
            twice += store.rolling.read(partial(_twice, days=days))
        days_seen = len(store.rolling.read(known_days))
    yield Finding(
        check="rollups",
        ok=not wrong,
        seen=f"{days_seen:,} days agree with their events"
        if not wrong
        else ", ".join(f"{table}: {rows:,} rows are wrong" for table, rows in wrong.items()),
        hint="localytics doctor --rebuild makes them anew." if wrong else None,
    )
    yield Finding(check="duplicates", ok=not twice, seen=f"{twice:,} events are there twice")


def counters(store: Store) -> Iterator[Finding]:
    """Each counter of which readings have been removed stands where the last of them left it."""
    wrong = store.rolling.read(ends_drift)
    (ends,) = store.reader.figures(_ENDS)
    yield Finding(
        check="counters",
        ok=not wrong,
        seen=f"metric_ends: {wrong:,} rows are wrong"
        if wrong
        else f"{ends:,} stand where their archive ends",
        hint="localytics doctor --rebuild has them from the archive." if wrong else None,
    )


def disk(store: Store) -> Iterator[Finding]:
    """There is room to write."""
    free = shutil.disk_usage(store.database.folder).free
    yield Finding(
        check="disk",
        ok=free >= _LEAST_FREE_BYTES,
        seen=f"{free / 1024**2:,.0f} MiB free",
        hint=None
        if free >= _LEAST_FREE_BYTES
        else "Free some space, or keep events for less long.",
    )


def permissions(store: Store) -> Iterator[Finding]:
    """Nobody else can read the data, or put something in its place. A folder that was there before
    may show the names of its files.
    """
    folder, file = store.database.folder, store.database.path
    for path, harmless, most in ((folder, 0o755, 0o700), (file, 0o600, 0o600)):
        mode = stat.S_IMODE(path.stat().st_mode)
        private = not mode & ~harmless
        yield Finding(
            check="permissions",
            ok=private,
            seen=f"{path.name} is {mode:03o}",
            hint=None if private else f"chmod {most:03o} makes it private.",
        )


def clock(store: Store) -> Iterator[Finding]:
    """No event arrived in what is now the future."""
    (newest,) = store.reader.figures(_NEWEST_ARRIVAL)
    now = datetime.now(UTC).replace(tzinfo=None)
    ahead = newest is not None and newest > now + _CLOCK_SLACK
    yield Finding(
        check="clock",
        ok=not ahead,
        seen=f"{now:%Y-%m-%d %H:%M} UTC"
        + (f", the newest event arrived at {newest:%Y-%m-%d %H:%M}" if newest else ""),
        hint="This machine's clock was put back since." if ahead else None,
    )


CHECKS = (schema, log_, numbers, rollups, counters, disk, permissions, clock)


def _drift(rolling: Rolling, days: Days) -> dict[str, int]:
    return rolling.read(partial(drift, days=days))


def _twice(cursor: duckdb.DuckDBPyConnection, days: Days) -> int:
    return int(cursor.execute(_TWICE, days.bounds).fetchall()[0][0])
