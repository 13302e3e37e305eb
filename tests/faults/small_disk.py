"""A small file system of the test's own, to be filled and emptied."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A tmpfs; `fill` leaves next to nothing of it, `free` gives that back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, *, but: int = 0) -> None:
        """Take all the room there is, `but` for so many bytes."""
        with self._ballast.open("ab") as ballast:
            while (size := self._room() - but) > 0:
                try:
                    os.posix_fallocate(ballast.fileno(), ballast.seek(0, 2), size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:  # somebody else took of it meanwhile
                        raise

    def _room(self) -> int:
        room = os.statvfs(self.folder)
        return room.f_bavail * room.f_frsize

    def free(self) -> None:
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted at `folder` for the length of the block. Skips the test where it may not mount."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs mount, to make a small file system")
    if mounted.returncode:
        pytest.skip(f"may not mount a small file system here: {mounted.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
