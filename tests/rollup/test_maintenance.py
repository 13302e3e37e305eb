"""Rolling up, forgetting, retention and the doctor over HTTP and as commands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import httpx
import pytest

from localytics.doctor import examine
from localytics.rollup.rollups import ROLLUPS, TABLES
from tests.conftest import Recorder
from tests.program import run
from tests.service import Service

AGGREGATE = "/api/v1/analytics/aggregate"
JSON = {"content-type": "application/json"}
OLD = datetime.now(UTC) - timedelta(days=200)


def send(service: Service, *events: dict[str, Any]) -> None:
    answer = httpx.post(f"{service.url}/api/v1/events", json=list(events))
    assert answer.json()["accepted"] == len(events), answer.text


def test_aggregate_says_how_far_it_got(service: Service) -> None:
    send(service, *({"event_type": "a", "user_id": "ada"} for _ in range(3)))
    answer = httpx.post(f"{service.url}/api/v1/analytics/aggregate", params={"hours": 2})
    done = answer.json()
    assert answer.status_code == 200
    assert done["status"] == "success"
    assert done["watermark"] == 3
    assert done["took_ms"] > 0


def test_aggregate_takes_hours_from_a_body_too(shared_service: Service) -> None:
    for body in (b'{"hours": 48}', b"{}", b""):
        answer = shared_service.post(AGGREGATE, content=body, headers=JSON)
        assert answer.json()["status"] == "success"


@pytest.mark.parametrize(
    ("body", "kind", "status", "field"),
    [
        (b'{"hours": 0}', "application/json", 400, "hours"),
        (b'{"hours": "2"}', "application/json", 400, "hours"),
        (b'{"hours": 2.5}', "application/json", 400, "hours"),
        (b'{"hour": 2}', "application/json", 400, "hour"),
        (b"[2]", "application/json", 400, None),
        (b'{"hours":', "application/json", 400, None),
        (b'{"hours": "\xff"}', "application/json", 400, None),
        (b'{"hours":' + b"[" * 100_000, "application/json", 400, None),
        (b'{"hours": 2}', "text/plain", 415, None),
        (b'{"hours": 2}', "application/x-ndjson", 415, None),
    ],
)
def test_a_body_that_is_not_understood_rolls_nothing_up(
    shared_service: Service, body: bytes, kind: str, status: int, field: str | None
) -> None:
    answer = shared_service.post(AGGREGATE, content=body, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.json()["error"]["field"] == field


@pytest.mark.parametrize("hours", ["0", "-1", "x", "1.5", ""])
def test_aggregate_names_what_hours_may_be(service: Service, hours: str) -> None:
    answer = httpx.post(f"{service.url}/api/v1/analytics/aggregate", params={"hours": hours})
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "hours"


def test_a_person_is_forgotten_everywhere(service: Service) -> None:
    old = {"event_type": "message.sent", "timestamp": OLD.isoformat(), "role": "user"}
    send(
        service,
        {**old, "user_id": "ada", "session_id": "s1"},
        {**old, "user_id": "bo", "session_id": "s1"},
        {"event_type": "message.sent", "user_id": "ada", "session_id": "s2"},
        {"event_type": "message.sent", "user_id": "bo", "session_id": "s3"},
    )
    api = f"{service.url}/api/v1"
    assert httpx.post(f"{api}/retention").json()["events"] == 2  # ada's and bo's old ones
    gone = httpx.delete(f"{api}/analytics/user/ada").json()
    assert (gone["user_id"], gone["events"], gone["archived_events"]) == ("ada", 1, 1)
    assert gone["renewed_days"] == 2
    left = httpx.get(f"{api}/analytics/summary", params={"time_range": "all"}).json()
    assert (left["total_events"], left["total_users"], left["total_sessions"]) == (2, 1, 2)
    again = httpx.delete(f"{api}/analytics/user/ada")
    assert again.status_code == 404
    assert again.json()["error"]["code"] == "not_found"
    assert httpx.post(f"{api}/doctor").json()["ok"] is True


def test_whoever_changed_something_is_forgotten_there_too(shared_service: Service) -> None:
    api = f"{shared_service.url}/api/v1"
    state = {"device_id": "lamp", "new_state": "on", "reason": "dark"}
    job = {"job_type": "backup", "status": "success", "device_id": "lamp"}
    for path, body in (
        ("device-state-change", {**state, "changed_by": "zoe", "user_id": "yan"}),
        ("device-state-change", {**state, "changed_by": "yan"}),
        ("job-outcome", {**job, "initiated_by": "zoe"}),
    ):
        assert httpx.post(f"{api}/analytics/{path}", json=body).status_code == 200
    gone = httpx.delete(f"{api}/analytics/user/zoe").json()
    assert (gone["events"], gone["unnamed_events"]) == (0, 2)
    events = httpx.get(f"{api}/analytics/events", params={"device_id": "lamp"}).json()["events"]
    told = [one["metadata"] for one in sorted(events, key=lambda one: one["timestamp"])]
    assert [one.get("changed_by") for one in told] == [None, "yan", None]
    assert "initiated_by" not in told[2]
    assert [one.get("reason") for one in told] == ["dark", "dark", None]
    changes = httpx.get(f"{api}/metrics/device-state-history/lamp").json()["changes"]
    assert [one["changed_by"] for one in changes] == [None, "yan"]
    assert httpx.delete(f"{api}/analytics/user/zoe").status_code == 404


def test_commands_work_through_the_service_and_on_the_file(service: Service) -> None:
    send(service, {"event_type": "a", "timestamp": OLD.isoformat()}, {"event_type": "a"})
    for serving in (True, False):
        if not serving:
            service.stop()
        told = run("retention", "--dry-run", data_dir=service.folder)
        assert "Would remove 1 event and" in told.stdout or not serving
        told = run("retention", data_dir=service.folder)
        assert f"Removed {'1 event' if serving else '0 events'} and" in told.stdout
        for words in ([], ["--rebuild"]):
            told = run("doctor", *words, data_dir=service.folder)
            assert told.returncode == 0, told.stdout
            assert "agree with their events" in told.stdout


def test_the_command_forgets_a_person_whoever_has_the_file(service: Service) -> None:
    for serving, user_id in ((True, "a/b ö"), (False, "bo")):
        send(service, {"event_type": "a", "user_id": user_id}, {"event_type": "a"})
        if not serving:
            service.stop()
        asked = run("forget", user_id, data_dir=service.folder)  # and nobody answers
        assert asked.returncode == 1
        assert "Go on?" in asked.stdout
        gone = run("forget", user_id, "--yes", data_dir=service.folder)
        assert "Removed 1 event, and 0 in sums alone" in gone.stdout
        again = run("forget", user_id, "--yes", data_dir=service.folder)
        assert again.returncode == 1
        assert "There is no such user" in again.stderr


def test_doctor_finds_what_is_wrong_and_rebuild_mends_it(service: Service) -> None:
    send(service, *({"event_type": "a"} for _ in range(5)))
    httpx.post(f"{service.url}/api/v1/analytics/aggregate")
    service.stop()
    with duckdb.connect(service.folder / "localytics.duckdb") as connection:
        connection.execute("update rollup_types_hours set n = n + 1")
    told = run("doctor", data_dir=service.folder)
    assert told.returncode == 1
    assert "rollup_types_hours" in told.stdout
    assert "--rebuild" in told.stdout
    assert run("doctor", "--rebuild", data_dir=service.folder).returncode == 0
    assert run("doctor", data_dir=service.folder).returncode == 0


def test_rows_of_days_without_events_are_found_and_mended(recorder: Recorder) -> None:
    recorder.record({"event_type": "a"})
    recorder.store.rolling.roll_up()

    def plant(cursor: duckdb.DuckDBPyConnection) -> int:
        for number, table in enumerate(TABLES):
            values = {"days": 40 * number}  # that none is looked at together with another
            slot = "timestamp '2010-01-01' + to_days($days)"
            cursor.execute(f"insert into {table} (slot) values ({slot})", values)
            if table.endswith("_links"):
                links = "before = '-infinity', after = 'infinity', counted = 1"
                cursor.execute(f"update {table} set {links} where slot = {slot}", values)
        return 1

    recorder.store.writer.change(plant).result()
    wrong = [one for one in examine(recorder.store).findings if not one.ok]
    assert [one.check for one in wrong] == ["rollups"]
    found = [part.split(":")[0] for part in wrong[0].seen.split(", ")]
    assert sorted(found) == sorted(table for one in ROLLUPS for table in one.tables.values())
    assert [one for one in examine(recorder.store, rebuild=True).findings if not one.ok] == []


def test_rebuild_mends_a_watermark_past_the_last_event(service: Service) -> None:
    send(service, *({"event_type": "a"} for _ in range(5)))
    httpx.post(f"{service.url}/api/v1/analytics/aggregate")
    service.stop()
    with duckdb.connect(service.folder / "localytics.duckdb") as connection:
        connection.execute("update rollup_state set watermark = 100")
    told = run("doctor", data_dir=service.folder)
    assert told.returncode == 1
    assert "wrong  watermark: at 100 of 5" in told.stdout
    assert "run with --rebuild" in told.stdout
    told = run("doctor", "--rebuild", data_dir=service.folder)
    assert told.returncode == 0, told.stdout
    assert "ok     watermark: at 5 of 5" in told.stdout
    service.start()
    send(service, *({"event_type": "a"} for _ in range(2)))
    api = f"{service.url}/api/v1"
    for _ in ("stored", "rolled up"):
        summary = httpx.get(f"{api}/analytics/summary", params={"time_range": "all"}).json()
        assert summary["total_events"] == 7
        assert httpx.post(f"{api}/analytics/aggregate").json()["watermark"] == 7
    assert httpx.post(f"{api}/doctor").json()["ok"] is True


def test_rebuild_takes_true_or_false(service: Service) -> None:
    answer = httpx.post(f"{service.url}/api/v1/doctor", params={"rebuild": "perhaps"})
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "rebuild"


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("POST", "/api/v1/retention?dry_run=true", "dry_run"),
        ("GET", "/api/v1/retention?days=3", "days"),
        ("POST", "/api/v1/analytics/aggregate?hours=1&hours=2", "hours"),
        ("POST", "/api/v1/analytics/aggregate?minutes=1", "minutes"),
        ("POST", "/api/v1/doctor?rebuild=maybe", "rebuild"),
        ("DELETE", f"/api/v1/analytics/user/{'x' * 201}", "user_id"),
        ("DELETE", "/api/v1/analytics/user/ada?sure=no", "sure"),
        ("DELETE", "/api/v1/demo?days=3", "days"),
        ("GET", "/api/v1/status?verbose=1", "verbose"),
    ],
)
def test_what_is_not_understood_changes_nothing(
    shared_service: Service, method: str, path: str, field: str
) -> None:
    answer = httpx.request(method, shared_service.url + path)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/api/v1/retention", {"dry_run": True}, "dry_run"),
        ("POST", "/api/v1/doctor", {"rebuild": "maybe"}, "rebuild"),
        ("POST", "/api/v1/analytics/aggregate?hours=1", {"hours": 1}, "hours"),
        ("POST", "/api/v1/demo", {"days": 0}, "days"),
        ("DELETE", "/api/v1/analytics/user/ada", {"dry_run": True}, "dry_run"),
    ],
)
def test_nor_does_what_is_not_understood_in_a_body(
    shared_service: Service, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    answer = httpx.request(method, shared_service.url + path, json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field


def test_a_body_says_what_a_query_string_would(shared_service: Service) -> None:
    checked = shared_service.post("/api/v1/doctor", json={"rebuild": False})
    assert checked.json()["ok"] is True


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitors_may_add_words_of_their_own(shared_service: Service, path: str) -> None:
    assert shared_service.get(f"{path}?module=any&_=123").status_code == 200
