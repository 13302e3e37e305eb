"""The file and the folder it lives in: what can be opened, and what is said where it can't."""

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from localytics.configuration import load
from localytics.errors import LocalyticsError, SetupError
from localytics.event import Event
from localytics.settings import Settings
from localytics.store import Store
from localytics.write.database import FILE_NAME
from tests.faults.small_disk import small_disk
from tests.service import Service


def opening(folder: Path) -> SetupError:
    """The error of opening the store in `folder`."""
    with pytest.raises(SetupError) as caught:
        Store(settings_of(folder)).open()
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


def settings_of(folder: Path) -> Settings:
    return load(environ={}, overrides={"store": {"data_dir": str(folder)}})


@contextlib.contextmanager
def as_nobody() -> Iterator[None]:
    """As a user without rights, for root has them all."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    "content",
    [b"hello", b"hello " * 4000, b"SQLite format 3\0" + bytes(8176), bytes(20_000)],
    ids=["short", "text", "sqlite", "zeros"],
)
def test_file_that_is_not_a_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert "is damaged, or is not a DuckDB database" in opening(tmp_path).message
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_database_of_which_only_the_beginning_is_there(tmp_path: Path) -> None:
    with Store(settings_of(tmp_path)):
        pass
    os.truncate(tmp_path / FILE_NAME, 10_000)
    assert "is damaged" in opening(tmp_path).message


def test_database_with_a_damaged_head(tmp_path: Path) -> None:
    with Store(settings_of(tmp_path)):
        pass
    content = bytearray((tmp_path / FILE_NAME).read_bytes())
    content[100] ^= 1
    (tmp_path / FILE_NAME).write_bytes(content)
    assert "is damaged" in opening(tmp_path).message


def test_damaged_block_is_an_error_of_ours_wherever_it_is(tmp_path: Path) -> None:
    with Store(settings_of(tmp_path)) as store:
        store.record([Event(event_type="x", id=f"{n}", user_id=f"{n % 7}") for n in range(50_000)])
    file = tmp_path / FILE_NAME
    good = file.read_bytes()
    failed = 0
    for block in range(12_288, len(good), 262_144):
        content = bytearray(good)
        content[block + 5000] ^= 1
        file.write_bytes(content)
        try:
            with Store(settings_of(tmp_path)) as store:
                store.reader.figures("select count(distinct id), max(user_id) from events")
                store.record([Event(event_type="x", id="1", timestamp=1)])
        except LocalyticsError:
            failed += 1
        file.with_name(f"{FILE_NAME}.wal").unlink(missing_ok=True)
    assert failed > 0


def test_data_dir_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "File exists" in opening(tmp_path / "file").message
    assert "Not a directory" in opening(tmp_path / "file" / "below").message


def test_database_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert "is not a DuckDB database" in opening(tmp_path).message


def test_folder_that_may_not_be_entered(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0)
    with as_nobody():
        assert "Permission denied" in opening(tmp_path / "closed" / "data").message


def test_file_that_may_not_be_read(tmp_path: Path, open_to_all: Path) -> None:
    with Store(settings_of(open_to_all)):
        pass
    (open_to_all / FILE_NAME).chmod(0)
    with as_nobody():
        assert "Permission denied" in opening(open_to_all).message


def test_read_only_folder(open_to_all: Path) -> None:
    open_to_all.chmod(0o555)
    with as_nobody():
        assert "Permission denied" in opening(open_to_all).message


def test_read_only_file_system(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        with Store(settings_of(disk.folder / "data")):
            pass
        subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
        assert "Read-only file system" in opening(disk.folder / "data").message
        assert "Read-only file system" in opening(disk.folder / "new").message


@pytest.fixture
def open_to_all(tmp_path: Path) -> Iterator[Path]:
    """A folder that everybody may reach; pytest's own are closed to all but one user."""
    closed = [one for one in (tmp_path, *tmp_path.parents) if one.stat().st_mode & 0o777 == 0o700]
    for one in closed:
        one.chmod(0o755)
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    yield folder
    folder.chmod(0o755)
    for one in closed:
        one.chmod(0o700)


@pytest.mark.parametrize("obstacle", [b"not a database", None], ids=["content", "a folder"])
def test_command_tells_it_in_a_sentence(tmp_path: Path, obstacle: bytes | None) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    if obstacle is None:
        (folder / FILE_NAME).mkdir()
    else:
        (folder / FILE_NAME).write_bytes(obstacle)
    service = Service(folder)
    service.spawn()
    assert service.wait() == 1
    said = service.log.read_text("utf-8")
    assert said.startswith("Error: ")
    assert len(said.splitlines()) == 2
    assert "Traceback" not in said


def test_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    with Store(settings_of(tmp_path)) as store:
        assert store.record([Event(event_type="x")]).accepted == 1


def test_files_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Store(settings_of(folder)) as store:
        store.record([Event(event_type="x")])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {file.name for file in folder.iterdir()} == {FILE_NAME, f"{FILE_NAME}.wal"}
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_second_process_on_the_same_folder_is_told_of_the_first(service: Service) -> None:
    error = opening(service.folder)
    assert error.message == f"Another process has the store in {service.folder} open"
    assert error.hint is not None
    assert "stop the other" in error.hint


def test_second_service_on_the_same_folder_is_told_of_the_first(service: Service) -> None:
    second = Service(service.folder)
    second.log = service.log.with_name("second.log")
    second.spawn()
    assert second.wait() == 1
    assert f"is served already, at {service.url}" in second.log.read_text("utf-8")
    assert service.get("/readyz").status_code == 200


def test_processes_that_start_at_once_on_a_new_folder_leave_one_store(tmp_path: Path) -> None:
    script = (
        "import sys; from localytics.event import Event; from localytics.store import Store\n"
        "from localytics.configuration import load\n"
        "with Store(load(environ={}, overrides={'store': {'data_dir': sys.argv[1]}})) as store:\n"
        "    store.record([Event(event_type='x', id=sys.argv[2])])\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "data"), str(number)],
            stderr=subprocess.DEVNULL,
        )
        for number in range(4)
    ]
    succeeded = {str(n) for n, process in enumerate(processes) if process.wait(60) == 0}
    assert succeeded
    with duckdb.connect(tmp_path / "data" / FILE_NAME, read_only=True) as connection:
        stored = connection.execute("select id from events").fetchall()
    assert {name for (name,) in stored} == succeeded
    assert {file.name for file in (tmp_path / "data").iterdir()} == {FILE_NAME}


def test_many_starts_take_up_no_more_room_than_one(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    sizes = []
    for number in range(8):
        with Store(settings_of(tmp_path)) as store:
            store.record([Event(event_type="x", id=f"{number}", user_id="ada", session_id="s")])
            store.rolling.roll_up()
        sizes.append(file.stat().st_size)
    # What is joined is written to a new place before the old one is free.
    assert sizes[-1] < 3 * sizes[0]
    with duckdb.connect(file, read_only=True) as connection:
        groups = "select count(distinct row_group_id) from pragma_storage_info(?)"
        for table in ("events", "rollup_types_hours", "rollup_seen_sessions_links"):
            ((count,),) = connection.execute(groups, [table]).fetchall()
            assert count <= 2
        stored = connection.execute("select id from events order by seq").fetchall()
    assert stored == [(f"{number}",) for number in range(8)]
