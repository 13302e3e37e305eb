"""One answer in every format: the same rows and figures, and none that a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import time_machine

from localytics.present.formats import encoded, etag
from localytics.query.question import Format
from localytics.query.report import Answer, catalogue
from tests.conftest import Recorder
from tests.recount import Recount
from tests.reports.figures import STAMP, answered
from tests.reports.week import ADA, COMPILER, EVENTS, SONNET, THE_WEEK, answer, message

COUNTED = [name for name in catalogue() if hasattr(Recount, name)]


def words(name: str, **more: Any) -> dict[str, Any]:
    needed = {"project_ids": [COMPILER, "notes"]} if name == "projects_comparison" else {}
    return THE_WEEK | needed | more


def plain_rows(name: str, answer: Answer) -> list[dict[str, Any]]:
    """What the tables should hold: the rows of the answer, money decimal and times times."""
    plain: dict[str, Any] = msgspec.to_builtins(answer, builtin_types=(datetime, Decimal))
    table = catalogue()[name].table
    assert not callable(table)
    if table is not None:
        rows: list[dict[str, Any]] = plain[table]
        return rows
    return [{field: value for field, value in plain.items() if field not in STAMP}]


def read(form: Format, content: bytes) -> list[dict[str, Any]]:
    if form == "parquet":
        table = pq.read_table(io.BytesIO(content))
    else:
        table = pa.ipc.open_stream(content).read_all()
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def nested(value: Any) -> Any:
    """What JSON makes of it."""
    return msgspec.json.decode(msgspec.json.Encoder(decimal_format="number").encode(value))


def cell(text: str, expected: Any) -> Any:
    """A cell of a CSV file, read as the kind of thing that it should be."""
    if expected is None:
        return None if text == "" else text
    if isinstance(expected, datetime):
        return datetime.fromisoformat(text)
    if isinstance(expected, bool):
        return {"true": True, "false": False}[text]
    if isinstance(expected, int | float | Decimal):
        return type(expected)(text)
    return nested(msgspec.json.decode(text)) if isinstance(expected, dict | list) else text


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("name", COUNTED)
def test_columns_hold_the_figures_of_the_answer(
    recorder: Recorder, name: str, form: Format
) -> None:
    recorder.record(*EVENTS)
    found = answered(recorder, name, words(name, timezone="America/New_York"))
    expected = [
        {
            field: nested(value) if isinstance(value, dict | list) else value
            for field, value in row.items()
        }
        for row in plain_rows(name, found)
    ]
    got = [
        {
            field: msgspec.json.decode(value) if isinstance(row[field], dict | list) else value
            for field, value in one.items()
        }
        for one, row in zip(
            read(form, encoded(catalogue()[name], found, form)), expected, strict=True
        )
    ]
    assert got
    assert got == expected


@pytest.mark.parametrize("name", COUNTED)
def test_cells_hold_the_figures_of_the_answer(recorder: Recorder, name: str) -> None:
    recorder.record(*EVENTS)
    found = answered(recorder, name, words(name))
    expected = plain_rows(name, found)
    rows = list(csv.DictReader(io.StringIO(encoded(catalogue()[name], found, "csv").decode())))
    got = [
        {field: cell(text, row[field]) for field, text in one.items()}
        for one, row in zip(rows, expected, strict=True)
    ]
    assert got == [
        {
            field: nested(value) if isinstance(value, dict | list) else value
            for field, value in row.items()
        }
        for row in expected
    ]


def test_true_and_false_are_written_as_in_json_and_in_exports(recorder: Recorder) -> None:
    recorder.record(
        {"event_type": "a", "timestamp": "2025-03-03T00:00:00Z", "is_error": True},
        {"event_type": "a", "timestamp": "2025-03-04T00:00:00Z"},
    )
    found = answered(recorder, "events", THE_WEEK)
    content = encoded(catalogue()["events"], found, "csv").decode()
    rows = csv.DictReader(io.StringIO(content, newline=""))
    assert [row["is_error"] for row in rows] == ["false", "true"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(recorder: Recorder, start: str) -> None:
    name = f"{start}HYPERLINK(0)"
    recorder.record(
        answer(
            "2025-03-03T00:00:00Z",
            name,
            (1, 1),
            agent=name,
            project_id=name,
            session_id=name,
            user_id=name,
        ),
        {"event_type": name, "timestamp": "2025-03-03T00:00:00Z"},
    )
    neutral = 0
    for report in COUNTED:
        content = encoded(
            catalogue()[report], answered(recorder, report, words(report)), "csv"
        ).decode()
        for row in csv.reader(io.StringIO(content, newline="")):
            assert not any(one.startswith(tuple("=+-@\t\r\n")) for one in row if not _number(one))
            neutral += row.count(f"'{name}")
    assert neutral >= 7  # models twice, agent, project, session, and the most used of the summary


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_numbers_of_several_kinds_share_a_column_that_holds_them_all(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    kinds = {
        "messages": pa.int64(),
        "tokens": pa.int64(),
        "costs": pa.decimal128(38, 9),
        "response_time": pa.float64(),
    }
    for metric, kind in kinds.items():
        found = answered(recorder, "trends", words("trends", metric=metric))
        content = encoded(catalogue()["trends"], found, "arrow")
        assert pa.ipc.open_stream(content).schema.field("value").type == kind


@pytest.mark.parametrize("form", ["json", "csv", "parquet", "arrow"])
def test_more_tokens_than_64_bits_hold_stay_exact(recorder: Recorder, form: Format) -> None:
    most = 2**63 - 1
    recorder.record(*(answer("2025-03-03T00:00:00Z", "m", (most, most)) for _ in range(2)))
    content = encoded(catalogue()["models"], answered(recorder, "models", THE_WEEK), form)
    if form in ("parquet", "arrow"):
        assert read(form, content)[0]["total_tokens"] == 4 * most
    else:
        assert str(4 * most).encode() in content


@pytest.mark.parametrize("name", COUNTED)
def test_the_tag_stays_as_long_as_the_figures_do(recorder: Recorder, name: str) -> None:
    recorder.record(*EVENTS)
    asked = words(name) | ({"limit": "1"} if name == "sessions" else {})
    for word in THE_WEEK:
        del asked[word]
    with time_machine.travel(datetime(2025, 3, 7, 23, tzinfo=UTC), tick=False) as clock:
        first = answered(recorder, name, asked | {"days": "30"})
        clock.shift(60)
        second = answered(recorder, name, asked | {"days": "30"})
        assert first.generated_at != second.generated_at
        assert etag(first, "json") == etag(second, "json")
        recorder.record(
            answer(
                "2025-03-05T00:00:00Z",
                SONNET,
                (7, 7),
                duration_ms=5,
                cost_usd="0.1",
                is_error=True,
                **ADA | {"session_id": "another"},
            )
        )
        third = answered(recorder, name, asked | {"days": "30"})
    assert etag(third, "json") != etag(first, "json")


def test_every_format_has_a_tag_of_its_own(recorder: Recorder) -> None:
    recorder.record(message("2025-03-03T00:00:00Z"))
    found = answered(recorder, "summary", THE_WEEK)
    forms: tuple[Format, ...] = ("json", "csv", "parquet", "arrow")
    assert len({etag(found, form) for form in forms}) == 4


def table(recorder: Recorder, name: str, asked: dict[str, Any]) -> list[dict[str, str]]:
    text = encoded(catalogue()[name], answered(recorder, name, asked), "csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_series_and_points_are_rows_of_tables(recorder: Recorder) -> None:
    at = "2025-03-03T10:30:00Z"
    told: dict[str, Any] = {"event_type": "metric.recorded", "timestamp": at, "category": "hits"}
    for kind, value in (("counter", 4), ("gauge", 7), ("histogram", 2)):
        recorder.record({**told, "value": value, "metadata": {"metric_type": kind}})
    device = {"event_type": "device.metrics", "device_id": "d1", "timestamp": at}
    recorder.record({**device, "metadata": {"metrics": {"cpu": 1.5, "ram": 2}}})
    hour = {"start_date": "2025-03-03T10:00", "end_date": "2025-03-03T12:00"}

    rows = table(recorder, "metric", {"metric_name": "hits", "group_by": "hour", **hour})
    ten, eleven = (f"2025-03-03T{number}:00:00+00:00" for number in (10, 11))
    assert [(row["metric_type"], row["timestamp"]) for row in rows] == [
        (kind, at) for kind in ("counter", "gauge", "histogram") for at in (ten, eleven)
    ]
    assert (rows[0]["sum"], rows[1]["sum"], rows[0]["p50"]) == ("4.0", "0.0", "")
    assert (rows[2]["last"], rows[2]["avg"], rows[3]["last"]) == ("7.0", "7.0", "")
    assert (rows[4]["count"], rows[4]["p99"], rows[5]["count"]) == ("1", "2.0", "0")

    rows = table(recorder, "device_metrics", {"device_id": "d1", **hour})
    assert rows == [
        {"metric": metric, "timestamp": "2025-03-03T10:30:00+00:00", "value": value}
        for metric, value in (("cpu", "1.5"), ("ram", "2.0"))
    ]


def test_a_dashboard_is_a_row_for_each_of_its_periods(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    with time_machine.travel(datetime(2025, 3, 8, tzinfo=UTC), tick=False):
        rows = table(recorder, "dashboard", {})
        report = catalogue()["dashboard"]
        parquet = read("parquet", encoded(report, answered(recorder, "dashboard", {}), "parquet"))
        for row, column, range_ in zip(rows, parquet, ("24h", "7d"), strict=True):
            (summary,) = table(recorder, "summary", {"time_range": range_})
            assert row.items() >= {**summary, "period": row["period"]}.items()
            assert int(row["total_messages"]) == column["total_messages"]
    assert [row["period"] for row in rows] == ["last_24_hours", "last_7_days"]
