"""What is printed to a terminal steers it never, whatever events say; a file has it as it was."""

import logging
import os
import re
import subprocess
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localytics.cli.text import Formatter
from tests.program import COMMAND, ENVIRON, run
from tests.service import Service

STEERING = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202e]|\r(?!\n)")
ODD = "a\x1b[2Jb\x9b31mc\u202ed\re\u061cf\u200eg\u200fh"
EVENT = {"event_type": "odd", "id": "odd", "timestamp": "2026-05-01T12:00:00Z", "user_id": ODD}
MAY = ("--start-date", "2026-05-01", "--end-date", "2026-06-01")


@contextmanager
def terminal(*words: str, data_dir: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The command with a terminal as its output, and where to read what is shown there."""
    shown, given = os.openpty()
    tty.setraw(given)
    command = [*COMMAND, *words, "--data-dir", str(data_dir)]
    environ = {**ENVIRON, "TERM": "dumb"}  # without styles, which steer it, too
    with subprocess.Popen(command, stdout=given, stderr=subprocess.PIPE, env=environ) as process:
        os.close(given)
        try:
            yield process, shown
        finally:
            process.kill()
            os.close(shown)


def until(shown: int, end: bytes) -> str:
    """What is shown, until `end`, or all of it."""
    text = b""
    while not end or end not in text:
        try:
            text += os.read(shown, 4096)
        except OSError:  # nobody has it open any more
            break
    return text.decode()


@pytest.fixture
def odd(service: Service) -> Service:
    assert service.post("/api/v1/events", json=EVENT).json()["accepted"] == 1
    return service


@pytest.mark.parametrize(
    ("words", "spelled"),
    [
        (("report", "events", *MAY), r"a\x1b[2Jb\x9b31mc\u202ed\re\u061cf\u200eg\u200fh"),
        (
            ("report", "events", *MAY, "--format", "json"),
            r"a\u001b[2Jb\u009b31mc\u202ed\re\u061cf\u200eg\u200fh",
        ),
        (
            ("report", "events", *MAY, "--format", "csv"),
            r"a\u001b[2Jb\u009b31mc\u202ed\u000de\u061cf\u200eg\u200fh",
        ),
        (("export",), r"a\u001b[2Jb\u009b31mc\u202ed\re\u061cf\u200eg\u200fh"),
        (
            ("export", "--format", "csv"),
            r"a\u001b[2Jb\u009b31mc\u202ed\u000de\u061cf\u200eg\u200fh",
        ),
    ],
)
def test_on_a_terminal_what_would_steer_it_is_spelled_out(
    odd: Service, words: tuple[str, ...], spelled: str
) -> None:
    with terminal(*words, data_dir=odd.folder) as (process, shown):
        text = until(shown, b"")
        assert process.wait() == 0
    assert spelled in text
    assert STEERING.search(text) is None


def test_tail_spells_it_out_too(odd: Service) -> None:
    with terminal("tail", "--json", data_dir=odd.folder) as (process, shown):
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Following")
        odd.post("/api/v1/events", json={**EVENT, "id": "later"})
        text = until(shown, b"}\n")
    assert r'"user_id":"a\u001b[2Jb\u009b31mc\u202ed\re\u061cf\u200eg\u200fh"' in text
    assert STEERING.search(text) is None


def test_a_log_line_that_quotes_it_spells_it_out() -> None:
    record = logging.LogRecord("a", logging.WARNING, "", 1, "No place for %s\nor", (ODD,), None)
    told = Formatter("%(levelname)s %(message)s").format(record)
    assert (
        told
        == r"WARNING No place for a\u001b[2Jb\u009b31mc\u202ed\u000de\u061cf\u200eg\u200fh" + "\nor"
    )


@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_elsewhere_it_goes_as_it_was(odd: Service, form: str) -> None:
    assert "b\x9b31mc\u202ed" in run("export", "--format", form, data_dir=odd.folder).stdout


@pytest.mark.parametrize(
    "words",
    [
        ("report", "summary", "--format", "parquet"),
        ("report", "summary", "--format", "arrow"),
        ("export", "--format", "parquet"),
    ],
)
def test_what_is_no_text_is_not_shown(odd: Service, words: tuple[str, ...]) -> None:
    with terminal(*words, data_dir=odd.folder) as (process, shown):
        assert until(shown, b"") == ""
        assert process.wait() == 2
        assert process.stderr is not None
        told = process.stderr.read().decode()
    assert (
        told
        == f"Error: {words[-1].capitalize()} is nothing to look at\nWrite it to a file: > FILE\n"
    )
