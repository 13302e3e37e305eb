"""Group: the events of one transaction, what each changes, and the statements that do it."""

from typing import NamedTuple

import duckdb

from localytics.write.arrow import COUNT, TEXT, TIMESTAMP, table
from localytics.write.batch import Rows, Verdict
from localytics.write.columns import columns
from localytics.write.duplicates import Duplicates
from localytics.write.insert import Insert
from localytics.write.replay import When, compare
from localytics.write.sql import statement

_MOVE = statement("move")
_MARK_STALE = statement("mark_stale")
_DROP_SUPERSEDED = statement("drop_superseded")


class Plan(NamedTuple):
    """What a group does to the store.

    `verdicts` has one for every row that was handed in, or is None where all are accepted.
    """

    verdicts: list[Verdict] | None
    rows: Rows  # new ones, in the order in which they are numbered
    superseded: list[int]  # seqs that go, because `rows` has a fuller version
    moved: list[tuple[int, When]]  # (seq, earlier time) of stored rows that get a new number

    @property
    def numbers(self) -> int:
        """How many sequence numbers the group takes."""
        return len(self.rows) + len(self.moved)


def plan_new(
    cursor: duckdb.DuckDBPyConnection, rows: Rows, duplicates: Duplicates, suspects: list[int]
) -> Plan:
    """Events that were sent: each is stored unless it was before, as the `suspects` may be."""
    known = duplicates.find(cursor, rows, suspects)
    if not known:
        return Plan(None, rows, [], [])
    verdicts: list[Verdict] = [
        "duplicate" if position in known else "accepted" for position in range(len(rows))
    ]
    new = rows.pick(position for position in range(len(rows)) if position not in known)
    return Plan(verdicts, new, [], [])


def plan_replay(cursor: duckdb.DuckDBPyConnection, rows: Rows, duplicates: Duplicates) -> Plan:
    """Events of a history that is told again (see replay)."""
    replay = compare(cursor, rows)
    new = _at(rows, replay.new)
    duplicates.remember(new)
    moved = {position: when for position, (_, when) in replay.moved.items()}
    duplicates.remember(_at(rows, moved))
    verdicts: list[Verdict] = [
        "duplicate"
        if position in replay.duplicates
        else "updated"
        if position in replay.updated
        else "accepted"
        for position in range(len(rows))
    ]
    return Plan(verdicts, new, replay.superseded, list(replay.moved.values()))


def _at(rows: Rows, positions: dict[int, When]) -> Rows:
    """The rows at `positions`, at other times."""
    picked = rows.pick(positions)
    picked.times = [when.time for when in positions.values()]
    picked.bases = [when.basis for when in positions.values()]
    picked.sent = picked.times
    return picked


def store(cursor: duckdb.DuckDBPyConnection, insert: Insert, plan: Plan, first_seq: int) -> None:
    """Run the statements of `plan` in the open transaction; `insert` is ready on `cursor`."""
    if plan.rows:
        insert.run(columns(plan.rows, first_seq))
    if plan.moved:
        numbers = range(first_seq + len(plan.rows), first_seq + plan.numbers)
        moved = {
            "old_seq": (COUNT, [seq for seq, _ in plan.moved]),
            "seq": (COUNT, numbers),
            "timestamp": (TIMESTAMP, [when.time for _, when in plan.moved]),
            "basis": (TEXT, [when.basis for _, when in plan.moved]),
        }
        cursor.register("moved", table(moved))
        try:
            cursor.execute(_MOVE)
        finally:
            cursor.unregister("moved")
    gone = plan.superseded + [seq for seq, _ in plan.moved]
    if gone:
        cursor.execute(_MARK_STALE, {"seqs": gone})
        cursor.execute(_DROP_SUPERSEDED, {"seqs": gone})
