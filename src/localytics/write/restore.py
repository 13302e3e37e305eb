"""Restore: events that were exported, back into a store exactly as they were.

Nothing is worked out anew: times, costs and what they are based on stay what they were when the
events first came, also where prices or rules have changed since.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from localytics.stored import Stored
from localytics.write.ledger import Change
from localytics.write.sql import statement

_LAST_SEQ = statement("last_seq")
_RESTORE = statement("restore")
_COLUMNS = statement("columns")
_encode = msgspec.json.Encoder().encode


def restoring(events: Sequence[Stored]) -> Change:
    """The change that stores those of `events` that are not there; it counts them."""

    def restore(cursor: duckdb.DuckDBPyConnection) -> int:
        schema = cursor.sql(_COLUMNS).to_arrow_table().schema
        columns = {
            field.name: pa.array(
                [_value(getattr(one, field.name, None), field.type) for one in events], field.type
            )
            for field in schema
        }
        columns["place"] = pa.array(range(len(events)), pa.int64())
        ((last_seq,),) = cursor.execute(_LAST_SEQ).fetchall()
        cursor.register("restored", pa.table(columns))
        try:
            ((count,),) = cursor.execute(_RESTORE, {"last_seq": last_seq}).fetchall()
        finally:
            cursor.unregister("restored")
        return int(count)

    return restore


def _value(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-kind.scale))
    if isinstance(value, dict):
        return _encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
