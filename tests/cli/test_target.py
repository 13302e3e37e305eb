"""`localytics export --output`: all of a file or what was there before, and nothing else harmed."""

import os
import shlex
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from localytics.cli.target import opened
from tests.eventually import eventually
from tests.program import COMMAND, ENVIRON, begin, run
from tests.service import Service

EVENT = {"event_type": "a", "id": "a", "timestamp": "2026-05-01T12:00:00Z"}
LINUX = Path("/proc/self/fd").exists()


@pytest.fixture
def filled(service: Service) -> Service:
    assert service.post("/api/v1/events", json=EVENT).json()["accepted"] == 1
    return service


def shell(line: str, folder: Path, *, data_dir: Path) -> "subprocess.CompletedProcess[str]":
    """Run a line of the shell's in `folder`, with `$export` for the command."""
    export = shlex.join([*COMMAND, "export", "--data-dir", str(data_dir)])
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("$export", export)],
        cwd=folder,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "link"])
def test_standard_output_by_another_name_is_gone_on_with(
    filled: Service, tmp_path: Path, name: str
) -> None:
    whole = run("export", data_dir=filled.folder).stdout
    log = tmp_path / "app.log"
    log.write_text("precious\n")
    (tmp_path / "link").symlink_to("/dev/stdout")
    done = shell(f"$export --output {name} >> app.log", tmp_path, data_dir=filled.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert log.read_text() == "precious\n" + whole


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")
def test_a_file_that_is_open_already_is_gone_on_with(filled: Service, tmp_path: Path) -> None:
    whole = run("export", data_dir=filled.folder).stdout
    filled.stop()  # the store's own files have numbers as well
    folder = tmp_path / "empty"
    folder.mkdir()
    line = "exec 8>>gone 9<gone; rm gone; echo a >&8; $export -o /dev/fd/8; echo b >&8; cat <&9"
    done = shell(line, folder, data_dir=filled.folder)
    assert done.stdout == f"a\n{whole}b\n"
    assert done.stderr == "Exported 1 event to /dev/fd/8\n"
    assert list(folder.iterdir()) == []
    done = shell("$export -o /dev/fd/7", folder, data_dir=filled.folder)
    assert done.returncode == 1
    assert done.stderr == "Error: Can't write /dev/fd/7: Bad file descriptor\n"


def test_a_dash_is_standard_output(filled: Service, tmp_path: Path) -> None:
    whole = run("export", data_dir=filled.folder).stdout
    assert '"event_type":"a"' in whole
    done = shell("$export --output -", tmp_path, data_dir=filled.folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, whole, "")
    assert not (tmp_path / "-").exists()
    assert shell("$export --output ./-", tmp_path, data_dir=filled.folder).returncode == 0
    assert (tmp_path / "-").read_text() == whole


@pytest.mark.skipif(not LINUX, reason="needs /proc")
def test_what_another_process_has_open_is_gone_on_with(filled: Service, tmp_path: Path) -> None:
    log = tmp_path / "app.log"
    log.write_text("precious\n")
    with log.open() as file:
        place = f"/proc/{os.getpid()}/fd/{file.fileno()}"
        assert run("export", "--output", place, data_dir=filled.folder).returncode == 0
    assert log.read_text() == "precious\n" + run("export", data_dir=filled.folder).stdout


def test_two_at_once_are_both_whole_and_the_later_stays(tmp_path: Path) -> None:
    file, own = tmp_path / "events", tmp_path / "events.part"
    own.write_bytes(b"mine")
    with opened(file, tmp_path / "data") as first:
        first.write(b"first ")
        with opened(file, tmp_path / "data") as second:
            second.write(b"second")
        assert file.read_bytes() == b"second"
        first.write(b"goes on")
    assert file.read_bytes() == b"first goes on"
    assert own.read_bytes() == b"mine"
    assert {one.name for one in tmp_path.iterdir()} == {"events", "events.part"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_what_was_there_and_nothing_else(
    filled: Service, tmp_path: Path, number: signal.Signals
) -> None:
    folder, output = tmp_path / "folder", tmp_path / "output"
    folder.mkdir()
    (folder / "events").write_text("before")
    os.kill(filled.pid, signal.SIGSTOP)  # so that the export goes on for as long as it takes
    try:
        words = ("export", "--output", folder / "events", "--data-dir", filled.folder)
        process = begin(*words, output=output, environ=ENVIRON)
        eventually(lambda: len(list(folder.iterdir())) == 2, "what is not finished")
        assert process.pid is not None
        os.kill(process.pid, number)
        process.join()
    finally:
        os.kill(filled.pid, signal.SIGCONT)
    assert process.exitcode == 128 + number
    assert [one.name for one in folder.iterdir()] == ["events"]
    assert (folder / "events").read_text() == "before"


def test_a_file_keeps_its_mode_and_a_new_one_is_private(filled: Service, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for kept in (0o600, 0o664):
        old.touch()
        old.chmod(kept)
        assert run("export", "--output", old, data_dir=filled.folder).returncode == 0
        assert mode(old) == kept
    assert run("export", "--output", new, data_dir=filled.folder).returncode == 0
    assert mode(new) == 0o600
    filled.stop()
    old.chmod(0o644)
    new.unlink()
    for file in (old, new):
        assert run("export", "--output", file, data_dir=filled.folder).returncode == 0
    assert (mode(old), mode(new)) == (0o644, 0o600)


def test_a_link_that_leads_to_itself_is_told_without_a_trace(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    done = run("export", "--output", loop, data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert done.stderr == f"Error: Can't write {loop}: Too many levels of symbolic links\n"


@pytest.mark.parametrize("name", ["localytics.duckdb", "localytics.duckdb.wal", "run.json"])
def test_a_file_of_the_store_is_refused(filled: Service, tmp_path: Path, name: str) -> None:
    file, link = filled.folder / name, tmp_path / "link"
    link.symlink_to(file)
    (tmp_path / "folder").symlink_to(filled.folder)
    for output in (file, link, tmp_path / "folder" / name):
        done = run("export", "--output", output, data_dir=filled.folder)
        assert done.returncode == 2
        assert done.stderr.startswith(f"Error: {output} is a file of the store\n")
    assert filled.restart().get("/api/v1/status").json()["events"] == 1
    file.with_name("events").touch()
    done = run("export", "--output", file.with_name("events"), data_dir=filled.folder)
    assert done.returncode == 0
    filled.stop()
    if file.exists():
        other = tmp_path / "other"
        os.link(file, other)
        done = run("export", "--output", other, data_dir=filled.folder)
        assert done.stderr.startswith(f"Error: {other} is a file of the store\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_target_without_room_is_told_as_such_with_a_service_and_without(
    filled: Service, tmp_path: Path
) -> None:
    for _ in ("through the service", "on the file"):
        done = shell("$export > /dev/full", tmp_path, data_dir=filled.folder)
        assert (done.returncode, done.stderr) == (1, "Error: No space left on device\n")
        done = shell("$export -o /dev/fd/8 8> /dev/full", tmp_path, data_dir=filled.folder)
        assert done.returncode == 1
        assert done.stderr == "Error: Can't write /dev/fd/8: No space left on device\n"
        filled.stop()


def test_a_pipe_whose_reader_has_left_is_told_as_such(filled: Service, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    errors = tmp_path / "errors"
    os.kill(filled.pid, signal.SIGSTOP)  # so that the reader has left when the events come
    try:
        words = ("export", "--output", pipe, "--data-dir", filled.folder)
        process = begin(*words, output=errors, environ=ENVIRON)
        pipe.open("rb").close()  # returns once the command has opened it as well
    finally:
        os.kill(filled.pid, signal.SIGCONT)
    process.join()
    assert process.exitcode == 1
    assert errors.read_text() == f"Error: Can't write {pipe}: Broken pipe\n"
