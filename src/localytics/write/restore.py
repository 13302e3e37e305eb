"""Restore: events that were exported, back into a store exactly as they were.

Nothing is worked out anew: times, costs and what they are based on stay what they were when the
events first came, also where prices or rules have changed since.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import duckdb
import msgspec

from localytics.event import epoch_us
from localytics.stored import Stored
from localytics.write.arrow import COUNT, FLAG, NUMBER, STATUS, TEXT, TIMESTAMP, table
from localytics.write.ledger import Change
from localytics.write.sql import statement

_LAST_SEQ = statement("last_seq")
_RESTORE = statement("restore")
_COLUMNS = statement("columns")
# Decimals go as text: DuckDB makes them exactly what their column holds.
_KINDS = {
    "BIGINT": COUNT,
    "SMALLINT": STATUS,
    "DOUBLE": NUMBER,
    "BOOLEAN": FLAG,
    "TIMESTAMP": TIMESTAMP,
}
_encode = msgspec.json.Encoder().encode


def restoring(events: Sequence[Stored]) -> Change:
    """The change that stores those of `events` that are not there; it counts them."""

    def restore(cursor: duckdb.DuckDBPyConnection) -> int:
        columns = {
            name: (_KINDS.get(kind, TEXT), [_value(getattr(one, name, None)) for one in events])
            for name, kind in cursor.execute(_COLUMNS).fetchall()
        }
        columns["place"] = (COUNT, list(range(len(events))))
        ((last_seq,),) = cursor.execute(_LAST_SEQ).fetchall()
        cursor.register("restored", table(columns))
        try:
            ((count,),) = cursor.execute(_RESTORE, {"last_seq": last_seq}).fetchall()
        finally:
            cursor.unregister("restored")
        return int(count)

    return restore


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return _encode(value).decode()
    if isinstance(value, datetime):
        return epoch_us(value)
    return value
