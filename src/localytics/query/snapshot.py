"""Snapshot: many reads that see the store as it was at one moment, however long they take."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa

Values = dict[str, Any]


class Snapshot:
    """A transaction that only reads, for the thread that opened it; `limited` bounds each read.

    It must not be kept while others dawdle: `wanted_back` says that the store is waited for.
    """

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        limited: Callable[[], AbstractContextManager[None]],
        wanted_back: Callable[[], bool],
    ) -> None:
        self._cursor = cursor
        self._limited = limited
        self.wanted_back = wanted_back

    def rows(self, sql: str, values: Values) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The names of the columns, and the rows."""
        with self._limited():
            found = self._cursor.execute(sql, values)
            return [column[0] for column in found.description or ()], found.fetchall()

    def table(self, sql: str, values: Values) -> "pa.Table":
        """The same as an Arrow table."""
        with self._limited():
            return self._cursor.sql(sql, params=values).to_arrow_table()
