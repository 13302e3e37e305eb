"""System calls on the store's own files that fail, by strace: what fails is not acknowledged."""

from pathlib import Path

import httpx
import pytest

from tests.eventually import eventually
from tests.faults.sender import load_on
from tests.faults.strace import tampered
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


def test_every_acknowledged_event_is_there_once_after_errors_of_the_disk(tmp_path: Path) -> None:
    with Service(tmp_path / "data", {"LOCALYTICS_STORE__CHECKPOINT_MB": "1"}) as service:
        process = service.pid
        with load_on(service) as load:
            for call, error, when in POINTS:
                with tampered(service, call, f"error={error}:when={when}") as hit:
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
    with tampered(service, call, f"error={error}:when=1+") as hit:
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
