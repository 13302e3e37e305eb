"""Database: the one DuckDB file, and every connection to it.

A FATAL error kills an instance, and DuckDB hands out the same dead one until the last connection to
it is closed. So all connections are made here, counted here, and can be closed and reopened here.
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from localytics.errors import SetupError
from localytics.settings import Store
from localytics.write.migrations import migrations

FILE_NAME = "localytics.duckdb"


class Database:
    """The file `localytics.duckdb` in `folder`. `open` before use; cursors are per thread."""

    def __init__(self, folder: Path, settings: Store) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self._settings = settings
        self._root: duckdb.DuckDBPyConnection | None = None
        self._cursors: dict[int, duckdb.DuckDBPyConnection] = {}
        self._in_use: set[int] = set()
        self._changed = threading.Condition()
        self._closing = False

    def open(self) -> None:
        """Open or create the file, private to its owner, and bring its schema up to date."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.umask(0o077)  # for good: DuckDB makes its log whenever it needs one
        try:
            root = duckdb.connect(self.path, config=self._config())
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise SetupError(
                    f"Another process has the store in {self.folder} open",
                    hint="Only one process can own it: stop the other, or name another --data-dir.",
                ) from error
            raise
        try:
            root.execute("set global TimeZone = 'UTC'")
            _migrate(root)
        except BaseException:
            root.close()
            raise
        with self._changed:
            self._root = root
            self._closing = False

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """This thread's own cursor, for the length of the block. Not to be nested."""
        me = threading.get_ident()
        with self._changed:
            if self._closing or self._root is None:
                raise duckdb.ConnectionException("the store is closed")
            cursor = self._cursors.get(me)
            if cursor is None:
                cursor = self._cursors[me] = self._root.cursor()
            self._in_use.add(me)
        try:
            yield cursor
        finally:
            with self._changed:
                self._in_use.discard(me)
                self._changed.notify_all()

    def close(self) -> None:
        """Close every connection: running queries are interrupted and waited for."""
        with self._changed:
            self._closing = True
            while self._in_use:
                for thread in self._in_use:
                    self._cursors[thread].interrupt()
                self._changed.wait(timeout=0.05)
            for connection in (*self._cursors.values(), *([self._root] if self._root else [])):
                with contextlib.suppress(duckdb.Error):  # a dead instance may refuse; it is let go
                    connection.close()
            self._cursors.clear()
            self._root = None

    def reopen(self) -> None:
        """Start over with a new instance, after an error that leaves this one in doubt."""
        self.close()
        self.open()

    def _config(self) -> dict[str, Any]:
        return {
            "memory_limit": f"{self._settings.memory_mb}MB",
            "threads": self._settings.threads,
            "checkpoint_threshold": f"{self._settings.checkpoint_mb}MB",
            "temp_directory": str(self.folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }


def _migrate(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table if not exists schema_steps (version integer, name varchar)")
    row = connection.execute("select coalesce(max(version), 0) from schema_steps").fetchone()
    version = row[0] if row else 0
    steps = migrations()
    if version > steps[-1].version:
        raise SetupError(
            f"The store was written by a newer release (its schema is {version}, "
            f"this release knows {steps[-1].version})",
            hint="Install the newer release again; this one would not understand the data.",
        )
    for step in steps[version:]:
        connection.begin()
        try:
            connection.execute(step.sql)
            connection.execute("insert into schema_steps values (?, ?)", [step.version, step.name])
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
