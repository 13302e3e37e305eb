"""The README: its commands run, its tables are complete, both ways."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import fields

from localytics.cli.commands import command
from localytics.event import Event
from localytics.query.question import FILTERS, FORMATS
from localytics.query.report import catalogue
from localytics.window import TIME_RANGES
from tests.service import Service

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    joined = "".join(blocks("sh")).replace("\\\n", " ")
    return re.findall(r"^(?:scripts|curl|localytics)(?:[^'\n]|'[^']*')*$", joined, re.MULTILINE)


def test_every_command_of_the_readme_runs(service: Service) -> None:
    ran = []
    for line in commands():
        name, *words = shlex.split(line.replace("http://127.0.0.1:4777", service.url))
        if name.startswith("scripts/"):
            assert (ROOT / name).stat().st_mode & 0o100, f"{name} can't be run"
            continue
        if name == "localytics":
            data = ["--data-dir", str(service.folder)]
            if words == ["import", "claude"]:
                words.append(str(service.folder.parent))  # an empty history, not this machine's
                (service.folder.parent / "projects").mkdir()
            name, words = sys.executable, ["-m", "localytics", *words, *data]
        else:
            words = ["--silent", "--show-error", "--fail-with-body", *words]
        done = subprocess.run(
            [name, *words],
            capture_output=True,
            text=True,
            check=False,
            cwd=service.folder.parent,  # for the files that they write
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        ran.append(line)
    assert len(ran) >= 8


def test_the_client_of_the_readme_sends_what_it_says(service: Service) -> None:
    (snippet,) = (one for one in blocks("python") if "client.stats" in one)
    code = snippet.replace("http://127.0.0.1:4777", service.url)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Stats(accepted=5, duplicates=0, rejected=0" in done.stdout, done.stderr


def test_report_table_is_the_catalogue() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `((?:analytics|metrics|messenger)/[\w/{}-]+)` \|",
        README,
        flags=re.MULTILINE,
    )
    assert dict(rows) == {name: report.path for name, report in catalogue().items()}


def test_field_table_is_the_event() -> None:
    (table,) = re.findall(r"^\| field \| meaning \|\n((?:\|.*\n)+)", README, flags=re.MULTILINE)
    names = re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines()))
    assert names == [field.name for field in fields(Event)]


@pytest.mark.parametrize("word", [*FILTERS, *FORMATS, *TIME_RANGES])
def test_every_word_of_a_query_is_explained(word: str) -> None:
    assert f"`{word}`" in README


@pytest.mark.parametrize("name", sorted(command.commands))
def test_every_command_is_in_the_readme(name: str) -> None:
    assert f"localytics {name}" in README or f"scripts/{name}" in README


@pytest.mark.parametrize("flag", ["--host", "--port", "--data-dir", "--config", "--log-level"])
def test_flags_of_serve_are_in_the_readme_and_in_serve(flag: str) -> None:
    assert f"`{flag}`" in README
    assert any(flag in parameter.opts for parameter in command.commands["serve"].params)
