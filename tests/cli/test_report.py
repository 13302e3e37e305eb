"""`localytics report`: the answers of the API, as a table or as they are."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec.structs import fields
from rich.console import Console

from localytics.cli.commands import command
from localytics.cli.report import show
from localytics.configuration import load
from localytics.errors import NotFound
from localytics.query.options import choices
from localytics.query.report import catalogue
from localytics.store import Store
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
    if words := catalogue()[name].path_words:
        return tuple(part for word in words for part in (f"--{word.replace('_', '-')}", "a/b %2F"))
    if name == "projects_comparison":
        return ("--project-ids", "p0", "--project-ids", "p1")
    if name == "funnel":
        return ("--steps", "a", "--steps", "b")
    return ()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that has nothing in it."""
    folder = tmp_path_factory.mktemp("empty")
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})):
        return folder


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_report_is_a_command_with_help_and_a_table(name: str, empty: Path) -> None:
    # In this process: the others of these tests start the program.
    runner = CliRunner()
    helped = runner.invoke(command, ["report", name, "--help"])
    assert "--timezone" in helped.output
    table = runner.invoke(command, ["report", name, *options(name), "--data-dir", str(empty)])
    if catalogue()[name].path_words:  # of which there is none in an empty store
        assert isinstance(table.exception, NotFound)
        assert "There is no such" in table.exception.message
    else:
        assert table.exit_code == 0, table.output


def test_what_help_says_of_labels_is_what_is_understood(service: Service) -> None:
    helped = run("report", "metric", "--help", data_dir=service.folder).stdout
    assert "Only readings with this label: host=a." in " ".join(helped.replace("│", "").split())
    for host, value in (("a", 3), ("b", 5)):
        reading = {
            "event_type": "metric.recorded",
            "category": "heat",
            "timestamp": "2026-05-02T12:00:00Z",
            "value": value,
            "metadata": {"metric_type": "gauge", "labels": {"host": host}},
        }
        service.post("/api/v1/events", json=reading)
    asked = ("metric", "--metric-name", "heat", *MAY, "--group-by", "day")
    answer = ask(*asked, "--labels", "host=a", data_dir=service.folder)
    assert answer["gauge"]["last"] == 3


def test_what_a_path_names_is_an_option(service: Service) -> None:
    odd = "a/b c%2F?é"
    reading = {
        "event_type": "metric.recorded",
        "category": odd,
        "timestamp": "2026-05-02T12:00:00Z",
        "value": 3,
        "metadata": {"metric_type": "gauge", "labels": {"k=1": "v"}},
    }
    service.post("/api/v1/events", json=[reading])
    asked = ("metric", "--metric-name", odd, "--start-date", "2026-05-01", "--group-by", "day")
    over_http = ask(*asked, "--labels", "k=1=v", data_dir=service.folder)
    assert over_http["gauge"]["last"] is None  # a name ends at the first =
    over_http = ask(*asked, data_dir=service.folder)
    assert (over_http["metric_name"], over_http["gauge"]["last"]) == (odd, 3)
    service.stop()
    assert ask(*asked, data_dir=service.folder)["gauge"] == over_http["gauge"]


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
        (("user",), "--user-id"),
        (("metric", "--metric-name", "hits", "--labels", "host"), "NAME=VALUE"),
        (("api_performance", "--hours", "169"), "1<=x<=168"),
        (("error_trends", "--days", "8"), "between 1 and 168"),
        (("dashboard", "--days", "7"), "--days"),
        (("no_such_report",), "no_such_report"),
    ],
)
def test_mistakes_are_told_without_a_trace(words: tuple[str, ...], told: str, empty: Path) -> None:
    done = run("report", *words, data_dir=empty)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("report", "summary"),
        ("export",),
        ("doctor",),
        ("retention", "--dry-run"),
        ("forget", "ada", "--yes"),
        ("demo", "--remove"),
    ],
)
def test_what_only_reads_makes_no_store(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*words, data_dir=tmp_path / "mistyped")
    assert done.returncode == 1
    assert f"There is no store in {tmp_path / 'mistyped'}" in done.stderr
    assert "--data-dir" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words", [("report", "summary", "--user-id"), ("tail", "--source"), ("serve", "--host")]
)
def test_a_word_that_is_not_utf_8_is_told_without_a_trace(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    done = run(*words, "a\udcff", data_dir=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: 'a\\udcff' is not UTF-8\n")
    assert "Traceback" not in done.stderr


ODD = ("[/x]", "/srv/app/[slug]", "y\\[bold]", "end\\", "a\x1b[31mb")


def shown(answer: dict[str, Any], width: int) -> str:
    """What a console of that width is told."""
    window = {"start": "2026-05-01T00:00:00Z", "end": "2026-06-01T00:00:00Z", "timezone": "UTC"}
    console = Console(file=io.StringIO(), width=width)
    show(console, {"window": window, "generated_at": "", **answer})
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [40, 240])
@pytest.mark.parametrize("odd", ODD)
def test_data_is_printed_as_it_is_and_steers_no_terminal(odd: str, width: int) -> None:
    told = odd.replace("\x1b", "\\x1b")
    text = shown(
        {
            "figure": odd,
            "counts": {odd: 7},
            odd: [{odd: 1, "name": odd, "other": "x" * 20}],
            "by_model": {odd: {"tokens": 5}},
        },
        width,
    )
    assert text.count(told) >= 6
    assert "\x1b" not in text


def test_odd_names_come_out_of_the_store_as_they_went_in(service: Service) -> None:
    odd = {"model": "[/x]", "project_id": "/srv/app/[slug]", "session_id": "y\\[bold]"}
    service.post("/api/v1/events", json=[{**EVENTS[0], **odd}])
    text = "".join(
        run("report", name, *MAY, data_dir=service.folder).stdout
        for name in ("models", "projects", "sessions")
    )
    for name in odd.values():
        assert name in text


def test_rows_too_wide_for_the_console_are_records_and_lose_no_figure() -> None:
    rows = [
        {f"column_{place}": number * 1_000_000 + place for place in range(12)}
        for number in range(60)
    ]
    text = shown({"rows": rows}, 80)
    assert "column_11  59,000,011" not in text
    assert "column_11  49,000,011" in text
    assert "10 more rows" in text
    assert "49,000,011" in shown({"rows": rows}, 300)


def test_of_a_long_series_the_newest_is_shown() -> None:
    days = [{"date": f"{1700 + day}-01-01", "messages": day} for day in range(300)]
    text = shown({"daily_usage": days}, 80)
    assert "1999-01-01" in text
    assert "1800-01-01" in text
    assert "1799-01-01" not in text
    assert "100 earlier rows" in text
    assert text.index("1800-01-01") < text.index("1999-01-01")


def test_no_line_ends_in_spaces(service: Service) -> None:
    service.post("/api/v1/events", json=EVENTS)
    for name in ("summary", "tokens", "models"):
        lines = run("report", name, *MAY, data_dir=service.folder).stdout.splitlines()
        assert lines == [line.rstrip() for line in lines]


def test_help_lists_the_choices_of_an_option(tmp_path: Path) -> None:
    found = 0
    for name, report in catalogue().items():
        for field in fields(report.options):
            if words := choices(field.type):
                found += 1
                helped = run("report", name, "--help", data_dir=tmp_path).stdout
                assert all(word in helped for word in words)
                option = f"--{field.name.replace('_', '-')}"
                told = run("report", name, option, "luck", data_dir=tmp_path)
                assert told.returncode != 0
                assert all(word in told.stderr for word in words)
    assert found
