"""More than can be written: said so at once, and nothing is lost that is sent again."""

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.faults.strace import tampered
from tests.service import Service

CLIENTS = 16
REQUESTS = 3
EVENTS = 20


class Client(threading.Thread):
    """Sends large batches, each again until it is taken."""

    def __init__(self, service: Service, number: int) -> None:
        super().__init__()
        self.answers: Counter[int] = Counter()
        self.refusals: list[httpx.Response] = []
        self.error: Exception | None = None
        self._service = service
        self._number = number

    def run(self) -> None:
        try:
            for request in range(REQUESTS):
                self._deliver(self._batch(request))
        except Exception as error:
            self.error = error

    def _batch(self, request: int) -> list[dict[str, Any]]:
        return [
            {
                "event_type": "x",
                "id": f"{self._number}-{request}-{event}",
                "metadata": {"text": "x" * 20_000},
            }
            for event in range(EVENTS)
        ]

    def _deliver(self, events: list[dict[str, Any]]) -> None:
        body = json.dumps(events)
        headers = {"content-type": "application/json"}
        pause = threading.Event()
        while True:
            answer = self._service.post("/api/v1/events", content=body, headers=headers)
            self.answers[answer.status_code] += 1
            if answer.status_code == 200:
                assert answer.json()["accepted"] == EVENTS
                return
            self.refusals.append(answer)
            pause.wait(0.05)


def test_full_queue_is_a_503_and_nothing_is_lost(tmp_path: Path) -> None:
    with Service(tmp_path / "data", {"LOCALYTICS_INGEST__QUEUE_MB": "1"}) as service:
        clients = [Client(service, number) for number in range(CLIENTS)]
        with tampered(service, "fdatasync", "delay_enter=150000") as slow:
            for client in clients:
                client.start()
            for client in clients:
                client.join()
            assert slow()
        assert [client.error for client in clients if client.error] == []
        refusals = [refusal for client in clients for refusal in client.refusals]
        assert refusals
        for refusal in refusals:
            assert refusal.status_code == 503
            assert refusal.headers["retry-after"] == "1"
            error = refusal.json()["error"]
            assert error["code"] == "busy"
            assert set(error) == {"code", "message", "hint", "field"}
        status = service.get("/api/v1/status").json()
        assert status["events"] == CLIENTS * REQUESTS * EVENTS
        assert status["last_seq"] == status["events"]
        assert status["queue_bytes"] == 0
