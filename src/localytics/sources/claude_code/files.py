"""Where transcripts lie, and reading them as they grow.

    <root>/projects/<project>/<session>.jsonl
    <root>/projects/<project>/<session>/subagents/agent-<id>.jsonl

A file is read from where its last whole line ended. One that is not what it was (another file
under the name, shorter, other bytes where it had been read) is read again from its start: events
have fixed ids, so that adds nothing.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from localytics.errors import SetupError
from localytics.event import Event
from localytics.sources.claude_code.history import History, Tally, Thread
from localytics.sources.claude_code.lines import NotUnderstood, parse

BATCH_EVENTS = 1000
# Snapshots of files can make lines of hundreds of megabytes; no answer does.
MAX_LINE_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
_PRINT_BYTES = 4096


def roots(environ: Mapping[str, str]) -> list[Path]:
    """The folders in which Claude Code keeps its data.

    Those that CLAUDE_CONFIG_DIR names, a list with commas; else those of the usual two that exist.
    """
    home = Path(environ.get("HOME") or Path.home())
    named = [name.strip() for name in environ.get("CLAUDE_CONFIG_DIR", "").split(",")]
    if any(named):
        return [home / name[2:] if name.startswith("~/") else Path(name) for name in named if name]
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return [root for root in (config / "claude", home / ".claude") if root.is_dir()]


class _File(Struct, kw_only=True):
    """How far a file has been read, and how to know it again."""

    thread: Thread
    offset: int = 0
    inode: int = 0
    size: int = -1
    changed_ns: int = -1
    print: bytes = b""


class Transcripts:
    """The transcripts under some paths, each a config folder, a `projects` folder, a project's
    folder or one `.jsonl` file. SetupError for a path that isn't there.

    Remembers what it has read: `read` gives everything the first time, and then what is new or has
    grown. A generator that is left early gives the rest the next time. `without` are the paths
    under which the last `read` found no transcript.
    """

    def __init__(self, paths: list[Path]) -> None:
        if not paths:
            raise SetupError(
                "no Claude Code transcripts found",
                hint="Give their folder (usually ~/.claude), or set CLAUDE_CONFIG_DIR.",
            )
        self.without: list[Path] = []
        self._paths: list[Path] = []
        for path in paths:
            self.add(path)
        self._files: dict[Path, _File] = {}
        self._unreadable: set[Path] = set()
        self._history = History()

    def add(self, path: Path) -> None:
        """Read what is under a further path as well, from the next `read` on."""
        try:
            path.stat()
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            raise SetupError(
                f"{path} does not exist" if missing else f"{path}: {error.strerror}",
                hint="Give a Claude Code folder (with `projects` in it), a project's folder"
                " or a .jsonl file.",
            ) from None
        self._paths.append(path)

    @property
    def tally(self) -> Tally:
        """What has been read so far, in all."""
        return self._history.tally

    def read(self, on_progress: Callable[[int, int], None] | None = None) -> Iterator[list[Event]]:
        """Batches of at most 1,000 events, after all files were read: only then is it known which
        line tells of a request best. `on_progress` hears bytes done and bytes in all."""
        found = [(path, status) for path, status in self._find() if self._has_changed(path, status)]
        total = sum(status.st_size for _, status in found)
        done = 0
        for path, status in found:
            for read in self._read_file(path, status):
                done += read
                if on_progress is not None:
                    on_progress(min(done, total), total)
        yield from self._history.batches(BATCH_EVENTS)

    def _find(self) -> Iterator[tuple[Path, os.stat_result]]:
        files: set[Path] = set()
        self.without = []
        for path in self._paths:
            try:
                under = set(_under(path))
            except OSError:
                self._cannot_read(path)
                continue
            files |= under
            if not under:
                self.without.append(path)
        # As text, so that a session comes before its subagents, whose names it tells.
        for file in sorted(files, key=str):
            try:
                status = file.stat()
            except FileNotFoundError:
                continue  # deleted meanwhile, or a link to nothing
            except OSError:  # links that go round in a circle, a folder that may not be entered
                self._cannot_read(file)
                continue
            if stat.S_ISREG(status.st_mode):
                yield file, status

    def _has_changed(self, path: Path, status: os.stat_result) -> bool:
        file = self._files.get(path)
        return file is None or (file.inode, file.size, file.changed_ns) != (
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
        )

    def _read_file(self, path: Path, status: os.stat_result) -> Iterator[int]:
        """Take the new lines of a file; yields how many bytes of it are done."""
        try:
            with path.open("rb") as stream:
                file = self._resumed(path, status, stream)
                yield file.offset
                yield from self._take_lines(file, stream)
                file.print = _print(stream, file.offset)
        except OSError:
            self._cannot_read(path)
            return
        file.inode, file.size, file.changed_ns = status.st_ino, status.st_size, status.st_mtime_ns
        file.thread.forget()

    def _cannot_read(self, path: Path) -> None:
        """Count a file that cannot be read, once however often it is tried."""
        if path not in self._unreadable:
            self._unreadable.add(path)
            counts = self.tally.not_understood
            counts["unreadable file"] = counts.get("unreadable file", 0) + 1

    def _resumed(self, path: Path, status: os.stat_result, stream: BinaryIO) -> _File:
        file = self._files.get(path)
        if file is None:
            self.tally.files += 1
        elif (
            file.inode == status.st_ino
            and file.offset <= status.st_size
            and file.print == _print(stream, file.offset)
        ):
            return file
        else:
            self._history.forget(str(path))
        self._files[path] = file = _File(thread=Thread(path=str(path)))
        return file

    def _take_lines(self, file: _File, stream: BinaryIO) -> Iterator[int]:
        stream.seek(file.offset)
        begun: list[bytes] = []  # of a line that began in an earlier chunk
        begun_bytes = 0
        while chunk := stream.read(_CHUNK_BYTES):
            start = 0
            while (end := chunk.find(b"\n", start)) >= 0:
                self._take_line(file, [*begun, chunk[start:end]], begun_bytes + end - start)
                file.offset += begun_bytes + end - start + 1
                self.tally.bytes += begun_bytes + end - start + 1
                begun, begun_bytes, start = [], 0, end + 1
            begun_bytes += len(chunk) - start
            begun = [*begun, chunk[start:]] if begun_bytes <= MAX_LINE_BYTES else []
            yield len(chunk)
        last = b"".join(begun)
        if last.strip() and _is_whole(last):
            self._take_line(file, [last], len(last))
            file.offset += len(last)
            self.tally.bytes += len(last)

    def _take_line(self, file: _File, pieces: list[bytes], size: int) -> None:
        if size > MAX_LINE_BYTES:
            self.tally.lines += 1
            self.tally.oversized += 1
            return
        line = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        if line.strip():
            self._history.take(file.thread, line)


def _under(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield _real(path)
        return
    top = path / "projects" if (path / "projects").is_dir() else path
    for folder, _, names in os.walk(top):
        yield from (_real(Path(folder, name)) for name in names if name.endswith(".jsonl"))


def _real(path: Path) -> Path:
    """Where a file is, links followed. (Path.resolve raises where they go round in a circle.)"""
    return Path(os.path.realpath(path))


def _is_whole(line: bytes) -> bool:
    """Whether a line without an end is one all the same: nothing can follow a closed object."""
    try:
        parse(line)
    except NotUnderstood:
        return False
    return True


def _print(stream: BinaryIO, offset: int) -> bytes:
    """A fingerprint of what was read: the first and the last bytes before the offset."""
    stream.seek(0)
    head = stream.read(min(offset, _PRINT_BYTES))
    stream.seek(max(0, offset - _PRINT_BYTES))
    tail = stream.read(min(offset, _PRINT_BYTES))
    return blake2b(head + tail, digest_size=16).digest()
