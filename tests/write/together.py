"""Batches of several callers that the writer finds waiting at once, as under load."""

from queue import SimpleQueue
from threading import Event as Gate
from typing import Any

import duckdb

from localytics.event import Event
from localytics.sink import Outcome
from localytics.store import Store
from localytics.write.batch import Batch


def send_together(store: Store, *batches: list[Event]) -> list[Outcome]:
    """What each caller hears."""
    begun, ended = Gate(), Gate()

    def hold(_: duckdb.DuckDBPyConnection) -> int:
        begun.set()
        return int(ended.wait(60))

    held = store.writer.change(hold)
    begun.wait(10)
    answers: list[SimpleQueue[Any]] = [SimpleQueue() for _ in batches]
    for events, answer in zip(batches, answers, strict=True):
        store.writer.submit(Batch(events, 1, answer.put))
    ended.set()
    held.result(10)
    return [answer.get(timeout=30) for answer in answers]
