"""`localytics import claude`: the same store however it was interrupted, by either way in."""

import json
import random
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from localytics import jobs
from localytics.settings import Settings
from localytics.settings import Store as StoreSettings
from localytics.sources.claude_code.files import MAX_LINE_BYTES
from localytics.store import Store
from localytics.write.database import FILE_NAME
from tests.eventually import eventually
from tests.program import COMMAND, ENVIRON, ask, run
from tests.service import Service
from tests.sources.test_claude_code_bill import REAL

TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


def rows(data_dir: Path) -> list[tuple[Any, ...]]:
    """Everything that was stored but for when it came and in what order."""
    with duckdb.connect(data_dir / FILE_NAME) as connection:
        return connection.execute(
            "select * exclude (seq, received_at) from events order by id, timestamp"
        ).fetchall()


def bill(data_dir: Path) -> dict[tuple[str, str], list[Any]]:
    """Tokens and cost by day and model."""
    with duckdb.connect(data_dir / FILE_NAME) as connection:
        found = connection.execute(
            f"""select strftime(timestamp, '%Y-%m-%d'), model,
                       {", ".join(f"sum({name})" for name in TOKENS)}, sum(cost_usd)
                from events where model is not null group by all"""
        ).fetchall()
    return {(day, model): figures for day, model, *figures in found}


def session(lines: int, name: str = "s") -> str:
    """A transcript of one session: prompts and answers, each answer in two blocks."""
    said = []
    for number in range(lines):
        moment = f"2026-03-{1 + number % 28:02}T10:{number % 60:02}:00.000Z"
        shared = {"sessionId": name, "cwd": "/work/app", "version": "2.1.0", "timestamp": moment}
        said.append(
            {"type": "user", "uuid": f"{name}-u{number}", "message": {"content": "x"}, **shared}
        )
        for block, output in enumerate((5, 50 + number)):
            message = {
                "id": f"{name}-m{number}",
                "model": "claude-opus-4-6",
                "role": "assistant",
                "content": [{"type": "text", "text": "x"}],
                "usage": {"input_tokens": 3, "output_tokens": output},
            }
            said.append(
                {
                    "type": "assistant",
                    "uuid": f"{name}-a{number}-{block}",
                    "requestId": f"{name}-r{number}",
                    "message": message,
                    **shared,
                }
            )
    return "".join(json.dumps(line) + "\n" for line in said)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    folder = tmp_path / "claude"
    for project in ("one", "two"):
        (folder / "projects" / project).mkdir(parents=True)
    (folder / "projects" / "one" / "s.jsonl").write_text(session(400))
    (folder / "projects" / "two" / "t.jsonl").write_text(session(400, "t"))
    return folder


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no transcripts to check against in {REAL}")
def test_tokens_and_costs_equal_those_of_an_independent_program(tmp_path: Path) -> None:
    assert run("import", "claude", REAL, data_dir=tmp_path).returncode == 0
    expected = json.loads((REAL / "expected-ccusage-20.0.24.json").read_text("utf-8"))
    found = bill(tmp_path)
    lines = [
        (day["date"], model["modelName"], model)
        for day in expected["daily"]
        for model in day["modelBreakdowns"]
    ]
    assert len(lines) == len(found)
    for day, name, model in lines:
        *tokens, cost = found[day, name]
        assert tokens == [
            model["inputTokens"],
            model["outputTokens"],
            model["cacheReadTokens"],
            model["cacheCreationTokens"],
        ]
        assert abs(cost - Decimal(str(model["cost"]))) < Decimal("0.001")


def test_a_second_import_adds_nothing_and_says_so(history: Path, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    first = run("import", "claude", history, data_dir=data_dir)
    assert "2,400 lines" in first.stdout
    assert "1,600 new" in first.stdout
    before = rows(data_dir)
    second = run("import", "claude", history, data_dir=data_dir)
    assert "0 new, 0 grown, 1,600 known already" in second.stdout
    assert rows(data_dir) == before


def test_an_answer_that_grew_is_counted_once_at_its_full_length(tmp_path: Path) -> None:
    data_dir, file = tmp_path / "data", tmp_path / "s.jsonl"
    whole = session(1).splitlines(keepends=True)
    file.write_text("".join(whole[:2]))
    run("import", "claude", file, data_dir=data_dir)
    file.write_text("".join(whole))
    grown = run("import", "claude", file, data_dir=data_dir)
    assert "0 new, 1 grown, 1 known already" in grown.stdout
    assert ask("tokens", "--time-range", "all", data_dir=data_dir)["total_output_tokens"] == 50


def test_through_a_running_service_the_store_is_the_same(
    history: Path, tmp_path: Path, service: Service
) -> None:
    told = run("import", "claude", history, data_dir=service.folder)
    assert told.returncode == 0, told.stderr
    assert service.url in told.stdout
    service.stop()
    run("import", "claude", history, data_dir=tmp_path / "other")
    assert rows(service.folder) == rows(tmp_path / "other")


def test_killed_at_ten_random_points_and_run_again_it_ends_the_same(
    history: Path, tmp_path: Path
) -> None:
    run("import", "claude", history, data_dir=tmp_path / "whole")
    expected = rows(tmp_path / "whole")
    dice = random.Random(7)
    data_dir = tmp_path / "killed"
    for _ in range(10):
        process = subprocess.Popen(
            [*COMMAND, "import", "claude", str(history), "--data-dir", str(data_dir)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRON,
        )
        try:
            process.wait(timeout=dice.uniform(0.05, 0.8))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    assert run("import", "claude", history, data_dir=data_dir).returncode == 0
    assert rows(data_dir) == expected


def test_follow_takes_what_is_written_meanwhile(tmp_path: Path, service: Service) -> None:
    file = tmp_path / "s.jsonl"
    whole = session(3).splitlines(keepends=True)
    file.write_text("".join(whole[:3]))
    follower = subprocess.Popen(
        [
            *COMMAND,
            *("import", "claude", str(file), "--follow", "--data-dir", str(service.folder)),
        ],
        stdout=subprocess.DEVNULL,
        env=ENVIRON,
    )
    try:
        service.eventually_holds(2)
        with file.open("a") as more:
            more.write("".join(whole[3:]))
        service.eventually_holds(6)
    finally:
        follower.terminate()
        follower.wait()


def test_the_service_follows_by_itself_where_the_setting_says_so(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_text(session(2))
    environ = {
        "LOCALYTICS_CLAUDE__FOLLOW": "true",
        "LOCALYTICS_CLAUDE__SECONDS": "1",
        "LOCALYTICS_CLAUDE__PATHS": str(file),
    }
    with Service(tmp_path / "data", environ) as service:
        service.eventually_holds(4)
        with file.open("a") as more:
            more.write(session(3))
        service.eventually_holds(6)


def test_the_service_starts_without_the_folders_and_follows_them_once_they_are_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "there").mkdir()
    later = tmp_path / "later"
    environ = {
        "LOCALYTICS_CLAUDE__FOLLOW": "true",
        "LOCALYTICS_CLAUDE__SECONDS": "1",
        "LOCALYTICS_CLAUDE__PATHS": f"{tmp_path / 'there'},{later}",
    }
    with Service(tmp_path / "data", environ) as service:
        (tmp_path / "there" / "s.jsonl").write_text(session(2))
        service.eventually_holds(4)
        later.mkdir()
        (later / "t.jsonl").write_text(session(2, "t"))
        service.eventually_holds(8)
        assert service.log.read_text("utf-8").count(f"{later} does not exist") == 1


def test_the_service_follows_the_usual_folder_once_it_is_there(tmp_path: Path) -> None:
    environ = {
        "LOCALYTICS_CLAUDE__FOLLOW": "true",
        "LOCALYTICS_CLAUDE__SECONDS": "1",
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "CLAUDE_CONFIG_DIR": "",
    }
    with Service(tmp_path / "data", environ) as service:
        folder = tmp_path / ".claude" / "projects" / "one"
        folder.mkdir(parents=True)
        (folder / "s.jsonl").write_text(session(2))
        service.eventually_holds(4)


def test_a_run_that_fails_does_not_end_the_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[int] = []

    def run() -> None:
        runs.append(len(runs))
        if len(runs) == 1:
            raise OSError("a passing trouble")

    job = jobs.Job("flaky", lambda _: 0.05, lambda _settings, _store: run)
    monkeypatch.setattr(jobs, "JOBS", (job,))
    settings = Settings(store=StoreSettings(data_dir=str(tmp_path)))
    with Store(settings) as store, jobs.Jobs(settings, store) as running:
        eventually(lambda: running.status()[0].runs >= 3, "more runs")
        (flaky,) = running.status()
    assert (flaky.name, flaky.every_seconds, flaky.failures) == ("flaky", 0.05, 1)
    assert flaky.last_run is not None
    assert flaky.next_run is not None
    assert flaky.last_took_ms is not None
    assert "a passing trouble" in caplog.text


def test_a_path_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    told = run("import", "claude", tmp_path / "nowhere", data_dir=tmp_path / "data")
    assert told.returncode == 1
    assert "nowhere" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_summary_tells_of_failed_calls_and_of_lines_not_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "[claude]"
    folder.mkdir()
    failed = json.loads(session(1).splitlines()[1]) | {"isApiErrorMessage": True}
    failed["message"] |= {"id": "failed", "model": "<synthetic>", "usage": {}}
    failed["message"]["usage"] = {"input_tokens": 0, "output_tokens": 0}
    odd = {"type": "[/odd]"}
    lines = session(1) + json.dumps(failed) + "\n" + json.dumps(odd) + "\n"
    (folder / "s.jsonl").write_text(lines + '"' + "x" * MAX_LINE_BYTES + '"\n')
    told = run("import", "claude", folder, data_dir=tmp_path / "[data]")
    assert told.returncode == 0, told.stderr
    assert "1 answer, 1 prompt, 1 failed call\n" in told.stdout
    assert f"3 new, 0 grown, 0 known already, in {tmp_path}/[data]" in told.stdout
    assert "1 line, not looked at" in told.stdout
    assert "[/odd]" in told.stdout


def test_a_folder_without_a_transcript_is_told_with_a_hint(tmp_path: Path, history: Path) -> None:
    (tmp_path / "empty").mkdir()
    told = run("import", "claude", tmp_path / "empty", history, data_dir=tmp_path / "data")
    assert told.returncode == 0, told.stderr
    assert f"was found in {tmp_path}/empty" in told.stdout
    assert told.stdout.count("No transcript") == 1
    assert "CLAUDE_CONFIG_DIR" in told.stdout
