"""A full disk: said so while it lasts, nothing acknowledged is lost, and over when it is over."""

from pathlib import Path

import pytest

from localytics.configuration import load
from localytics.errors import SetupError
from localytics.store import Store
from tests.eventually import eventually
from tests.faults.sender import load_on
from tests.faults.small_disk import small_disk
from tests.service import Service

ROUNDS = 5
SMALL_LOG = {"LOCALYTICS_STORE__CHECKPOINT_MB": "1"}


def test_disk_that_fills_up_again_and_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk:
        service = Service(disk.folder / "data", SMALL_LOG)
        service.log = tmp_path / "log"
        with service:
            process = service.pid
            with load_on(service) as load:
                for _ in range(ROUNDS):
                    load.until_acknowledged(10)
                    disk.fill(but=200_000)
                    refused = load.answered(503, 507) + 12
                    eventually(lambda: load.answered(503, 507) >= refused, "being refused", 60)  # noqa: B023
                    assert load.answered(0) == 0
                    answer = service.get("/healthz")
                    assert answer.status_code == 200
                    disk.free()
                    load.until_acknowledged(10)
                assert load.answered(507) > 0
            answer = service.post("/api/v1/events", json={"event_type": "last", "id": "x"})
            assert answer.json()["accepted"] == 1
            load.senders[0].acknowledged.append("x")
            assert service.pid == process
            load.assert_stored_once()


def test_full_disk_answers_in_the_contracts_shape(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        service = Service(disk.folder / "data", SMALL_LOG)
        service.log = tmp_path / "log"
        with service:
            disk.fill()
            event = {"event_type": "x", "id": "1", "metadata": {"text": "x" * 20_000}}
            answer = service.post("/api/v1/events", json=event)
            assert answer.status_code == 507
            assert answer.json()["error"]["code"] == "disk_full"
            assert str(disk.folder) not in answer.text
            ready = service.get("/readyz")
            assert ready.status_code == 503
            assert ready.json()["error"]["message"] == "The disk is full"
            disk.free()
            assert service.post("/api/v1/events", json=event).json()["accepted"] == 1
            assert service.post("/api/v1/events", json=event).json()["duplicates"] == 1
            assert service.answers()


def test_service_starts_on_a_full_disk_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    event = {"event_type": "x", "id": "2", "metadata": {"text": "x" * 20_000}}
    with small_disk(tmp_path / "disk", 16) as disk:
        service = Service(disk.folder / "data", SMALL_LOG)
        service.log = tmp_path / "log"
        with service:
            service.post("/api/v1/events", json={"event_type": "x", "id": "1"})
            disk.fill()
            assert service.stop() == 0
            service.spawn()
            eventually(service.answers, "a 200 on /readyz")
            assert service.get("/api/v1/status").json()["events"] == 1
            assert service.post("/api/v1/events", json=event).status_code == 507
            disk.free()
            assert service.post("/api/v1/events", json=event).json()["accepted"] == 1
        assert "Traceback" not in service.log.read_text("utf-8")


def test_new_store_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        disk.fill()
        settings = load(environ={}, overrides={"store": {"data_dir": str(disk.folder / "data")}})
        with pytest.raises(SetupError, match="No space left"):
            Store(settings).open()
        disk.free()
        with Store(settings) as store:
            assert store.writer.running


def test_service_is_ready_again_by_itself_once_there_is_room(tmp_path: Path) -> None:
    event = {"event_type": "x", "id": "1", "metadata": {"text": "x" * 20_000}}
    with small_disk(tmp_path / "disk", 16) as disk:
        service = Service(disk.folder / "data", SMALL_LOG)
        service.log = tmp_path / "log"
        with service:
            disk.fill()
            assert service.post("/api/v1/events", json=event).status_code == 507
            assert not service.answers()
            disk.free()
            eventually(service.answers, "a 200 on /readyz though nothing was sent")
