"""The rules of duplicates and of replays once more, over a plain list."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from localytics.event import Event
from localytics.sink import Outcome

DEDUPE_HOURS = 24
DAY = timedelta(days=1)


class Row(NamedTuple):
    """What of an event the model keeps; `id` is None where the store makes one."""

    id: str | None
    timestamp: datetime
    basis: str
    received: datetime
    output_tokens: int | None
    agent: str | None
    sent: datetime  # what names it together with its id; of a replay the time it is stored at


class Model:
    """What the store is to hold, as a list: what is sent again is known, a replay updates."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def send(self, batches: list[tuple[list[Event], datetime]]) -> Outcome:
        """Each event is stored, unless it was sent before."""
        accepted = duplicates = 0
        for events, now in batches:
            for event in events:
                row = _row(event, now)
                if event.id is not None and any(self._same(row, one) for one in self.rows):
                    duplicates += 1
                else:
                    self.rows.append(row)
                    accepted += 1
        return Outcome(accepted=accepted, duplicates=duplicates)

    def replay(self, events: list[Event], now: datetime) -> Outcome:
        """An id names one event: of two versions the fuller is kept, at the earlier time.

        Of several that were sent it is the one at the time that is told, or else the last.
        """
        accepted = duplicates = updated = 0
        told: dict[str, Row] = {}
        for event in events:
            row = _row(event, now)
            if event.id is None:
                self.rows.append(row._replace(sent=row.timestamp))
                accepted += 1
            elif event.id in told:
                told[event.id] = _merged(told[event.id], row)
                duplicates += 1
            else:
                told[event.id] = row
        for name, row in told.items():
            known = [place for place, one in enumerate(self.rows) if one.id == name]
            if not known:
                self.rows.append(row._replace(sent=row.timestamp))
                accepted += 1
                continue
            there = [place for place in known if self.rows[place].timestamp == row.timestamp]
            place = (there or known)[-1]
            before = self.rows[place]
            after = _retold(before, row)
            if after == before:
                duplicates += 1
            else:
                del self.rows[place]
                self.rows.append(after._replace(sent=after.timestamp))
                updated += 1
        return Outcome(accepted=accepted, duplicates=duplicates, updated=updated)

    @staticmethod
    def _same(row: Row, stored: Row) -> bool:
        if row.id != stored.id:
            return False
        if row.basis != "arrival":
            return row.sent == stored.sent
        window = timedelta(hours=DEDUPE_HOURS)
        return stored.basis == "arrival" and stored.timestamp >= row.received - window


def _row(event: Event, now: datetime) -> Row:
    assert event.timestamp is None or isinstance(event.timestamp, datetime)
    if event.timestamp is None:
        timestamp, basis = now, "arrival"
    elif event.timestamp > now + DAY:
        timestamp, basis = now, "future"
    else:
        timestamp, basis = event.timestamp, "sent"
    sent = event.timestamp or now
    return Row(event.id, timestamp, basis, now, event.output_tokens, event.agent, sent)


def _output(row: Row) -> int:
    return -1 if row.output_tokens is None else row.output_tokens


def _earlier(one: Row, other: Row) -> dict[str, Any]:
    first = min(one, other, key=lambda row: (row.timestamp, row.basis))
    return {"timestamp": first.timestamp, "basis": first.basis}


def _merged(before: Row, row: Row) -> Row:
    """Of two tellings in one group the fuller, of equal ones the later."""
    fuller = row if _output(row) >= _output(before) else before
    return fuller._replace(**_earlier(before, row))


def _retold(before: Row, row: Row) -> Row:
    """What is stored, after it is told again as `row`."""
    says_more = _output(row) > _output(before) or (
        _output(row) == _output(before) and row.agent != before.agent
    )
    if says_more:
        return row._replace(**_earlier(before, row))
    if row.timestamp < before.timestamp:
        return before._replace(timestamp=row.timestamp, basis=row.basis)
    return before
