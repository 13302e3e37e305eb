"""System calls on the store's own files that fail, by strace: what fails is not acknowledged."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.eventually import eventually
from tests.faults.sender import load_on
from tests.service import Service

# On the log or the database; the number says which call in a row fails, `+` that all do from there.
POINTS = (
    ("write", "EIO", "3"),
    ("write", "ENOSPC", "8+9"),
    ("fdatasync", "EIO", "2"),
    ("fdatasync", "EIO", "5+7"),
    ("pwrite64", "EIO", "1"),
    ("pwrite64", "ENOSPC", "2"),
    ("unlink", "EIO", "1"),
    ("openat", "EMFILE", "2"),
)
POINTS_THAT_LAST = (("write", "EIO"), ("write", "ENOSPC"), ("fdatasync", "EIO"))


@contextmanager
def injected(service: Service, call: str, error: str, when: str) -> Iterator[Callable[[], bool]]:
    """Let `call` fail on the files of the store for the length of the block, which is handed a
    function that says whether it has.
    """
    if shutil.which("strace") is None:
        pytest.skip("needs strace, to make system calls fail")
    calls, said = service.folder.with_name("calls"), service.folder.with_name("said")
    command = ["strace", "-f", "-p", str(service.pid), "-o", str(calls)]
    command += ["-P", str(service.file), "-P", f"{service.file}.wal", "-e", f"trace={call}"]
    with said.open("wb") as output:
        strace = subprocess.Popen(
            [*command, "-e", f"inject={call}:error={error}:when={when}"], stderr=output
        )
    try:
        eventually(lambda: b"attached" in said.read_bytes() or strace.poll() is not None, "strace")
        if strace.poll() is not None:
            pytest.skip(f"may not trace a process here: {said.read_text('utf-8')}")
        yield lambda: b"(INJECTED)" in calls.read_bytes()
    finally:
        strace.terminate()
        strace.wait(timeout=30)


@pytest.mark.timeout(180)
def test_every_acknowledged_event_is_there_once_after_errors_of_the_disk(tmp_path: Path) -> None:
    with Service(tmp_path / "data", {"LOCALYTICS_STORE__CHECKPOINT_MB": "1"}) as service:
        process = service.pid
        with load_on(service) as load:
            for call, error, when in POINTS:
                with injected(service, call, error, when) as hit:
                    eventually(hit, f"{call} being called and failing", 60)
                    load.until_acknowledged(10)
            assert load.answered(0) == 0
            assert service.pid == process
        load.assert_stored_once()


@pytest.mark.parametrize(("call", "error"), POINTS_THAT_LAST)
def test_nothing_is_acknowledged_while_no_commit_succeeds(
    service: Service, call: str, error: str
) -> None:
    event = {"event_type": "x", "id": "before"}
    assert service.post("/api/v1/events", json=event).status_code == 200
    with injected(service, call, error, "1+") as hit:
        answers = [
            service.post("/api/v1/events", json={"event_type": "x", "id": f"{number}"})
            for number in range(4)
        ]
        expected = 507 if error == "ENOSPC" else 503
        assert [answer.status_code for answer in answers] == [expected] * 4
        assert hit()
        assert service.get("/healthz").status_code == 200
    eventually(service.answers, "recovery without a restart")
    for number in range(4):
        again: httpx.Response = service.post(
            "/api/v1/events", json={"event_type": "x", "id": f"{number}"}
        )
        assert again.status_code == 200
    status = service.get("/api/v1/status").json()
    assert (status["events"], status["last_seq"]) == (5, 5)
