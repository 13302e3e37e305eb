"""Cursors: handed out clean, and what becomes of them while the file is opened anew."""

import contextlib
import threading
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from localytics.settings import Settings
from localytics.write.database import Database
from tests.eventually import eventually


def test_cursor_is_handed_out_without_the_last_ones_result(database: Database) -> None:
    with database.cursor() as cursor:
        cursor.execute("select * from range(10000)").fetchone()
    with database.cursor() as cursor:
        cursor.register("nothing", pa.table({"nothing": [None]}))
        assert cursor.execute("select count(*) from nothing").fetchall() == [(1,)]


def test_cursor_is_handed_out_without_the_last_ones_failed_transaction(database: Database) -> None:
    with contextlib.suppress(ZeroDivisionError), database.cursor() as cursor:
        cursor.begin()
        cursor.execute("create table numbers as select range as n from range(10)")
        cursor.execute("select * from range(10000)").fetchone()
        raise ZeroDivisionError
    with database.cursor() as cursor:
        cursor.begin()
        with pytest.raises(duckdb.CatalogException):
            cursor.execute("select * from numbers")
        cursor.rollback()


def test_reopening_interrupts_queries_and_waits_for_them(database: Database) -> None:
    begun, ended = threading.Event(), threading.Event()

    def endless() -> None:
        with contextlib.suppress(duckdb.InterruptException), database.cursor() as cursor:
            begun.set()
            cursor.execute("select sum(a.range * b.range) from range(1000000) a, range(1000000) b")
        ended.set()

    thread = threading.Thread(target=endless)
    thread.start()
    begun.wait(10)
    database.reopen()
    assert ended.wait(10)
    thread.join()
    with database.cursor() as cursor:
        assert cursor.execute("select 1").fetchall() == [(1,)]


def test_cursors_wait_while_the_file_is_opened_anew(database: Database) -> None:
    failures: list[Exception] = []
    asked = 0
    stop = threading.Event()

    def ask() -> None:
        nonlocal asked
        while not stop.is_set():
            try:
                with database.cursor() as cursor:
                    cursor.execute("select 1").fetchall()
                asked += 1
            except duckdb.InterruptException:
                continue
            except Exception as error:
                failures.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    for _ in range(5):
        seen = asked
        eventually(lambda: asked > seen, "a question between two reopenings")  # noqa: B023
        database.reopen()
    stop.set()
    thread.join()
    assert failures == []


def test_query_that_does_not_end_is_not_waited_for_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localytics.write.database._CLOSE_SECONDS", 0.2)
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with database.cursor():
            holding.set()
            release.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(10)
    with pytest.raises(duckdb.ConnectionException):
        database.reopen()
    release.set()
    thread.join()
    database.reopen()
    with database.cursor() as cursor:
        assert cursor.execute("select 1").fetchall() == [(1,)]


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.data_dir, settings.store)
    database.open()
    yield database
    database.close()
