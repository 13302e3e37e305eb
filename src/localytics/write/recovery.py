"""Recovery: a store whose write-ahead log is damaged opens with everything up to the damage.

DuckDB refuses to open such a store where a checksum is wrong, and names the position. Where the
length of an entry is wrong, or the head of the log, it takes the rest for the torn end that a crash
leaves, and drops it without a word. So the log is looked at before DuckDB does. The files are set
aside as they were before anything is cut, and what could not be read is told.
"""

import contextlib
import logging
import mmap
import os
import re
import shutil
import struct
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import duckdb

log = logging.getLogger(__name__)

# A log has a head: its version, the 16 bytes that name the database, the checkpoint it follows.
# Then come entries: length, checksum, content. The one that ends a commit is always the same.
_NUMBER = rb"[\x80-\xff]*[\x00-\x7f]"
_HEAD = re.compile(
    rb"\x64\x00\x62\x65\x00%b\x66\x00\x10(?:%b){16}\x67\x00%b\xff\xff" % ((_NUMBER,) * 3),
    re.DOTALL,
)
_ENTRY = struct.Struct("<QQxxB")  # length, checksum, kind
_CHECKPOINT = 99
_HEAD_BYTES = 80  # it is never longer
_COMMIT = bytes.fromhex("0500000000000000e7fe7d722fed3d5e640064ffff")

# Of another release's log nothing is assumed: it is only cut where DuckDB itself names the place.
_FORMAT_KNOWN = duckdb.__version__.startswith("2.0.")

_LOG = re.compile(r'replaying (?:checkpoint )?WAL file "([^"]*)"')
_POSITION = re.compile(r"byte position (\d+)")


class Opened(NamedTuple):
    """A connection, and what could not be read of the log, where that was not all of it."""

    connection: duckdb.DuckDBPyConnection
    lost: str | None


class _Log:
    """A log as it was found: its size, how far its commits can be followed, and whether DuckDB
    would leave out more than the torn end of one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size, self.readable, self.damaged = 0, 0, False
        with _content(path) as content:
            if content is not None:
                self.size = self.readable = len(content)
            if content is not None and _FORMAT_KNOWN:
                self.readable, end = _follow(content)
                headless = self.readable == 0 and self.size > _HEAD_BYTES
                self.damaged = headless or content.find(_COMMIT, end) >= 0

    def cut(self, position: int) -> None:
        os.truncate(self.path, position)
        self.readable = min(self.readable, position)


def open_mended(path: Path, connect: Callable[[], duckdb.DuckDBPyConnection]) -> Opened:
    """Open the store at `path` by `connect`, without the parts of its log that are damaged.

    Raises what `connect` raises for any other reason, and OSError where the files can't be set
    aside.
    """
    logs = [_Log(path.with_name(path.name + end)) for end in (".wal", ".wal.checkpoint")]
    aside: Path | None = None
    for one in logs:
        if one.damaged:
            with _owned(path) as opened:
                aside = aside or _set_aside(path, opened)
                one.cut(one.readable)
    while True:
        for one in logs:
            _make_durable(one.path)
        try:
            connection = connect()
        except duckdb.Error as error:
            damaged, position = _named(error, logs)
            size = damaged.path.stat().st_size if damaged else 0
            if not damaged or not size:
                raise
            log.warning("The log can't be read: %s", error)
            with _owned(path) as opened:
                aside = aside or _set_aside(path, opened)
                damaged.cut(min(position, size - 1))
        else:
            return Opened(connection, _told(logs, aside))


@contextlib.contextmanager
def _content(path: Path) -> Iterator[mmap.mmap | None]:
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            content = stack.enter_context(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (FileNotFoundError, ValueError):  # a file without content can't be mapped
            yield None
            return
        yield content


def _follow(content: mmap.mmap) -> tuple[int, int]:
    """Where the last commit ends that can be followed from the head, and where the chain breaks."""
    head = _HEAD.match(content)
    if head is None:
        return 0, 0
    committed = position = head.end()
    while position + _ENTRY.size <= len(content):
        length, _, kind = _ENTRY.unpack_from(content, position)
        end = position + 16 + length
        if length == 0 or end > len(content):
            break
        if kind == _CHECKPOINT or content[position:end] == _COMMIT:
            committed = end
        position = end
    return committed, position


def _commits(content: mmap.mmap, position: int) -> int:
    count = 0
    while (position := content.find(_COMMIT, position)) >= 0:
        count += 1
        position += len(_COMMIT)
    return count


def _named(error: duckdb.Error, logs: list[_Log]) -> tuple[_Log | None, int]:
    """The log that `error` complains of, and where: at its head, where that is not said."""
    path = _LOG.search(str(error))
    position = _POSITION.search(str(error))
    named = [one for one in logs if path and one.path.name == Path(path[1]).name]
    return (named[0] if named else None), int(position[1]) if position else 0


def _told(logs: list[_Log], aside: Path | None) -> str | None:
    left_out = sum(one.size - one.readable for one in logs)
    if not left_out:
        return None
    if aside is None:
        told = (
            "The log ended in the middle of a write, as a crash leaves it: its last "
            f"{left_out:,} bytes were left out, with no complete commit in them"
        )
    else:
        commits = 0
        for one in logs:
            with _content(aside / one.path.name) as content:
                commits += _commits(content, one.readable) if content is not None else 0
        told = (
            f"The log was damaged: the last {left_out:,} of its "
            f"{sum(one.size for one in logs):,} bytes could not be read, with {_whole(commits)} in "
            f"them. The files as they were are in {aside.name}"
        )
    log.warning("%s", told)
    return told


def _whole(commits: int) -> str:
    if not commits:
        return "no commit that is still whole"
    return f"at least {commits:,} commit{'' if commits == 1 else 's'}"


@contextlib.contextmanager
def _owned(path: Path) -> Iterator[BinaryIO]:
    """The database file, while nobody else has it open: what is torn is not just being written.

    Closing any other handle of it would give up the lock.
    """
    with path.open("r+b") as file:
        if sys.platform != "win32":  # there a file that is in use could not be opened
            import fcntl  # noqa: PLC0415

            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise duckdb.IOException("Could not set lock on file") from error
        yield file


def _set_aside(path: Path, database: BinaryIO) -> Path:
    """Copy the files of the store into a folder beside them, for good."""
    aside = path.with_name(f"damaged-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    aside.mkdir(mode=0o700)
    try:
        for file in path.parent.glob(f"{path.name}*"):
            with (aside / file.name).open("xb") as copy, contextlib.ExitStack() as stack:
                source = database if file == path else stack.enter_context(file.open("rb"))
                shutil.copyfileobj(source, copy, 1024 * 1024)
                copy.flush()
                os.fsync(copy.fileno())
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return aside


def _make_durable(path: Path) -> None:
    """What a killed process wrote may be in memory only, and what is read back counts as stored."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        os.fsync(file.fileno())
