"""Database: the one DuckDB file, and every connection to it.

A FATAL error kills an instance, and DuckDB hands out the same dead one until the last connection to
it is closed. So all connections are made here, counted here, and can be closed and reopened here.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from localytics.errors import SetupError
from localytics.settings import Store
from localytics.write.migrations import migrate
from localytics.write.recovery import open_mended

FILE_NAME = "localytics.duckdb"
_BLOCK_BYTES = 131_072
_CLOSE_SECONDS = 10.0
_REOPEN_SECONDS = 5.0


class Database:
    """The file `localytics.duckdb` in `folder`. `open` before use; cursors are per thread.

    `recovered` tells what was left out of a damaged log at the last opening that met one.
    `version` is another after every commit that changes answers: these are made in `committing`.
    `when_dead` is called, in the thread that finds out, when the instance no longer answers;
    `before_reading`, in every thread, before it has a cursor; `complete` by whoever answers
    questions, once its transaction has begun.
    """

    def __init__(self, folder: Path, settings: Store) -> None:
        self.folder = folder
        self.path = folder / FILE_NAME
        self.recovered: str | None = None
        self.version = 0
        self.when_dead: Callable[[], None] = lambda: None
        self.before_reading: Callable[[], None] = lambda: None
        self.complete: Callable[[duckdb.DuckDBPyConnection], bool] = lambda _: False
        self._settings = settings
        self._root: duckdb.DuckDBPyConnection | None = None
        self._cursors: dict[int, duckdb.DuckDBPyConnection] = {}
        self._in_use: set[int] = set()
        self._changed = threading.Condition()
        self._closing = False
        self._reopening = False
        self._commits = 0
        self._under_way = 0

    def open(self) -> None:
        """Open or create the file, private to its owner, and bring its schema up to date.

        Raises SetupError where that can't be.
        """
        try:
            os.umask(0o077)  # for good: DuckDB makes its log whenever it needs one
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.path.exists() or not self.path.stat().st_size:
                self._create()
            opened = open_mended(self.path, self._connect)
        except OSError as error:
            raise self._unusable(error.strerror or str(error)) from error
        except duckdb.Error as error:
            raise self.refused(error) from error
        root = opened.connection
        try:
            root.execute("set global TimeZone = 'UTC'")
            migrate(root)
        except duckdb.Error as error:
            root.close()
            raise self.refused(error) from error
        except BaseException:
            root.close()
            raise
        with self._changed:
            self.recovered = opened.lost or self.recovered
            self._root = root
            self._closing = False
            self._commits += 1
            self.version += 1  # what was in doubt may be in it, or not

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """This thread's own cursor, for the length of the block. Not to be nested.

        A result of which not all was fetched is dropped, and after an error the transaction. Waits
        while the file is being opened anew.
        """
        self.before_reading()
        me = threading.get_ident()
        with self._changed:
            self._changed.wait_for(lambda: not self._reopening, timeout=_REOPEN_SECONDS)
            if self._closing or self._root is None:
                raise duckdb.ConnectionException("the store is closed")
            cursor = self._cursors.get(me)
            if cursor is None:
                cursor = self._cursors[me] = self._root.cursor()
            self._in_use.add(me)
        failed = True
        try:
            yield cursor
            failed = False
        except duckdb.FatalException:
            self.when_dead()
            raise
        finally:
            with contextlib.suppress(duckdb.Error):
                cursor.abort()
                if failed:
                    cursor.rollback()
            with self._changed:
                self._in_use.discard(me)
                self._changed.notify_all()

    @property
    def closing(self) -> bool:
        """Whether whoever has a cursor is waited for."""
        return self._closing

    @contextlib.contextmanager
    def committing(self, *, shows: bool = True) -> Iterator[None]:
        """For the length of a commit. Where answers may be others after it, it `shows`: whatever
        comes of it, they are of another version before anyone is told."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._commits += 1
                self.version += shows

    @property
    def settled(self) -> int | None:
        """How many commits there were, or None while one is under way: what a cursor sees may have
        it or not."""
        with self._changed:
            return None if self._under_way else self._commits

    def close(self) -> None:
        """Close every connection: running queries are interrupted and waited for. Nobody waits for
        what is done after that, so row groups with few rows are joined: each start leaves some.

        Raises ConnectionException where one does not end; no other begins meanwhile, so that
        closing again will do.
        """
        self._close("reset global max_vacuum_tasks")

    def _close(self, *last: str) -> None:
        """The same, with the statements that are to come `last`, where they can be."""
        until = time.monotonic() + _CLOSE_SECONDS
        with self._changed:
            self._closing = True
            while self._in_use:
                if time.monotonic() > until:
                    raise duckdb.ConnectionException("a running query does not end")
                for thread in self._in_use:
                    self._cursors[thread].interrupt()
                self._changed.wait(timeout=0.05)
            if self._root:
                with contextlib.suppress(duckdb.Error):
                    for statement in last:
                        self._root.execute(statement)
            for connection in (*self._cursors.values(), *([self._root] if self._root else [])):
                with contextlib.suppress(duckdb.Error):  # a dead instance may refuse; it is let go
                    connection.close()
            self._cursors.clear()
            self._root = None

    def reopen(self) -> None:
        """Start over with a new instance, after an error that leaves this one in doubt."""
        with self._changed:
            self._reopening = True
        try:
            self._close()
            self.open()
        finally:
            with self._changed:
                self._reopening = False
                self._changed.notify_all()

    def refused(self, error: duckdb.Error) -> SetupError:
        """DuckDB's `error` at opening, as something that can be acted on."""
        text = str(error)
        if "Could not set lock" in text or "used by another process" in text:
            return SetupError(
                f"Another process has the store in {self.folder} open",
                hint="Only one process can own it: stop the other, or name another --data-dir.",
            )
        if any(sign in text for sign in ("not a valid", "Corrupt", "Could not read", "extension")):
            return SetupError(
                f"{self.path} is damaged, or is not a DuckDB database",
                hint="Put a backup in its place, or move it away to begin with an empty store.",
            )
        return self._unusable(text.partition("\n")[0])

    def _create(self) -> None:
        """Make an empty database elsewhere and move it here whole.

        DuckDB does not open a file of which a crash has left only the beginning.
        """
        fresh = self.path.with_name(f"{FILE_NAME}.{os.getpid()}.new")
        self.path.unlink(missing_ok=True)
        try:
            duckdb.connect(fresh, config=self._config()).close()
            try:
                os.link(fresh, self.path)
            except FileExistsError:
                return  # another process was faster
            except OSError:
                fresh.rename(self.path)  # a file system without links
        finally:
            fresh.unlink(missing_ok=True)

    def _connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(self.path, config=self._config())

    def _config(self) -> dict[str, Any]:
        return {
            "memory_limit": f"{self._settings.memory_mb}MB",
            "threads": self._settings.threads,
            "checkpoint_threshold": f"{self._settings.checkpoint_mb}MB",
            # Row groups with few rows left are not joined while a commit waits: that takes most of
            # a second. Those with none left go all the same, and so what is removed leaves room.
            "max_vacuum_tasks": 0,
            # Of a new file: half of what is usual, as what a block has left over goes to waste, of
            # every table once a row group. With less, numbers of 64 and of 128 bits take more.
            "default_block_size": str(_BLOCK_BYTES),
            "temp_directory": str(self.folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        }

    def _unusable(self, reason: str) -> SetupError:
        return SetupError(
            f"The store in {self.folder} can't be opened: {reason}",
            hint="The folder must be one that this user can write to, with room in it; "
            "--data-dir names another.",
        )
