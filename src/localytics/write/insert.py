"""Insert: the statement that stores a group, prepared once.

Planning it and registering its table each cost more than storing a few dozen events does. So the
table `incoming` is registered once, as a stand-in that gives DuckDB whatever table is current.
"""

from typing import Any

import duckdb
import pyarrow as pa

from localytics.write.columns import SCHEMA
from localytics.write.sql import statement

_INSERT = statement("insert")


class Insert:
    """Runs insert.sql, on one cursor after another."""

    def __init__(self) -> None:
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._table: pa.Table = SCHEMA.empty_table()

    def prepare(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Get ready on `cursor`; outside any transaction, so that no rollback undoes it."""
        if cursor is not self._cursor:
            cursor.register("incoming", self)
            cursor.execute(f"prepare store_group as {_INSERT}")
            self._cursor = cursor

    def run(self, table: pa.Table) -> None:
        """Store `table`, made by columns, in the open transaction of the cursor."""
        if self._cursor is None:
            raise RuntimeError("prepare comes before run")
        self._table = table
        try:
            self._cursor.execute("execute store_group")
        finally:
            self._table = SCHEMA.empty_table()  # let the events go

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Arrow's own interface, by which DuckDB asks for the rows each time."""
        return self._table.__arrow_c_stream__(requested_schema)
