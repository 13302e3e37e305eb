"""What a command ends with: 2 where it can't be meant, 1 where it failed; never a trace."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import COMMAND, ENVIRON, run
from tests.service import Service

FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        (("report", "costs", "--days", "7", "--hours", "7"), 2),
        (("report", "costs", "--timezone", "Mars"), 2),
        (("report", "events", "--limit", "many"), 2),
        (("export", "--end-date", "2026-01-01"), 2),
        (("report", "user", "--user-id", "nobody"), 1),
        (("forget", "nobody", "--yes"), 1),
    ],
)
def test_the_end_is_the_same_through_the_service_and_on_the_file(
    service: Service, words: tuple[str, ...], ends: int
) -> None:
    through = run(*words, data_dir=service.folder)
    assert service.stop() == 0
    alone = run(*words, data_dir=service.folder)
    assert (through.returncode, alone.returncode) == (ends, ends)
    assert through.stderr == alone.stderr
    assert through.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serv",), "Did you mean 'serve'?"),
        (("serve", "--prt", "1"), "Did you mean '--port'?"),
        (("report", "cost"), "There is no report 'cost'. Did you mean costs?"),
        (("report", "Tokns"), "Did you mean tokens?"),
        (("report", "nothing"), "There is no report 'nothing'."),
        (("report", "user", "--user-id", ""), "'--user-id': the name is empty"),
        (("report", "metric", "--metric-name", ""), "'--metric-name': the name is empty"),
        (("forget", "", "--yes"), "'USER_ID': the name is empty"),
        (("export", "--is-error", "maybe"), "not one of 'true', 'false'"),
    ],
)
def test_a_slip_is_told_what_was_meant(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    done = run(*words, data_dir=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr


def test_what_is_no_terminal_gets_nothing_of_what_moves_on_one(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    assert run("demo", "--days", "1", data_dir=tmp_path / "data").stdout.startswith("Added")
    done = run("export", "--output", file, data_dir=tmp_path / "data")
    assert (done.stdout, done.stderr.startswith("Exported ")) == ("", True)
    for words in (("import", "events", file), ("import", "claude", file)):
        assert run(*words, data_dir=tmp_path / "other").stdout.startswith("Read")
    assert run("retention", "--dry-run", data_dir=tmp_path / "other").stdout.startswith("Would")
    assert run("doctor", data_dir=tmp_path / "other").stdout.startswith("ok")


@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("export", "--output", "-"),
        ("report", "summary"),
        ("report", "summary", "--format", "csv"),
    ],
)
def test_output_that_is_closed_is_told_without_a_trace(
    unused: Path, words: tuple[str, ...]
) -> None:
    line = shlex.join([*COMMAND, *words, "--data-dir", str(unused)]) + " >&-"
    done = subprocess.run(
        ["/bin/sh", "-c", line], stderr=subprocess.PIPE, text=True, env=ENVIRON, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "Error: Standard output is closed\nWrite it to a file: > FILE\n"


def test_an_interrupt_while_the_program_is_loaded_ends_it_without_a_trace() -> None:
    program = """
import signal, sys

class Interrupted:
    def find_spec(self, name, *_):
        if name == "rich_click":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Interrupted())
from localytics.cli import main
main()
"""
    command = [sys.executable, "-c", program, "report", "summary"]
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRON, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        ("export",),
        ("report", "summary"),
        ("report", "summary", "--format", "csv"),
        ("report", "summary", "--help"),
    ],
)
def test_output_without_room_is_told_without_a_trace(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert run("demo", "--days", "1", data_dir=tmp_path).returncode == 0
    command = [*COMMAND, *words, "--data-dir", str(tmp_path)]
    with FULL.open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRON, check=False
        )
    assert done.returncode == 1
    assert done.stderr.strip() == "Error: No space left on device"
