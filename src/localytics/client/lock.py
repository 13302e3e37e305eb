"""Lock: one process at a time has a file; the system lets go of it when the process ends."""

import contextlib
import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    # There a lock keeps others from reading: it lies on a byte past the end of any segment.
    _FAR = 2**30

    def take(file: IO[bytes]) -> bool:
        """Whether the lock was free and is ours now."""
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        file.seek(0)
        return True

    def release(file: IO[bytes]) -> None:
        """Let others have it."""
        with contextlib.suppress(OSError, ValueError):
            file.seek(_FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def take(file: IO[bytes]) -> bool:
        """Whether the lock was free and is ours now."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def release(file: IO[bytes]) -> None:
        """Let others have it, also where a forked child has the same file open."""
        with contextlib.suppress(OSError, ValueError):
            fcntl.flock(file, fcntl.LOCK_UN)
