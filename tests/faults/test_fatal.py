"""A FATAL error ends DuckDB's instance for every connection; the service opens a new one."""

import threading
from collections import Counter

import duckdb
import pytest

from localytics.errors import StorageFailed
from localytics.store import Store
from localytics.write.database import Database
from tests.conftest import Recorder
from tests.eventually import eventually

# Where a checkpoint can be made to fail for good, by DuckDB's own switch for testing it.
PLACES = ("before_truncate", "before_header", "after_free_list_write")
TIMES = 5
_COUNT = "select count(*) from events"


def kill_instance(database: Database, place: str = "before_header") -> None:
    """Cause a FATAL error, in this thread's cursor."""
    with database.cursor() as cursor:
        cursor.execute(f"set debug_checkpoint_abort = '{place}'")
        with pytest.raises(duckdb.FatalException):
            cursor.execute("checkpoint")


def test_ingest_and_reading_resume_after_each_of_many_fatal_errors(recorder: Recorder) -> None:
    store = recorder.store
    ended = threading.Event()
    counts: list[int] = []
    errors: Counter[type[Exception]] = Counter()
    readers = [
        threading.Thread(target=_read_on, args=(store, ended, counts, errors)) for _ in range(3)
    ]
    for reader in readers:
        reader.start()
    for number in range(TIMES):
        recorder.record({"event_type": "x", "id": f"{number} before"})
        kill_instance(store.database, PLACES[number % len(PLACES)])
        recorder.record({"event_type": "x", "id": f"{number} after"})
        seen = len(counts)
        eventually(lambda: len(counts) > seen, "readers being answered again")  # noqa: B023
    ended.set()
    for reader in readers:
        reader.join()
    assert set(errors) <= {StorageFailed}
    assert store.reader.figures(_COUNT) == (2 * TIMES,)
    assert store.writer.last_seq == 2 * TIMES


def test_readers_alone_make_the_store_come_back(recorder: Recorder) -> None:
    recorder.record({"event_type": "x", "id": "1"})
    kill_instance(recorder.store.database)
    with pytest.raises(StorageFailed):
        recorder.store.reader.figures(_COUNT)
    eventually(lambda: recorder.store.writer.running, "the writer to have mended it", 5)
    assert recorder.store.reader.figures(_COUNT) == (1,)


def _read_on(
    store: Store, ended: threading.Event, counts: list[int], errors: Counter[type[Exception]]
) -> None:
    while not ended.is_set():
        try:
            counts.append(store.reader.figures(_COUNT)[0])
        except Exception as error:
            errors[type(error)] += 1
