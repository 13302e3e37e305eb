"""The writer: whatever is handed in is answered, and what is acknowledged is stored."""

import asyncio
import contextlib
import threading
from collections import Counter
from concurrent.futures import Future
from decimal import Decimal
from queue import SimpleQueue
from typing import Any

import duckdb
import pytest

from localytics.answers import Answers
from localytics.configuration import load
from localytics.errors import Busy, LocalyticsError, NotReady, StorageFailed
from localytics.event import Event
from localytics.settings import Settings
from localytics.sink import Outcome
from localytics.store import Store
from localytics.write.batch import Batch
from tests.conftest import Recorder
from tests.eventually import eventually

_COUNT = "select count(*) from events"


class Hold:
    """Keeps the writer busy from when it is entered until it is left."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._begun, self._ended = threading.Event(), threading.Event()

    def __enter__(self) -> None:
        self.done: Future[int] = self._store.writer.change(self._wait)
        assert self._begun.wait(10)

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.done.result(10)

    def _wait(self, _: duckdb.DuckDBPyConnection) -> int:
        self._begun.set()
        return int(self._ended.wait(60))


def test_batches_that_wait_are_written_together_in_their_order(recorder: Recorder) -> None:
    answers: SimpleQueue[Any] = SimpleQueue()
    with Hold(recorder.store):
        for number in range(5):
            events = [Event(event_type="x", id=f"{number}-{place}") for place in range(3)]
            recorder.store.writer.submit(Batch(events, 1, answers.put))
    assert [answers.get(timeout=10) for _ in range(5)] == [Outcome(accepted=3)] * 5
    with recorder.store.database.cursor() as cursor:
        stored = cursor.execute("select id from events order by seq").fetchall()
    assert [name for (name,) in stored] == [f"{n}-{p}" for n in range(5) for p in range(3)]


def test_durations_are_stored_to_the_digit_however_long(recorder: Recorder) -> None:
    durations = [0.1, 1e9, 979433456275, 9007199254.740993, 999999999999.9999]
    recorder.record(*({"event_type": "x", "duration_ms": one} for one in durations))
    with recorder.store.database.cursor() as cursor:
        stored = cursor.execute("select duration_ms from events order by seq").fetchall()
    assert [exact for (exact,) in stored] == [Decimal(str(one)) for one in durations]


def test_every_batch_is_answered_when_the_writer_stops_under_it(settings: Settings) -> None:
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()
    store = Store(settings)
    store.open()
    started = threading.Barrier(9)

    def send(sender: int) -> None:
        started.wait(10)
        for number in range(200):
            try:
                store.record([Event(event_type="x", id=f"{sender}-{number}")])
                name = "stored"
            except NotReady:
                name = "refused"
            with lock:
                outcomes[name] += 1

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(8)]
    for sender in senders:
        sender.start()
    started.wait(10)
    store.writer.stop()
    for sender in senders:
        sender.join(30)
        assert not sender.is_alive()
    store.close()
    assert outcomes["stored"] + outcomes["refused"] == 8 * 200
    assert outcomes["refused"] > 0
    with Store(settings) as again:
        assert again.reader.figures(_COUNT) == (outcomes["stored"],)


def test_what_waits_when_the_writer_is_stopped_is_still_written(settings: Settings) -> None:
    answers: SimpleQueue[Any] = SimpleQueue()
    with Store(settings) as store:
        with Hold(store):
            for number in range(10):
                event = Event(event_type="x", id=str(number))
                store.writer.submit(Batch([event], 1, answers.put))
            stopping = threading.Thread(target=store.writer.stop)
            stopping.start()
        stopping.join(10)
        assert [answers.get(timeout=0) for _ in range(10)] == [Outcome(accepted=1)] * 10
        with pytest.raises(NotReady):
            store.writer.submit(Batch([], 1, answers.put))
        with pytest.raises(NotReady):
            store.writer.change(lambda _: 0)


def test_queue_is_bounded_in_bytes_but_takes_any_one_batch(settings: Settings) -> None:
    small = load(
        environ={},
        overrides={"store": {"data_dir": str(settings.data_dir)}, "ingest": {"queue_mb": 1}},
    )
    answers: SimpleQueue[Any] = SimpleQueue()
    size = 3 * 1024 * 1024
    with Store(small) as store:
        with Hold(store):
            store.writer.submit(Batch([Event(event_type="x")], size, answers.put))
            assert store.writer.waiting_bytes == size
            with pytest.raises(Busy):
                store.writer.submit(Batch([Event(event_type="x")], 1, answers.put))
        assert answers.get(timeout=10) == Outcome(accepted=1)
        assert store.writer.waiting_bytes == 0
        store.writer.submit(Batch([Event(event_type="x")], 1, answers.put))
        assert answers.get(timeout=10) == Outcome(accepted=1)


def test_change_that_fails_changes_nothing(recorder: Recorder) -> None:
    recorder.record({"event_type": "x", "id": "1"})

    def change(cursor: duckdb.DuckDBPyConnection) -> int:
        cursor.execute("delete from events")
        cursor.execute("select * from nowhere")
        return 1

    with pytest.raises(StorageFailed):
        recorder.store.writer.change(change).result(10)
    assert recorder.store.reader.figures(_COUNT) == (1,)
    assert recorder.record({"event_type": "x", "id": "2"}).accepted == 1


@pytest.mark.parametrize("error", [NotReady("later"), ZeroDivisionError("?")], ids=type)
def test_change_that_raises_is_undone_and_the_writer_lives(
    recorder: Recorder, error: Exception
) -> None:
    recorder.record({"event_type": "x", "id": "1"})

    def change(cursor: duckdb.DuckDBPyConnection) -> int:
        cursor.execute("delete from events")
        raise error

    with pytest.raises(LocalyticsError) as caught:
        recorder.store.writer.change(change).result(10)
    assert caught.value is error or isinstance(caught.value, StorageFailed)
    assert recorder.store.reader.figures(_COUNT) == (1,)
    assert recorder.store.writer.running


def test_numbers_are_not_used_twice_when_the_last_events_are_erased(settings: Settings) -> None:
    def erase(cursor: duckdb.DuckDBPyConnection) -> int:
        return int(cursor.execute("delete from events where seq > 5").fetchall()[0][0])

    with Store(settings) as store:
        store.record([Event(event_type="x") for _ in range(10)])
        assert store.writer.change(erase).result(10) == 5
    with Store(settings) as store:
        assert store.writer.last_seq == 10
        store.record([Event(event_type="x")])
        assert store.reader.figures("select max(seq), count(*) from events") == (11, 6)


def test_request_that_was_given_up_does_not_stop_the_writer(recorder: Recorder) -> None:
    async def give_up() -> None:
        loop, answers = asyncio.get_running_loop(), Answers()
        left, waiting = loop.create_future(), loop.create_future()
        left.cancel()
        answers.tell(left, Outcome(accepted=1))
        answers.tell(left, StorageFailed("no"))
        answers.tell(waiting, Outcome(accepted=2))
        assert await waiting == Outcome(accepted=2)

    asyncio.run(give_up())
    assert recorder.record({"event_type": "x"}).accepted == 1


def test_group_that_finds_no_memory_is_written_once_there_is_some(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    small = load(
        environ={},
        overrides={"store": {"data_dir": str(settings.data_dir), "memory_mb": 256}},
    )
    hogging, enough = threading.Event(), threading.Event()

    def hog(store: Store) -> None:
        # The last statement is interrupted where it was a COMMIT that found no memory: then the
        # store is opened anew.
        with contextlib.suppress(duckdb.InterruptException), store.database.cursor() as cursor:
            cursor.execute("set max_temp_directory_size = '0MB'")
            cursor.execute("create temp table hoard (number bigint)")
            # Out of memory, or where that is found out at its commit, a transaction that failed.
            with contextlib.suppress(duckdb.OutOfMemoryException, duckdb.TransactionException):
                while True:
                    cursor.execute("insert into hoard select hash(range) // 2 from range(100000)")
            hogging.set()
            enough.wait(60)
            cursor.execute("drop table hoard")

    with Store(small) as store:
        thread = threading.Thread(target=hog, args=(store,))
        thread.start()
        assert hogging.wait(60)
        answers: SimpleQueue[Any] = SimpleQueue()
        events = [Event(event_type="x", metadata={"text": "x" * 9000}) for _ in range(500)]
        store.writer.submit(Batch(events, 1, answers.put))
        eventually(lambda: caplog.records, "memory to run out")
        assert any(sign in caplog.text for sign in ("Out of Memory", "failed to offload"))
        enough.set()
        assert answers.get(timeout=30) == Outcome(accepted=500)
        thread.join()
        assert store.reader.figures(_COUNT) == (500,)
        assert store.writer.running
