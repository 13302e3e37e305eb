"""The schema's steps: numbered without gaps, shipped, and each applied once whatever happens."""

import re
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from localytics.errors import SetupError
from localytics.event import Event
from localytics.settings import Settings
from localytics.store import Store
from localytics.write import migrations
from localytics.write.database import FILE_NAME
from localytics.write.migrations import Migration

FOLDER = Path(migrations.__file__).parent


def test_steps_are_numbered_from_one_without_gaps() -> None:
    steps = migrations.migrations()
    assert [step.version for step in steps] == list(range(1, len(steps) + 1))


def test_every_file_is_a_step_and_every_step_is_shipped() -> None:
    names = sorted(file.name for file in FOLDER.glob("*.sql"))
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.sql", name) for name in names)
    assert [f"{step.version:04}_{step.name}.sql" for step in migrations.migrations()] == names
    shipped = {file.name for file in files("localytics.write.migrations").iterdir()}
    assert set(names) <= shipped


def test_store_of_the_first_schema_opens_and_is_brought_up_to_date(settings: Settings) -> None:
    first = (FOLDER / "0001_events.sql").read_text("utf-8")
    settings.data_dir.mkdir()
    with duckdb.connect(settings.data_dir / FILE_NAME) as connection:
        connection.execute("create table schema_steps (version integer, name varchar)")
        connection.execute(first)
        connection.execute("insert into schema_steps values (1, 'events')")
        connection.execute(
            "insert into events by name select 1 as seq, 'a' as id, 'x' as event_type,"
            " timestamp '2026-01-01' as timestamp, 'sent' as timestamp_basis,"
            " now()::timestamp as received_at, false as is_error"
        )
    with Store(settings) as store:
        again = Event(event_type="x", id="a", timestamp=1_767_225_600_000)
        assert store.record([again, Event(event_type="x")]).duplicates == 1
        assert store.writer.last_seq == 2
        assert _steps(store) == [step.version for step in migrations.migrations()]


def test_what_a_messenger_sent_before_it_was_known_is_counted(settings: Settings) -> None:
    settings.data_dir.mkdir()
    with duckdb.connect(settings.data_dir / FILE_NAME) as connection:
        connection.execute("create table schema_steps (version integer, name varchar)")
        for step in migrations.migrations()[:2]:
            connection.execute(step.sql)
            connection.execute("insert into schema_steps values (?, ?)", [step.version, step.name])
        for number, (kind, said) in enumerate(
            [
                ("message.sent", """{"message_id": 7, "username": "Ada", "title": true}"""),
                ("message.sent", "{}"),
                ("message.deleted", """{"message_id": "7"}"""),
            ]
        ):
            connection.execute(
                "insert into events by name select $number as seq, 'e' || $number as id,"
                " $kind as event_type, timestamp '2026-01-01' as timestamp, 'c' as conversation_id,"
                " 'sent' as timestamp_basis, now()::timestamp as received_at, false as is_error,"
                " $said as metadata",
                {"number": number + 1, "kind": kind, "said": said},
            )
    with Store(settings) as store:
        told = "select message_id, username, title from events order by seq"
        assert store.reader.rows(told) == [
            ("7", "Ada", None),
            ("e2", None, None),
            ("7", None, None),
        ]


def test_step_that_fails_is_undone_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = migrations.migrations()
    failing = Migration(len(steps) + 1, "failing", "create table half (n int); select 1 / 'x'")
    monkeypatch.setattr(migrations, "migrations", lambda: [*steps, failing])
    with pytest.raises(SetupError):
        Store(settings).open()
    monkeypatch.undo()
    with Store(settings) as store:
        assert _steps(store) == [step.version for step in steps]
        tables = "select count(*) from duckdb_tables() where table_name = 'half'"
        assert store.reader.figures(tables) == (0,)


def test_store_of_a_newer_release_is_left_alone(settings: Settings) -> None:
    with Store(settings) as store, store.database.cursor() as cursor:
        cursor.execute("insert into schema_steps values (999, 'later')")
    with pytest.raises(SetupError, match="newer release"):
        Store(settings).open()


def _steps(store: Store) -> list[int]:
    with store.database.cursor() as cursor:
        found = cursor.execute("select version from schema_steps order by 1").fetchall()
    return [version for (version,) in found]
