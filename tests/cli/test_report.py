"""`localytics report`: the answers of the API, as a table or as they are."""

import csv
import io
from pathlib import Path

import pytest

from localytics.query.report import catalogue
from tests.program import ask, run
from tests.service import Service

EVENTS = [
    {
        "event_type": "message.sent",
        "timestamp": f"2026-05-{day:02}T12:00:00Z",
        "model": "claude-sonnet-4-5",
        "project_id": f"p{day % 2}",
        "input_tokens": 1000,
        "output_tokens": 100,
    }
    for day in (1, 2, 20)
]
MAY = ("--start-date", "2026-05-01", "--end-date", "2026-06-01")


def options(name: str) -> tuple[str, ...]:
    if name == "projects_comparison":
        return ("--project-ids", "p0", "--project-ids", "p1")
    return ()


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_report_is_a_command_with_help_and_a_table(name: str, tmp_path: Path) -> None:
    helped = run("report", name, "--help", data_dir=tmp_path)
    assert "--timezone" in helped.stdout
    table = run("report", name, *options(name), data_dir=tmp_path)
    assert table.returncode == 0, table.stderr


def test_through_the_service_and_on_the_file_the_answer_is_the_same(service: Service) -> None:
    assert service.post("/api/v1/events", json=EVENTS).json()["accepted"] == 3
    asked = ("costs", *MAY, "--timezone", "Asia/Kolkata", "--group-by", "week")
    over_http = ask(*asked, data_dir=service.folder)
    service.stop()
    on_file = ask(*asked, data_dir=service.folder)
    over_http.pop("generated_at")
    on_file.pop("generated_at")
    assert over_http == on_file
    assert over_http["total_cost"] == 3 * (1000 * 3 + 100 * 15) / 1_000_000


def test_a_table_shows_the_days_that_have_something(service: Service) -> None:
    service.post("/api/v1/events", json=EVENTS)
    shown = run("report", "tokens", *MAY, data_dir=service.folder).stdout
    assert "2026-05-01" in shown
    assert "2026-05-20" in shown
    assert "2026-05-10" not in shown  # one of many days without anything
    assert "…" in shown
    assert "3,000" in shown


def test_csv_goes_to_standard_output(service: Service) -> None:
    service.post("/api/v1/events", json=EVENTS)
    told = run("report", "tokens", *MAY, "--format", "csv", data_dir=service.folder)
    days = list(csv.DictReader(io.StringIO(told.stdout)))
    assert len(days) == 31
    assert sum(int(day["input_tokens"]) for day in days) == 3000


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("summary", "--timezone", "Mars/Olympus"), "Mars/Olympus"),
        (("summary", "--days", "7", "--hours", "7"), "days"),
        (("summary", "--start-date", "yesterday"), "start_date"),
        (("projects_comparison", "--project-ids", "one"), "project_ids"),
        (("no_such_report",), "no_such_report"),
    ],
)
def test_mistakes_are_told_without_a_trace(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    done = run("report", *words, data_dir=tmp_path)
    assert done.returncode != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr
