"""`localytics demo`: believable, labelled, removable, and only where nothing is lost in it."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from localytics.event import Event
from localytics.sources.demo import demo_events
from tests.program import ask, run
from tests.service import Service

NOW = datetime(2026, 6, 17, 15, 30, tzinfo=UTC)


def history() -> list[Event]:
    return [event for day in demo_events(NOW, 60) for event in day]


def test_it_is_the_same_every_time_and_all_of_it_is_labelled() -> None:
    events = history()
    assert events == history()
    assert {event.source for event in events} == {"demo"}
    ids = [event.id for event in events]
    assert len(set(ids)) == len(ids)
    for event in events:
        event.check()
        assert isinstance(event.timestamp, datetime)
        assert event.timestamp < NOW


def test_it_is_believable() -> None:
    """People differ, work days are busier than days off, nights are not like days."""
    messages = [event for event in history() if event.event_type == "message.sent"]
    by_person = Counter(event.user_id for event in messages)
    assert max(by_person.values()) > 4 * min(by_person.values())
    weekdays = Counter(event.timestamp.weekday() < 5 for event in messages if event.timestamp)  # type: ignore[union-attr]
    assert weekdays[True] / 5 > 3 * weekdays[False] / 2
    assert len({event.model for event in messages if event.model}) >= 4
    assert len({event.project_id for event in messages}) >= 4
    assert len({event.session_id for event in messages}) > 300


def test_guests_come_and_most_of_them_go() -> None:
    days: dict[str, set[object]] = {}
    for event in history():
        if event.user_id and event.user_id.startswith("guest-"):
            assert isinstance(event.timestamp, datetime)
            days.setdefault(event.user_id, set()).add(event.timestamp.date())
    assert len(days) > 30
    once = sum(len(seen) == 1 for seen in days.values())
    assert 0.1 < once / len(days) < 0.6
    assert max(map(len, days.values())) > 15


def test_its_machines_have_jobs_errors_and_states_that_follow_each_other() -> None:
    events = sorted(history(), key=lambda event: str(event.timestamp))
    jobs = Counter(event.status for event in events if event.event_type == "job.finished")
    assert set(jobs) == {"success", "failed", "timeout", "cancelled"}
    assert jobs["success"] > 0.9 * jobs.total()
    errors = [event for event in events if event.event_type == "error.reported"]
    assert {event.severity for event in errors} == {"critical", "error", "warning", "info"}
    assert len({event.category for event in errors}) == 4
    states: dict[str | None, str | None] = {}
    for event in events:
        if event.event_type == "device.state_changed":
            assert event.metadata
            before = event.metadata["previous_state"]
            assert states.get(event.device_id, before) == before
            states[event.device_id] = event.status
    assert len(states) == 3


def test_it_fills_an_empty_store_and_takes_only_itself_away(service: Service) -> None:
    filled = run("demo", "--days", "10", data_dir=service.folder)
    assert filled.returncode == 0, filled.stderr
    events = service.get("/api/v1/status").json()["events"]
    assert f"{events:,} demo events" in filled.stdout
    service.post("/api/v1/events", json={"event_type": "mine"})
    removed = run("demo", "--remove", data_dir=service.folder)
    assert f"Removed {events:,}" in removed.stdout
    assert service.get("/api/v1/status").json()["events"] == 1


def test_it_does_not_mix_with_what_is_there(service: Service) -> None:
    service.post("/api/v1/events", json={"event_type": "mine"})
    told = run("demo", data_dir=service.folder)
    assert told.returncode == 1
    assert "1 event already" in told.stderr


def test_it_works_without_a_service(tmp_path: Path) -> None:
    assert run("demo", "--days", "3", data_dir=tmp_path).returncode == 0
    assert ask("summary", "--days", "4", data_dir=tmp_path)["total_messages"] > 0
    assert run("demo", "--remove", data_dir=tmp_path).returncode == 0
    assert ask("summary", "--time-range", "all", data_dir=tmp_path)["total_events"] == 0


def test_the_folder_is_told_as_it_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "[bold]"
    assert f"to {folder}," in run("demo", "--days", "3", data_dir=folder).stdout
    assert f"from {folder}" in run("demo", "--remove", data_dir=folder).stdout
