"""Exports: every event with every column, exact in every format, one moment of the store."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pandas as pd
import polars as pl
import pytest

from localytics.cell import as_it_was, harmless
from localytics.present.export import export_of, exported
from localytics.store import Store
from localytics.stored import Stored
from tests.conftest import Recorder
from tests.eventually import eventually
from tests.odd_events import ODD_TEXTS, odd_events
from tests.service import Service

PATH = "/api/v1/export/events"
EVENTS = "/api/v1/events"
LARGE = 3_000


@pytest.fixture(scope="module")
def odd_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that holds one event of each kind, and lets one export run at once."""
    limits = {"LOCALYTICS_EXPORT__AT_ONCE": "1", "LOCALYTICS_EXPORT__STALL_SECONDS": "1"}
    with Service(tmp_path_factory.mktemp("odd") / "data", limits) as service:
        answer = service.post(EVENTS, json=list(odd_events()))
        assert answer.json()["accepted"] == len(odd_events())
        yield service


@pytest.fixture(scope="module")
def stored(odd_service: Service) -> list[dict[str, Any]]:
    """The rows of the file itself, read while the service is down."""
    odd_service.stop()
    with duckdb.connect(str(odd_service.file), read_only=True) as connection:
        found = connection.execute("select * from events order by seq")
        names = [column[0] for column in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    odd_service.start()
    return rows


def instant(value: datetime | None) -> str | None:
    return None if value is None else f"{value.isoformat()}Z"


def test_an_exported_event_has_a_field_for_every_column(stored: list[dict[str, Any]]) -> None:
    assert {*Stored.__struct_fields__} == {*stored[0]}


def test_ndjson_has_every_column_that_holds_something(
    odd_service: Service, stored: list[dict[str, Any]]
) -> None:
    answer = odd_service.get(PATH)
    assert answer.headers["content-type"] == "application/x-ndjson"
    assert (
        answer.headers["content-disposition"] == 'attachment; filename="localytics-events.ndjson"'
    )
    assert answer.headers["localytics-events"] == str(len(stored))
    lines = [json.loads(line, parse_float=Decimal) for line in answer.content.splitlines()]
    for got, row in zip(lines, stored, strict=True):
        wanted = {name: value for name, value in row.items() if value is not None}
        for name in ("timestamp", "sent_at", "received_at"):
            if name in wanted:
                wanted[name] = datetime.fromisoformat(str(instant(wanted[name])))
                got[name] = datetime.fromisoformat(got[name])
        if "metadata" in wanted:
            wanted["metadata"] = json.loads(wanted["metadata"], parse_float=Decimal)
        if "value" in wanted:
            wanted["value"], got["value"] = float(wanted["value"]), float(got["value"])
        assert got == wanted


def test_csv_has_all_columns_numbers_as_numbers_and_no_formula(
    odd_service: Service, stored: list[dict[str, Any]]
) -> None:
    text = odd_service.get(PATH, params={"format": "csv"}).content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == list(stored[0])
    for got, row in zip(rows, stored, strict=True):
        for name, value in row.items():
            cell = got[name]
            if value is None:
                assert cell == "", name
            elif isinstance(value, datetime):
                assert datetime.fromisoformat(cell) == value.replace(tzinfo=UTC), name
            elif isinstance(value, bool):
                assert cell == str(value).lower(), name
            elif isinstance(value, str):
                assert cell == harmless(value), name
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), name
            else:
                assert Decimal(cell) == Decimal(str(value)), name
    assert any(row["value"] == "-0.1" for row in rows)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_a_harmless_cell_can_be_made_what_it_was(text: str) -> None:
    assert as_it_was(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_parquet_opens_with_the_right_types_wherever_people_open_it(
    odd_service: Service, stored: list[dict[str, Any]], tmp_path: Path
) -> None:
    file = tmp_path / "events.parquet"
    file.write_bytes(odd_service.get(PATH, params={"format": "parquet"}).content)

    with duckdb.connect() as connection:
        types = dict(
            connection.execute(
                f"select column_name, column_type from (describe from '{file}')"
            ).fetchall()
        )
        connection.execute("set TimeZone = 'UTC'")
        names = [
            name if not kind.startswith("TIMESTAMP") else f"{name}::timestamp"
            for name, kind in types.items()
        ]
        rows = connection.execute(f"select {', '.join(names)} from '{file}'").fetchall()
    assert rows == [tuple(row.values()) for row in stored]
    assert types["timestamp"] == types["received_at"] == "TIMESTAMP WITH TIME ZONE"
    assert (types["cost_usd"], types["duration_ms"]) == ("DECIMAL(18,9)", "DECIMAL(18,6)")
    assert (types["input_tokens"], types["is_error"]) == ("BIGINT", "BOOLEAN")
    assert (types["value"], types["metadata"]) == ("DOUBLE", "VARCHAR")

    frame = pd.read_parquet(file)
    assert str(frame["timestamp"].dtype) == "datetime64[us, UTC]"
    assert frame["cost_usd"].dropna().tolist() == [
        row["cost_usd"] for row in stored if row["cost_usd"] is not None
    ]

    polars = pl.read_parquet(file)
    assert polars.schema["timestamp"] == pl.Datetime("us", "UTC")
    assert polars.schema["cost_usd"] == pl.Decimal(18, 9)
    assert polars.schema["metadata"] == pl.String
    assert polars["seq"].to_list() == [row["seq"] for row in stored]


def test_an_export_is_of_the_window_and_the_filters_asked_for(
    odd_service: Service, stored: list[dict[str, Any]]
) -> None:
    def exported_seqs(**words: Any) -> list[int]:
        lines = odd_service.get(PATH, params=words).content.splitlines()
        return [json.loads(line)["seq"] for line in lines]

    assert exported_seqs(event_type="odd.failed") == [
        row["seq"] for row in stored if row["event_type"] == "odd.failed"
    ]
    assert exported_seqs(end_date="1971-01-01", start_date="1970-01-01") == [
        row["seq"] for row in stored if row["timestamp"].year == 1970
    ]
    assert exported_seqs(days=1) == [
        row["seq"] for row in stored if row["timestamp_basis"] != "sent"
    ]
    assert exported_seqs(time_range="all") == [row["seq"] for row in stored]
    assert exported_seqs(user_id="nobody") == []
    assert exported_seqs(is_error="true") == [row["seq"] for row in stored if row["is_error"]]
    assert exported_seqs(endpoint="/nowhere", is_error="false") == []
    for form in ("csv", "parquet"):
        answer = odd_service.get(PATH, params={"user_id": "nobody", "format": form})
        assert answer.headers["localytics-events"] == "0"
        assert answer.content


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"format": "json"}, "format"),
        ({"format": ["csv", "csv"]}, "format"),
        ({"group_by": "day"}, "group_by"),
        ({"days": "0"}, "days"),
        ({"colour": "red"}, "colour"),
        ({"is_error": "perhaps"}, "is_error"),
        ({"timezone": "Mars/Base"}, "timezone"),
    ],
)
def test_wrong_words_are_told(shared_service: Service, words: dict[str, Any], field: str) -> None:
    answer = shared_service.get(PATH, params=words)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field


def test_head_tells_of_an_export_and_makes_none(shared_service: Service) -> None:
    head = httpx.head(shared_service.url + PATH, params={"format": "csv"})
    assert head.status_code == 200
    assert head.headers["content-type"] == "text/csv; charset=utf-8"


def test_what_changes_meanwhile_makes_no_difference(recorder: Recorder) -> None:
    store = recorder.store
    events = [
        {"id": f"{number}", "event_type": "many", "user_id": f"{number % 2}"}
        for number in range(12_000)
    ]
    recorder.record(*events)
    before = _export(store)
    assert len(before) == 12_000
    with store.reader.snapshot() as snapshot:
        _, pieces = exported(export_of([], datetime.now(UTC)), snapshot)
        got = [next(pieces)]
        removed = store.writer.change(
            lambda cursor: len(cursor.execute("delete from events where user_id = '1'").fetchall())
        )
        removed.result()
        recorder.record({"event_type": "later"})
        got += pieces
    assert b"".join(got).splitlines() == before
    assert len(_export(store)) == 6_001


def _export(store: Store) -> list[bytes]:
    with store.reader.snapshot() as snapshot:
        count, pieces = exported(export_of([], datetime.now(UTC)), snapshot)
        lines = b"".join(pieces).splitlines()
    assert len(lines) == count
    return lines


def test_nobody_waits_for_a_client_that_dawdles_or_leaves(odd_service: Service) -> None:
    events = [
        {"event_type": "large", "source": "large", "metadata": {"text": "x" * 8_000}}
        for _ in range(LARGE // 3)
    ]
    for _ in range(3):
        body = "\n".join(map(json.dumps, events))
        headers = {"content-type": "application/x-ndjson"}
        assert odd_service.post(EVENTS, content=body, headers=headers).status_code == 200

    with httpx.stream("GET", odd_service.url + PATH, params={"source": "large"}) as dawdling:
        pieces = dawdling.iter_raw()
        next(pieces)
        again = odd_service.get(PATH)
        assert again.status_code == 503
        assert again.json()["error"]["code"] == "busy"
        answer = odd_service.post(EVENTS, json={"event_type": "meanwhile"})
        assert answer.json()["accepted"] == 1
        # It is given up after a second, which its client can tell.
        eventually(
            lambda: odd_service.get(PATH, params={"days": 1, "source": "x"}).status_code == 200,
            "room",
        )
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in pieces:
                pass

    with httpx.stream("GET", odd_service.url + PATH, params={"source": "large"}) as leaving:
        next(leaving.iter_raw())
    eventually(lambda: odd_service.get(PATH, params={"source": "x"}).status_code == 200, "room")
    whole = odd_service.get(PATH, params={"source": "large"})
    assert len(whole.content.splitlines()) == LARGE

    with httpx.stream("GET", odd_service.url + PATH, params={"source": "large"}) as dawdling:
        next(dawdling.iter_raw())
        assert odd_service.stop() == 0
    assert "timeout" not in odd_service.log.read_text("utf-8")  # nothing had to be waited for
