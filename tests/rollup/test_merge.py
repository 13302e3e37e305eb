"""Merge: rows of rollups are joined, and so is where they lie on disk; no figure changes by it."""

from datetime import datetime, timedelta
from threading import Event, Thread

from localytics.rollup.days import Days
from localytics.rollup.rollups import TABLES
from tests.conftest import Recorder

_GROUPS = "select count(distinct row_group_id) from pragma_storage_info($table)"
_JUNE = datetime(2026, 6, 1)  # noqa: DTZ001  (without a zone, as in the store)


def row_groups(recorder: Recorder, table: str) -> int:
    with recorder.store.database.cursor() as cursor:
        return int(cursor.execute(_GROUPS, {"table": table}).fetchall()[0][0])


def record_a_day(recorder: Recorder, number: int) -> None:
    """A day of its own, with rows of every rollup."""
    recorder.record(
        *(
            {
                "event_type": kind,
                "timestamp": f"2026-06-{number + 1:02}T12:00:00Z",
                "user_id": f"u{number % 3}",
                "session_id": f"s{number // 2}",
                "project_id": "p",
                "model": "m",
                "duration_ms": number + 1,
                "conversation_id": "c",
                "message_id": f"m{number}",
                "category": "visits",
                "value": number,
                "metadata": {"username": "Ada", "title": "Talk", "conversation_type": "group"},
            }
            for kind in (
                "message.sent",
                "message.edited",
                "message.deleted",
                "message.read",
                "conversation.created",
                "conversation.joined",
                "conversation.left",
                "metric.recorded",
            )
        )
    )
    recorder.store.rolling.roll_up()


def record_a_day_and_merge(recorder: Recorder, number: int) -> None:
    """The same in row groups of its own."""
    record_a_day(recorder, number)
    recorder.store.rolling.merge()
    with recorder.store.database.cursor() as cursor:
        cursor.execute("checkpoint")


def test_tables_are_packed_while_events_are_written(recorder: Recorder) -> None:
    for number in range(3):
        record_a_day_and_merge(recorder, number)
    begun, merged = Event(), Event()

    def write() -> None:
        with recorder.store.database.cursor() as cursor:
            cursor.begin()
            cursor.execute("update store_facts set value = value")
            begun.set()
            merged.wait(60)
            cursor.rollback()

    writing = Thread(target=write)
    writing.start()
    begun.wait(60)
    try:
        record_a_day(recorder, 3)
        recorder.store.rolling.merge()
    finally:
        merged.set()
        writing.join()
    recorder.store.rolling.merge()
    assert recorder.store.rolling.audit(Days(_JUNE, _JUNE + timedelta(days=8))) == {}


def test_tables_are_packed_once_they_are_scattered(recorder: Recorder) -> None:
    for number, groups in enumerate((1, 2, 3, 1, 2, 3, 1, 2)):
        record_a_day_and_merge(recorder, number)
        assert {table: row_groups(recorder, table) for table in TABLES} == dict.fromkeys(
            TABLES, groups
        )
    assert recorder.store.rolling.audit(Days(_JUNE, _JUNE + timedelta(days=8))) == {}
