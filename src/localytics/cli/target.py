"""Target: what `--output` names, where events are written to."""

import errno
import os
import secrets
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO, NoReturn

from localytics import runfile
from localytics.errors import InvalidParameter, SetupError

_MOST_LINKS = 40  # that a path leads through, as Linux has it
_FOLDERS = ("/dev/fd", "/proc/self/fd", "/proc/thread-self/fd")


class Target:
    """What is written to. An error is told under the name that the caller gave."""

    def __init__(self, file: BinaryIO, telling: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._telling = telling

    def write(self, data: bytes) -> None:
        with self._telling():
            self._file.write(data)

    def flush(self) -> None:
        with self._telling():
            self._file.flush()


@contextmanager
def opened(output: Path, data_dir: Path) -> Iterator[Target]:
    """`output`, to be written to. A file is there once all of it is, in place of what was before
    and with its mode; one that is new is private. A device or a pipe stays what it is, a link leads
    where it did, and what is open already, as /dev/stdout, is gone on with.

    To be entered before the store is opened: its files have numbers under /dev/fd as well. Raises
    InvalidParameter for a file of the store in `data_dir`, SetupError where it can't be written.
    """
    telling = partial(_telling, output)
    with _ending_tidily(), ExitStack() as tidying:
        with telling():
            before = _found(output)
            _check(output, before, data_dir)
            unfinished = _unfinished(output, before)
            if unfinished is not None:  # a signal may come as soon as it is there
                tidying.callback(unfinished.unlink, missing_ok=True)
            file = _open(output, unfinished)
            tidying.callback(_close, file)
            if unfinished is not None and before is not None:
                unfinished.chmod(before.st_mode & 0o777)
        yield Target(file, telling)
        with telling():
            file.close()
            if unfinished is not None:
                unfinished.replace(os.path.realpath(output))


def is_standard_output(output: Path) -> bool:
    """Whether `output` is another name of it, as /dev/stdout."""
    open_already = _open_already(output)
    return open_already is not None and _number(open_already) == 1


def _unfinished(output: Path, before: os.stat_result | None) -> Path | None:
    """Where the events wait until all are there, unless `output` is written to as it is."""
    if _open_already(output) or (before is not None and not stat.S_ISREG(before.st_mode)):
        return None
    return Path(os.path.realpath(output)).with_name(f"localytics-{secrets.token_hex(8)}.part")


def _open(output: Path, unfinished: Path | None) -> BinaryIO:
    if unfinished is not None:
        return os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    open_already = _open_already(output)
    if open_already is None:
        return output.open("wb")
    # Opening it by name would begin a file anew, and lose what it has.
    number = _number(open_already)
    return open_already.open("ab") if number is None else os.fdopen(os.dup(number), "wb")


def _close(file: BinaryIO) -> None:
    with suppress(OSError):  # the same again, of what could not be written
        file.close()


def _found(output: Path) -> os.stat_result | None:
    try:
        return output.stat()
    except FileNotFoundError:
        return None


def _check(output: Path, found: os.stat_result | None, data_dir: Path) -> None:
    from localytics.write.database import FILE_NAME  # noqa: PLC0415  (DuckDB)

    whole = Path(os.path.realpath(output))
    inside = whole.parent == Path(os.path.realpath(data_dir))
    theirs = inside and (whole.name.startswith(FILE_NAME) or whole.name == runfile.FILE_NAME)
    if found is not None:
        names = [*data_dir.glob(f"{FILE_NAME}*"), data_dir / runfile.FILE_NAME]
        theirs |= any(one and os.path.samestat(one, found) for one in map(_found, names))
    if theirs:
        raise InvalidParameter(
            f"{output} is a file of the store", hint="Write the events to another."
        )


def _open_already(output: Path) -> Path | None:
    """What stands for an open file of this process or another, where `output` leads there."""
    path = output
    for _ in range(_MOST_LINKS):
        folder = Path(os.path.realpath(path.parent))
        path = folder / path.name
        of_process = folder.name == "fd" and folder.is_relative_to("/proc")
        if path.name.isdecimal() and (of_process or str(folder) in _FOLDERS):
            return path
        if not path.is_symlink():
            return None
        path = folder / path.readlink()
    return None


def _number(open_already: Path) -> int | None:
    """The number that this process has for it."""
    own = {os.path.realpath(folder) for folder in _FOLDERS}
    return int(open_already.name) if str(open_already.parent) in own else None


@contextmanager
def _telling(output: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = "Its folder must be one that this user can write to, with room in it."
        raise SetupError(
            f"Can't write {output}: {error.strerror or error}",
            hint=None if _stays(output) else where,
        ) from None


def _stays(output: Path) -> bool:
    """Whether its folder has no part in an error: it is no file that would be replaced."""
    try:
        return _open_already(output) is not None or not stat.S_ISREG(output.stat().st_mode)
    except OSError as error:
        return error.errno == errno.ELOOP


@contextmanager
def _ending_tidily() -> Iterator[None]:
    """SIGTERM and SIGHUP end the program as Ctrl-C does, with nothing left behind."""

    def end(number: int, _: object) -> NoReturn:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heeded = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in heeded:  # not those that are ignored, as under nohup
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, signal.SIG_DFL)
