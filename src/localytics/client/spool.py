"""Spool: events on disk until the service takes them, in segments of one request each.

Processes may share a folder. A segment appears whole or not at all, and whoever sends it has it
locked; the lock ends with the process. An event leaves only with its segment.
"""

import contextlib
import hashlib
import logging
import os
import re
import secrets
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from localytics.client import lock

log = logging.getLogger("localytics.client")

_NAME = re.compile(r"\d{20}-[0-9a-f]{8}-(\d+)\.ndjson")
_ABANDONED_SECONDS = 3600.0


class Segment:
    """A segment that nobody else has: its lines, and whether the service has them now."""

    def __init__(self, path: Path, lines: list[bytes]) -> None:
        self.path = path
        self.lines = lines
        self.done = False


class Spool:
    """The segments of `folder`, at most `max_bytes` of them; None keeps nothing.

    `events` is how many there were when last looked at, those of other processes included.
    """

    def __init__(self, folder: Path | None, max_bytes: int) -> None:
        self.folder = folder
        self.events = 0
        self._max_bytes = max_bytes
        self._listed: deque[Path] = deque()
        self._open: set[IO[bytes]] = set()
        self._complained = False

    def write(self, lines: list[bytes]) -> int | None:
        """Keep `lines` as a new segment, durably.

        Gives how many older events were given up for it, or None where it can't be kept: there is
        no folder, no room on the disk, or it is larger than the spool may be.
        """
        body = b"\n".join(lines) + b"\n"
        if self.folder is None or len(body) > self._max_bytes:
            return None
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}-{len(lines)}"
        fresh = self.folder / f"{name}.tmp"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            given_up = self._make_room(len(body))
            with os.fdopen(
                os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(fresh.with_suffix(".ndjson"))
            _sync(self.folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink()
            if not self._complained:
                self._complained = True
                log.warning(
                    "Can't keep events in %s (%s): they wait in memory only",
                    self.folder,
                    error.strerror,
                )
            return None
        self.events += len(lines)
        return given_up

    @contextmanager
    def oldest(self) -> Iterator[Segment | None]:
        """The oldest segment that nobody else has, for the block; None where there is none.

        It goes when it is `done` by then.
        """
        self._listed = self._listed or deque(self._segments())
        while self._listed:
            with self._segment(self._listed.popleft()) as segment:
                if segment is not None:
                    try:
                        yield segment
                    finally:
                        if not segment.done:  # it is the oldest still
                            self._listed.clear()
                    return
        yield None

    def leave_to_parent(self) -> None:
        """In a forked process: let go of what the parent is sending."""
        for file in self._open:
            file.close()

    def _segments(self) -> list[Path]:
        """Oldest first. What crashed writers left behind is cleared away."""
        found = []
        with contextlib.suppress(OSError):  # no such folder yet, or somebody else was quicker
            for path in sorted(self.folder.iterdir()) if self.folder else ():
                if _NAME.fullmatch(path.name):
                    found.append(path)
                elif path.suffix == ".tmp" and _age_seconds(path) > _ABANDONED_SECONDS:
                    path.unlink()
        self.events = sum(_events(path) for path in found)
        return found

    def _make_room(self, size: int) -> int:
        """Give up the oldest until `size` bytes fit; gives how many events that were."""
        sizes = {}
        for path in self._segments():
            with contextlib.suppress(OSError):  # it has just been sent
                sizes[path] = path.stat().st_size
        excess = sum(sizes.values()) + size - self._max_bytes
        given_up = 0
        for path, one in sizes.items():
            if excess <= 0:
                break
            with self._segment(path) as segment:
                if segment is not None:
                    segment.done = True
                    given_up += len(segment.lines)
                    excess -= one
        return given_up

    @contextmanager
    def _segment(self, path: Path) -> Iterator[Segment | None]:
        """The segment at `path` while nobody else may send or remove it, or None."""
        try:
            file = path.open("r+b")
        except OSError:  # gone meanwhile
            yield None
            return
        with file:
            if not lock.take(file):
                yield None
                return
            self._open.add(file)
            try:
                segment = Segment(path, [line for line in file.read().split(b"\n") if line])
                # Emptied, it was sent by somebody else since it was listed.
                yield segment if segment.lines else None
                if not segment.lines:
                    segment.done = True
                elif segment.done:
                    # Before the lock goes: whoever waits to have it then finds nothing to send.
                    file.truncate(0)
                    self.events -= _events(path)
            finally:
                self._open.discard(file)
                lock.release(file)
        if segment.done:
            with contextlib.suppress(OSError):
                path.unlink()


def default_folder(url: str, source: str | None) -> Path | None:
    """Where a platform keeps what an app wants to find again, one folder for a URL and source."""
    name = hashlib.sha256(f"{url}\n{source}".encode("utf-8", "replace")).hexdigest()[:16]
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state")
    return base / "localytics" / "spool" / name


def _events(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _age_seconds(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):  # Windows has no such thing
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
