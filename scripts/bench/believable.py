"""Believable: a store filled with 90 days of what people and their models might have done.

90 days is as long as events are kept by default, so this is what a store holds that has been in use
for long. It is made by DuckDB (see believable.sql) from the numbers of its sessions and events by
hashing, so the same size, ending at the same moment, makes the same events.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
from named import named

from localytics.settings import Settings
from localytics.store import Store

DAYS = 90
_EVENTS_A_SESSION = 26.3  # but for those that fall out of the 90 days
_EVENTS_A_PERSON = 5_000
_EVENTS_AT_ONCE = 1_000_000  # sorted in memory
_DAY = timedelta(days=1)
_STATEMENTS = Path(__file__).with_name("believable.sql")


class Shape(NamedTuple):
    """How much there is of what, and when the last event arrived."""

    events: int
    days: int
    people: int
    sessions: int
    ended: datetime


def fill(settings: Settings, events: int, until: datetime) -> None:
    """Make a store with about `events` events of the 90 days before `until`, none rolled up."""
    statements = dict(named(_STATEMENTS))
    with Store(settings) as store:
        path = store.database.path
    oldest = until - DAYS * _DAY
    stretch = DAYS * _DAY * min(1.0, _EVENTS_AT_ONCE / events)
    midnight = oldest.replace(hour=0, minute=0, second=0, microsecond=0)
    with duckdb.connect(path, config={"threads": os.cpu_count() or 1}) as filling:
        filling.execute(statements["words"])
        filling.execute(
            statements["sessions"],
            {
                "people": max(20, events // _EVENTS_A_PERSON),
                "sessions": round(events / _EVENTS_A_SESSION),
                "days": DAYS + 1,
                "first_day": _naive(midnight),
            },
        )
        before, since = 0, oldest
        while since < until:
            following = min(since + stretch, until)
            bounds = {"since": _naive(since), "until": _naive(following), "oldest": _naive(oldest)}
            filling.execute(statements["arrivals"], bounds)
            ((made,),) = filling.execute(statements["events"], {"before": before}).fetchall()
            before, since = before + made, following
        filling.execute("checkpoint")


def shape_of(store: Store) -> Shape:
    """What is in a store."""
    statement = dict(named(_STATEMENTS))["shape"]
    with store.database.cursor() as cursor:
        ((events, days, people, sessions, ended),) = cursor.execute(statement).fetchall()
    return Shape(events, days, people, sessions, ended.replace(tzinfo=UTC))


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
