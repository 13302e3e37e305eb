"""Export and import: what comes back is what was there, byte for byte, and comes only once."""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from localytics.cli.importing import Given
from localytics.cli.reach import Local
from localytics.configuration import load
from localytics.settings import Settings
from localytics.sources.exported import source
from localytics.store import Store
from tests.odd_events import odd_events
from tests.program import COMMAND, ENVIRON, ask, run
from tests.service import Service

FORMATS = ("ndjson", "csv", "parquet")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One event of each kind, exported in each format."""
    folder = tmp_path_factory.mktemp("exports")
    settings = load(environ={}, overrides={"store": {"data_dir": str(folder / "data")}})
    lines = [json.dumps(event).encode() for event in odd_events()]
    found = {}
    with Store(settings) as store:
        there = Local(settings, store)
        assert there.give(lines, exported=False).accepted == len(lines)
        for form in FORMATS:
            found[form] = folder / f"events.{form}"
            with there.export([("format", form)]) as (_, pieces):
                found[form].write_bytes(b"".join(pieces))
    return found


@pytest.fixture
def other(settings: Settings) -> Iterator[Local]:
    """Another store, empty."""
    with Store(settings) as store:
        yield Local(settings, store)


def contents(lines: bytes) -> list[bytes]:
    """An export without the numbers, which belong to a store, in an order of its own."""
    without = [json.loads(line) for line in lines.splitlines()]
    for one in without:
        del one["seq"]
    return sorted(json.dumps(one, sort_keys=True).encode() for one in without)


def exported_by(there: Local) -> bytes:
    with there.export([]) as (_, pieces):
        return b"".join(pieces)


def given(there: Local, file: Path) -> Given:
    found = source(file, lambda *_: None)
    all_ = Given(there, exported=found.exported)
    for line in found.lines:
        all_.take(line)
    all_.send()
    return all_


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_exported_comes_back_byte_for_byte_and_only_once(
    other: Local, exports: dict[str, Path], form: str
) -> None:
    count = len(odd_events())
    first = given(other, exports[form])
    assert (first.read, first.accepted, first.duplicates) == (count, count, 0)
    assert first.rejected == []
    # Into an empty store even the numbers are the same, since the order is.
    assert exported_by(other) == exports["ndjson"].read_bytes()
    again = given(other, exports[form])
    assert (again.accepted, again.duplicates) == (0, count)
    assert exported_by(other) == exports["ndjson"].read_bytes()


def test_events_come_beside_what_is_there_and_reports_count_them(
    other: Local, exports: dict[str, Path]
) -> None:
    there = [b'{"event_type":"there","timestamp":"2026-01-01T00:00:00Z","id":"there"}']
    assert other.give(there, exported=False).accepted == 1
    own = exported_by(other)
    given(other, exports["parquet"])
    assert contents(exported_by(other)) == sorted(
        contents(own) + contents(exports["ndjson"].read_bytes())
    )
    assert other.give(there, exported=False).duplicates == 1
    sent_again = [json.dumps(one).encode() for one in odd_events() if "id" in one]
    outcome = other.give(sent_again, exported=False)
    assert (outcome.accepted, outcome.duplicates) == (0, len(sent_again))
    assert other.examine(rebuild=False).ok


def test_a_store_and_its_copy_answer_alike(
    other: Local, exports: dict[str, Path], tmp_path: Path
) -> None:
    given(other, exports["csv"])
    words = [("time_range", "all"), ("format", "csv")]
    copy = other.report("events", [*words, ("limit", "1000")])
    settings = load(environ={}, overrides={"store": {"data_dir": str(tmp_path / "third")}})
    with Store(settings) as store:
        third = Local(settings, store)
        given(third, exports["ndjson"])
        assert third.report("events", [*words, ("limit", "1000")]) == copy


def test_what_retention_has_removed_does_not_come_back_and_count_twice(other: Local) -> None:
    old = [b'{"event_type":"old","timestamp":"2020-01-01T00:00:00Z","id":"old","value":1}']
    assert other.give(old, exported=False).accepted == 1
    lines = exported_by(other).splitlines()
    assert other.prune(dry_run=False).events == 1
    outcome = other.give(lines, exported=True)
    assert (outcome.accepted, outcome.duplicates) == (0, 1)
    assert exported_by(other) == b""


def test_lines_of_events_are_named_by_their_place_and_come_only_once(
    other: Local, tmp_path: Path
) -> None:
    file = tmp_path / "log.ndjson"
    same = '{"event_type": "log", "timestamp": "2026-01-02T03:04:05Z", "value": 1}\n'
    file.write_text(same + same + '\n{"event_type": "log"}\nnonsense\n{"event_type": 3}\n')
    first = given(other, file)
    assert (first.accepted, first.duplicates) == (2, 0)
    assert sorted(number for number, _ in first.rejected) == [4, 5, 6]
    with file.open("a") as more:
        more.write(same)
    again = given(other, file)
    assert (again.accepted, again.duplicates) == (1, 2)


def test_a_byte_order_mark_costs_no_event(other: Local, tmp_path: Path) -> None:
    file = tmp_path / "log.ndjson"
    line = '{"event_type": "log", "id": "%s", "timestamp": "2026-01-02T03:04:05Z"}\n'
    file.write_text(line % "a" + line % "b", encoding="utf-8-sig")
    found = given(other, file)
    assert (found.accepted, found.rejected) == (2, [])


def test_a_file_of_nothing_but_bad_lines_says_why_each_is(other: Local, tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_text('{"event_type": 3, "timestamp": 1}\n{"timestamp": 1}\n')
    found = given(other, file)
    assert found.accepted == 0
    assert [number for number, _ in found.rejected] == [1, 2]
    assert all("event_type" in reason for _, reason in found.rejected)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("timestamp_basis", "guessed"),
        ("timestamp_basis", "future"),
        ("received_at", "yesterday"),
        ("cost_basis", "reported"),
        ("cost_usd", -1),
        ("priced_usd", 1),
        ("duration_ms", 1e30),
        ("colour", "red"),
    ],
)
def test_an_exported_event_that_was_tampered_with_is_rejected_alone(
    other: Local, exports: dict[str, Path], column: str, value: Any
) -> None:
    good, other_line, *_ = exports["ndjson"].read_bytes().splitlines()
    bad = json.dumps(json.loads(other_line) | {column: value}).encode()
    outcome = other.give([bad, good], exported=True)
    assert outcome.accepted == 1
    assert [one.index for one in outcome.rejected] == [0]


def test_a_file_that_holds_no_events_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear all")
    done = run("import", "events", file, data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert "is no file of events" in done.stderr


def test_a_line_that_is_nested_too_deep_is_rejected_alone(tmp_path: Path) -> None:
    good = {"event_type": "a", "timestamp": "2026-05-01T12:00:00Z"}
    deep = json.dumps(good)[:-1] + f', "metadata": {{"x": {"[" * 5000}{"]" * 5000}}}}}'
    file = tmp_path / "events.ndjson"
    file.write_text("\n".join([deep, json.dumps(good), deep, json.dumps(good)]))
    done = run("import", "events", file, data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert "2 new, 0 known already" in done.stdout
    assert "line 1: The event is nested too deep" in done.stdout
    assert "line 3: The event is nested too deep" in done.stdout
    assert done.stderr == ""


def test_commands_export_and_import_through_a_running_service_and_without(
    service: Service, exports: dict[str, Path], tmp_path: Path
) -> None:
    count = len(odd_events())
    done = run("import", "events", exports["csv"], data_dir=service.folder)
    assert done.returncode == 0, done.stderr
    assert f"{count} new, 0 known already, in {service.url}" in done.stdout
    file = tmp_path / "out.parquet"
    done = run("export", "--format", "parquet", "--output", file, data_dir=service.folder)
    assert f"Exported {count} events to {file}" in done.stderr
    assert [one.name for one in tmp_path.glob("out.*")] == ["out.parquet"]
    data = tmp_path / "copy"
    done = run("import", "events", file, data_dir=data)
    assert f"{count} new" in done.stdout
    done = run("export", data_dir=data)
    assert done.stdout.encode() == exports["ndjson"].read_bytes()
    summary = ask("summary", "--time-range", "all", data_dir=data)
    assert summary["total_events"] == count


def test_a_link_leads_on_and_a_pipe_stays_one(exports: dict[str, Path], tmp_path: Path) -> None:
    data = tmp_path / "copy"
    assert run("import", "events", exports["ndjson"], data_dir=data).returncode == 0
    whole = exports["ndjson"].read_bytes()
    link, file, pipe = tmp_path / "link", tmp_path / "file", tmp_path / "pipe"
    link.symlink_to(file)
    assert run("export", "--output", link, data_dir=data).returncode == 0
    assert link.is_symlink()
    assert file.read_bytes() == whole
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        read = pool.submit(pipe.read_bytes)
        assert run("export", "--output", pipe, data_dir=data).returncode == 0
        assert read.result(30) == whole
    assert pipe.is_fifo()
    assert {one.name for one in tmp_path.iterdir()} == {"copy", "file", "link", "pipe"}


def test_a_file_that_can_not_be_written_is_told_with_a_hint(tmp_path: Path) -> None:
    assert run("demo", "--days", "1", data_dir=tmp_path / "data").returncode == 0
    nowhere = tmp_path / "nowhere" / "file"
    done = run("export", "--output", nowhere, data_dir=tmp_path / "data")
    assert done.returncode == 1
    assert f"Can't write {nowhere}: No such file or directory\nIts folder must" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--output", ""),
        ("import", "events", ""),
        ("import", "claude", ""),
        ("report", "summary", "--config", ""),
    ],
)
def test_an_empty_name_is_no_place(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*words, data_dir=tmp_path)
    assert done.returncode == 2
    assert "the name is empty" in done.stderr


def test_an_empty_name_is_no_folder_of_data(tmp_path: Path) -> None:
    command = [*COMMAND, "doctor", "--data-dir", ""]
    done = subprocess.run(
        command, capture_output=True, text=True, env=ENVIRON, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert "the name is empty" in done.stderr
