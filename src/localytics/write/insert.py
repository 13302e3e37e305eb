"""Insert: the statement that stores a group, prepared once.

Planning it and registering its table each cost more than storing a few dozen events does. So the
table `incoming` is registered once, as a stand-in that gives DuckDB whatever table is current.
"""

from typing import Any

import duckdb
from arro3.core import Table

from localytics.write.columns import SCHEMA
from localytics.write.sql import statement

_INSERT = statement("insert")
_EMPTY = Table.from_batches([], schema=SCHEMA)


class _Source:
    """Whatever table is current, by Arrow's own interface.

    Apart from Insert, which holds the cursor that holds this: a ring of them would never be freed.
    """

    __slots__ = ("table",)

    def __init__(self) -> None:
        self.table = _EMPTY

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.table.__arrow_c_stream__(requested_schema)


class Insert:
    """Runs insert.sql, on one cursor after another."""

    def __init__(self) -> None:
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._source = _Source()

    def prepare(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Get ready on `cursor`; outside any transaction, so that no rollback undoes it."""
        if cursor is not self._cursor:
            cursor.register("incoming", self._source)
            cursor.execute(f"prepare store_group as {_INSERT}")
            self._cursor = cursor

    def run(self, table: Table) -> None:
        """Store `table`, made by columns, in the open transaction of the cursor."""
        if self._cursor is None:
            raise RuntimeError("prepare comes before run")
        self._source.table = table
        try:
            self._cursor.execute("execute store_group")
        finally:
            self._source.table = _EMPTY  # let the events go
