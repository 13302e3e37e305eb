"""Inbox: groups of few events, made durable at little cost and moved to `events` many at a time.

A transaction on the wide table costs about as much for thirty events as for a thousand. So where
several callers send a little each, what they sent is acknowledged once it is one row of `inbox`.
It moves before anyone looks at `events`, before anything else is stored there, once there is much
of it, and when nothing else is to be done; always whole, in the transaction that clears the inbox.
So an event is in one of the two, all in `events` are numbered before all in the inbox, and no query
knows of it. While it can't move because the disk is full, whoever reads moves it for themselves, in
a transaction that is never committed: what it sees has every event once, in whichever of the two.

What is acknowledged must move. So only events get in that read back as what they are, within every
limit that events have; a group with any other is stored where that shows which one it is.
"""

import logging
from contextlib import suppress

import duckdb
import msgspec

from localytics.errors import SetupError
from localytics.event import Event
from localytics.write.batch import Rows
from localytics.write.columns import columns
from localytics.write.insert import Insert
from localytics.write.sql import statement

log = logging.getLogger(__name__)

_INBOX = statement("inbox")
_PUT = statement("put_in_inbox")
_CLEAR = statement("clear_inbox")
_LAST_SEQ = "select max(last_seq) from inbox"
_FEW_EVENTS = 500  # more are stored as quickly where they belong


class _Group(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One row: the lists of Rows that acknowledging has fixed."""

    events: list[Event]
    times: list[int]
    bases: list[str]
    received: list[int]
    sent: list[int]


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Group).decode


class Inbox:
    """What waits to be moved: `rows`, in the order of their numbers, where it `holds` any.

    For the writer's thread.
    """

    def __init__(self) -> None:
        self.rows = Rows()
        self.holds = False

    def start(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Find out what waits. Raises SetupError where another release wrote it otherwise."""
        self.forget()
        for (text,) in cursor.execute(_INBOX).fetchall():
            try:
                self.add(_rows(_decode(text)))
            except msgspec.MsgspecError as error:
                raise SetupError(
                    f"Events that were acknowledged last can't be read: {error}",
                    hint="Install the release that wrote them, and let it stop in good order.",
                ) from error

    def written(self, rows: Rows) -> str | None:
        """`rows` as they are put in here; None where they are to be stored at once: one caller's
        alone, which nobody else waits for, many, or such as might not move.
        """
        alone = not self.holds and rows.batches[:1] == rows.batches[-1:]
        if alone or not 0 < len(rows) < _FEW_EVENTS:
            return None
        group = _Group(rows.events, rows.times, rows.bases, rows.received, rows.sent)
        with suppress(Exception):
            text = _encode(group)
            if _decode(text) == group:
                for event in rows.events:
                    event.check()
                return text.decode()
        return None

    def put(self, cursor: duckdb.DuckDBPyConnection, text: str, last_seq: int) -> None:
        """Put in what is `written`, in the open transaction."""
        cursor.execute(_PUT, {"last_seq": last_seq, "events": text})

    def add(self, rows: Rows) -> None:
        """Remember what was put in."""
        self.rows.extend(rows)
        self.holds = True

    def move(self, cursor: duckdb.DuckDBPyConnection, insert: Insert, last_seq: int) -> None:
        """Move all to `events` in the open transaction, numbered up to `last_seq`."""
        if self.rows:
            insert.run(columns(self.rows, last_seq - len(self.rows) + 1))
        cursor.execute(_CLEAR)

    def forget(self) -> None:
        """It was moved."""
        self.rows = Rows()
        self.holds = False


def complete(cursor: duckdb.DuckDBPyConnection) -> bool:
    """Add what waits to `events` for the open transaction alone, which only reads; whether there
    was anything. What was sent without an id has one of this transaction's own.
    """
    waiting, insert = Inbox(), Insert()
    waiting.start(cursor)
    if not waiting.holds:
        return False
    ((last_seq,),) = cursor.execute(_LAST_SEQ).fetchall()
    insert.prepare(cursor)
    insert.run(columns(waiting.rows, last_seq - len(waiting.rows) + 1))
    return True


def _rows(group: _Group) -> Rows:
    rows = Rows()
    rows.events, rows.times, rows.bases = group.events, group.times, group.bases
    rows.received, rows.sent = group.received, group.sent
    rows.batches, rows.places = [0] * len(group.events), [0] * len(group.events)
    return rows
