"""System calls on the store's own files made to fail or to take long, by strace."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.eventually import eventually
from tests.service import Service


@contextmanager
def tampered(service: Service, call: str, tampering: str) -> Iterator[Callable[[], bool]]:
    """Tamper with `call` for the length of the block, as strace's `inject` puts it.

    The block is handed a function that says whether that has happened yet. Skips the test where
    there is no strace, or where it may not trace.
    """
    if shutil.which("strace") is None:
        pytest.skip("needs strace, to tamper with system calls")
    calls, said = service.folder.with_name("calls"), service.folder.with_name("said")
    command = ["strace", "-f", "-p", str(service.pid), "-o", str(calls)]
    command += ["-P", str(service.file), "-P", f"{service.file}.wal", "-e", f"trace={call}"]
    with said.open("wb") as output:
        strace = subprocess.Popen([*command, "-e", f"inject={call}:{tampering}"], stderr=output)
    try:
        eventually(lambda: b"attached" in said.read_bytes() or strace.poll() is not None, "strace")
        if strace.poll() is not None:
            pytest.skip(f"may not trace a process here: {said.read_text('utf-8')}")
        yield lambda: any(sign in calls.read_bytes() for sign in (b"(INJECTED)", b"(DELAYED)"))
    finally:
        strace.terminate()
        strace.wait(timeout=30)
