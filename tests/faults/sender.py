"""Sender: a client as it should be: it sends again whatever was not acknowledged."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import duckdb

from tests.eventually import eventually
from tests.service import Service

PATIENCE_SECONDS = 60.0
_AGAIN = {503, 507}

Make = Callable[[str], list[dict[str, Any]]]


def timed_batch(prefix: str) -> list[dict[str, Any]]:
    """Events that carry when they happened."""
    return [_event(f"{prefix}-{place}", timed=True) for place in range(50)]


def untimed_batch(prefix: str) -> list[dict[str, Any]]:
    """Events that happen when they arrive."""
    return [_event(f"{prefix}-{place}", timed=False) for place in range(20)]


def timed_single(prefix: str) -> list[dict[str, Any]]:
    """One event with a time."""
    return [_event(prefix, timed=True)]


def untimed_single(prefix: str) -> list[dict[str, Any]]:
    """One event without a time."""
    return [_event(prefix, timed=False)]


KINDS: tuple[Make, ...] = (timed_batch, untimed_batch, timed_single, untimed_single)
CROWD: tuple[Make, ...] = (timed_single,) * 6  # whose events all take the way of the inbox


def _event(name: str, *, timed: bool) -> dict[str, Any]:
    event: dict[str, Any] = {"event_type": "message.sent", "id": name, "user_id": "ada"}
    event["metadata"] = {"text": name * 8}
    if timed:
        event["timestamp"] = datetime.now(UTC).isoformat()
    return event


class Sender(threading.Thread):
    """Sends what `make` makes, one request after another, until told to `finish`.

    `answers` counts the status codes, 0 where the connection broke.
    """

    def __init__(self, service: Service, make: Make, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.acknowledged: list[str] = []
        self.answers: Counter[int] = Counter()
        self.failed: str | None = None
        self._service = service
        self._make = make
        self._finish = threading.Event()
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        number = 0
        while not self._finish.is_set() and self.failed is None:
            self._deliver(self._make(f"{self.name}-{number}"))
            number += 1
        if self._connection is not None:
            self._connection.close()

    def finish(self) -> None:
        """Send nothing new, and wait until all that was sent is acknowledged."""
        self._finish.set()
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), f"{self.name} was never answered: {self.answers}"
        assert self.failed is None, self.failed

    def _deliver(self, events: list[dict[str, Any]]) -> None:
        body = json.dumps(events).encode()
        pause = threading.Event()
        while self.failed is None:
            status, answer = self._post(body)
            self.answers[status] += 1
            if status == 200:
                counts = json.loads(answer)
                if counts["accepted"] + counts["duplicates"] != len(events):
                    self.failed = f"not all of {len(events)} were taken: {answer!r}"
                self.acknowledged += [event["id"] for event in events]
                return
            if status not in {0, *_AGAIN}:
                self.failed = f"answered {status}: {answer!r}"
            pause.wait(0.01)

    def _post(self, body: bytes) -> tuple[int, bytes]:
        address = urlsplit(self._service.url)
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection(
                    address.hostname or "", address.port, timeout=PATIENCE_SECONDS
                )
            headers = {"content-type": "application/json"}
            self._connection.request("POST", "/api/v1/events", body=body, headers=headers)
            response = self._connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return 0, b""


class Load:
    """Senders of all `kinds` at once; entered it sends, left it has been answered."""

    def __init__(self, service: Service, kinds: tuple[Make, ...]) -> None:
        self.service = service
        self.senders = [
            Sender(service, make, f"{make.__name__} {number}") for number, make in enumerate(kinds)
        ]

    @property
    def acknowledged(self) -> int:
        """Requests that were answered with a 200."""
        return self.answered(200)

    def answered(self, *statuses: int) -> int:
        """Requests that were answered with one of `statuses`."""
        return sum(sender.answers[status] for sender in self.senders for status in statuses)

    def until_acknowledged(self, more: int) -> None:
        """Wait until `more` requests have been answered with a 200."""
        goal = self.acknowledged + more
        eventually(
            lambda: self.acknowledged >= goal or any(sender.failed for sender in self.senders),
            f"{more} more acknowledgements; {[dict(one.answers) for one in self.senders]}",
            PATIENCE_SECONDS,
        )
        assert [one.failed for one in self.senders if one.failed] == []

    def assert_stored_once(self) -> int:
        """Stop the service; every acknowledged event is in its file once, and nothing else is.

        Returns how many there are.
        """
        assert self.service.stop() == 0
        acknowledged = [name for sender in self.senders for name in sender.acknowledged]
        with duckdb.connect(self.service.file, read_only=True) as connection:
            stored = connection.execute("select seq, id from events order by seq").fetchall()
        assert sorted(name for _, name in stored) == sorted(acknowledged)
        assert [seq for seq, _ in stored] == list(range(1, len(stored) + 1))
        return len(stored)


@contextmanager
def load_on(service: Service, kinds: tuple[Make, ...] = KINDS) -> Iterator[Load]:
    """Senders of all kinds, sending for the length of the block and answered at its end."""
    load = Load(service, kinds)
    for sender in load.senders:
        sender.start()
    try:
        yield load
    except BaseException:
        for sender in load.senders:
            sender.failed = sender.failed or "the test ended"
        raise
    for sender in load.senders:
        sender.finish()
