"""Damaged logs: the store opens with every commit before the damage, and says what is missing."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from localytics.configuration import load
from localytics.errors import SetupError
from localytics.event import Event
from localytics.settings import Settings
from localytics.store import Store
from localytics.write.database import FILE_NAME
from tests.faults.small_disk import small_disk
from tests.service import Service

COMMITS = 30
EVENTS = 40
WAL = f"{FILE_NAME}.wal"
# How DuckDB writes the end of a commit; that this stays so is part of what is tested here.
COMMIT_END = bytes.fromhex("0500000000000000e7fe7d722fed3d5e640064ffff")
_ROWS = "select * from events order by seq"

Rows = list[tuple[Any, ...]]


class Original(NamedTuple):
    """A store as kill -9 would leave it, all of its events still in the log."""

    database: bytes
    wal: bytes
    rows: Rows
    ends: list[int]  # where in the log each commit of events ends


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    folder = tmp_path_factory.mktemp("original")
    with Store(_settings(folder)) as store:
        before = (folder / WAL).read_bytes().count(COMMIT_END)
        for commit in range(COMMITS):
            store.record(
                [
                    Event(event_type="x", id=f"{commit}-{place}", metadata={"text": "word " * 20})
                    for place in range(EVENTS)
                ]
            )
        with store.database.cursor() as cursor:
            rows = cursor.execute(_ROWS).fetchall()
        wal = (folder / WAL).read_bytes()
        database = (folder / FILE_NAME).read_bytes()
    ends = [place + len(COMMIT_END) for place in _all(wal, COMMIT_END)]
    assert len(ends) == before + COMMITS
    return Original(database, wal, rows, ends[before:])


class Damage(NamedTuple):
    """The log as it was damaged, and the first byte that is not as it was."""

    wal: bytes
    start: int
    kept_aside: bool = True  # a log that ends inside a commit is how a crash leaves it


def _cut(original: Original, share: float) -> Damage:
    size = int(len(original.wal) * share)
    return Damage(original.wal[:size], size, kept_aside=False)


def _flip(original: Original, place: int, bit: int = 4) -> Damage:
    wal = bytearray(original.wal)
    wal[place] ^= 1 << bit
    return Damage(bytes(wal), place % len(wal))


def _zero(original: Original, place: int) -> Damage:
    wal = bytearray(original.wal)
    size = len(wal[place : place + 4096])
    wal[place : place + 4096] = bytes(size)
    return Damage(bytes(wal), place)


def _end_of(original: Original, commit: int) -> int:
    return original.ends[commit]


DAMAGES = {
    "cut in the middle": lambda o: _cut(o, 0.5),
    "cut near the start": lambda o: _cut(o, (_end_of(o, 0) + 5000) / len(o.wal)),
    "cut near the end": lambda o: _cut(o, 0.98),
    "the last byte cut": lambda o: Damage(o.wal[:-1], len(o.wal) - 1, kept_aside=False),
    "a bit of the middle": lambda o: _flip(o, len(o.wal) // 2),
    "a bit of the first commit": lambda o: _flip(o, _end_of(o, 0) - 500),
    "a bit of the last commit": lambda o: _flip(o, len(o.wal) - 500),
    "a bit of a length": lambda o: _flip(o, _end_of(o, 9), bit=7),
    "a high bit of a length": lambda o: _flip(o, _end_of(o, 19) + 5),
    "a bit of a checksum": lambda o: _flip(o, _end_of(o, 14) + 9),
    "a bit of a commit's end": lambda o: _flip(o, _end_of(o, 4) - 1),
    "the first byte": lambda o: _flip(o, 0),
    "the version": lambda o: _flip(o, 5),
    "the database's name": lambda o: _flip(o, 9),
    "a page of zeros at the start": lambda o: _zero(o, 0),
    "a page of zeros in the middle": lambda o: _zero(o, len(o.wal) // 8192 * 4096),
    "a page of zeros at the end": lambda o: _zero(o, len(o.wal) - 4096),
    "two places": lambda o: Damage(
        _flip(o._replace(wal=_flip(o, _end_of(o, 20) + 5).wal), _end_of(o, 10) + 200).wal,
        _end_of(o, 10) + 200,
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_log_keeps_what_came_before_the_damage(
    name: str, original: Original, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damage = DAMAGES[name](original)
    _lay_out(tmp_path, original.database, damage.wal)
    expected = [end for end in original.ends if end <= damage.start]

    with Store(_settings(tmp_path)) as store:
        told = store.database.recovered
        rows = _rows(store)
        assert rows == original.rows[: len(expected) * EVENTS]
        outcome = store.record([Event(event_type="x", id="after")])
        assert outcome.accepted == 1
        assert store.writer.last_seq == len(rows) + 1

    assert told is not None
    assert told in caplog.text
    aside = list(tmp_path.glob("damaged-*"))
    if damage.kept_aside:
        assert [folder.name for folder in aside] == [told.split()[-1]]
        assert (aside[0] / WAL).read_bytes() == damage.wal
        assert (aside[0] / FILE_NAME).read_bytes() == original.database
        assert "could not be read" in told
    else:
        assert aside == []
        assert f"{len(damage.wal) - expected[-1]:,} bytes were left out" in told

    with Store(_settings(tmp_path)) as store:
        assert store.database.recovered is None
        assert len(_rows(store)) == len(rows) + 1


def test_lost_commits_are_counted(original: Original, tmp_path: Path) -> None:
    place = _end_of(original, 24) + 200
    _lay_out(tmp_path, original.database, _flip(original, place).wal)
    with Store(_settings(tmp_path)) as store:
        assert store.database.recovered is not None
        assert f"at least {COMMITS - 25} commits" in store.database.recovered


def test_bits_flipped_anywhere_cost_nothing_that_came_before(
    original: Original, tmp_path: Path
) -> None:
    chance = random.Random(9)
    for number in range(20):
        folder = tmp_path / str(number)
        place = chance.randrange(64, len(original.wal))  # in the head some bits mean nothing
        _lay_out(folder, original.database, _flip(original, place, chance.randrange(8)).wal)
        with Store(_settings(folder)) as store:
            kept = sum(end <= place for end in original.ends)
            assert _rows(store) == original.rows[: kept * EVENTS], place


def test_intact_log_is_nothing_to_report(original: Original, tmp_path: Path) -> None:
    _lay_out(tmp_path, original.database, original.wal)
    with Store(_settings(tmp_path)) as store:
        assert store.database.recovered is None
        assert _rows(store) == original.rows
    assert list(tmp_path.glob("damaged-*")) == []


def test_log_is_not_cut_while_another_process_writes_it(
    original: Original, tmp_path: Path, owned_elsewhere: None
) -> None:
    damaged = _flip(original, _end_of(original, 19) + 5).wal
    (tmp_path / "data" / WAL).write_bytes(damaged)
    with pytest.raises(SetupError, match="Another process"):
        Store(_settings(tmp_path / "data")).open()
    assert (tmp_path / "data" / WAL).read_bytes() == damaged


@pytest.fixture
def owned_elsewhere(tmp_path: Path) -> Iterator[None]:
    """A process that has the store in tmp_path/data open."""
    folder = tmp_path / "data"
    folder.mkdir()
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True)"
    script += "; sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder / FILE_NAME)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.kill()


def test_no_room_to_set_the_files_aside_leaves_them_alone(
    original: Original, tmp_path: Path
) -> None:
    damaged = _flip(original, len(original.wal) // 2).wal
    with small_disk(tmp_path / "disk", 2) as disk:
        folder = disk.folder / "data"
        _lay_out(folder, original.database, damaged)
        disk.fill()
        with pytest.raises(SetupError, match="No space left"):
            Store(_settings(folder)).open()
        assert (folder / WAL).read_bytes() == damaged
        assert list(folder.glob("damaged-*")) == []
        disk.free()
        with Store(_settings(folder)) as store:
            assert store.database.recovered is not None


def test_log_of_another_database_is_set_aside(original: Original, tmp_path: Path) -> None:
    with Store(_settings(tmp_path)):
        pass
    (tmp_path / WAL).write_bytes(original.wal)
    with Store(_settings(tmp_path)) as store:
        assert store.database.recovered is not None
        assert _rows(store) == []
    (aside,) = tmp_path.glob("damaged-*")
    assert (aside / WAL).read_bytes() == original.wal


def test_service_starts_on_a_damaged_log_and_says_what_is_missing(service: Service) -> None:
    for number in range(5):
        service.post("/api/v1/events", json={"event_type": "x", "id": str(number)})
    assert service.get("/api/v1/status").json()["recovered"] is None
    service.kill()
    wal = bytearray((service.folder / WAL).read_bytes())
    wal[-100] ^= 1
    (service.folder / WAL).write_bytes(wal)
    service.start()
    status = service.get("/api/v1/status").json()
    assert (status["events"], status["last_seq"]) == (4, 4)
    assert status["recovered"].startswith("The log was damaged: the last ")
    assert status["recovered"] in service.log.read_text("utf-8")
    assert str(service.folder) not in status["recovered"]
    again = service.post("/api/v1/events", json={"event_type": "x", "id": "4"}).json()
    assert again["accepted"] == 1


def _settings(folder: Path) -> Settings:
    return load(environ={}, overrides={"store": {"data_dir": str(folder)}})


def _lay_out(folder: Path, database: bytes, wal: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_bytes(database)
    (folder / WAL).write_bytes(wal)


def _rows(store: Store) -> Rows:
    with store.database.cursor() as cursor:
        return cursor.execute(_ROWS).fetchall()


def _all(text: bytes, part: bytes) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)
