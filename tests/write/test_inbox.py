"""The inbox: acknowledged events on their way to `events`, which nobody can tell are not there."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from localytics.configuration import load
from localytics.errors import LocalyticsError, SetupError
from localytics.event import Event
from localytics.settings import Settings
from localytics.sink import Outcome
from localytics.store import Store
from localytics.write import inbox
from localytics.write.database import FILE_NAME
from tests.conftest import Recorder
from tests.eventually import eventually
from tests.faults.small_disk import small_disk
from tests.write.test_poison import POISON
from tests.write.together import send_together

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_NAMES = "select string_agg(id, ' ' order by seq), max(seq) from events"


def event(name: str, **fields: Any) -> Event:
    usual: dict[str, Any] = {"event_type": "message.sent", "id": name, "timestamp": AT}
    return Event(**(usual | fields))


def in_file(folder: Path) -> tuple[int, int]:
    """How many rows a closed store has in `inbox`, and in `events`."""
    with duckdb.connect(folder / FILE_NAME, read_only=True) as connection:
        counts = "select (select count(*) from inbox), (select count(*) from events)"
        return connection.execute(counts).fetchall()[0]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that leaves events in the inbox until somebody needs them elsewhere."""
    monkeypatch.setattr("localytics.write.writer._IDLE_SECONDS", 3600)


def test_question_counts_what_was_just_acknowledged(recorder: Recorder, unhurried: None) -> None:
    writer = recorder.store.writer
    for number in range(3):
        seen = recorder.ask("summary", time_range="all")["total_messages"]
        assert seen == 2 * number
        told = send_together(recorder.store, [event(f"a{number}")], [event(f"b{number}")])
        assert told == [Outcome(accepted=1)] * 2
        assert writer.last_seq == 2 * number + 2
    assert recorder.store.reader.figures(_NAMES) == ("a0 b0 a1 b1 a2 b2", 6)


@pytest.mark.parametrize(
    "look",
    [
        lambda store: store.rolling.roll_up().rolled_up,
        lambda store: store.remove("user_id = 'ada'", {}, archived="user_id = 'ada'").events,
        lambda store: store.reader.figures("select count(*) from events")[0],
    ],
    ids=["rolling up", "removing", "reading"],
)
def test_whatever_looks_at_events_finds_those_of_the_inbox(
    recorder: Recorder, unhurried: None, look: Callable[[Store], int]
) -> None:
    send_together(recorder.store, [event("a", user_id="ada")], [event("b", user_id="ada")])
    assert look(recorder.store) == 2


def test_event_sent_again_is_a_duplicate_while_the_first_is_in_the_inbox(
    recorder: Recorder, unhurried: None
) -> None:
    send_together(recorder.store, [event("a")], [event("b"), event("c")])
    told = send_together(recorder.store, [event("b")], [event("d")])
    assert told == [Outcome(duplicates=1), Outcome(accepted=1)]
    assert recorder.store.record([event("d")]) == Outcome(duplicates=1)
    assert recorder.store.record([event("a")], replay=True) == Outcome(duplicates=1)
    assert recorder.store.reader.figures(_NAMES) == ("a b c d", 4)


def test_numbers_follow_the_order_of_acknowledging(recorder: Recorder, unhurried: None) -> None:
    send_together(recorder.store, [event("a")], [event("b")])
    recorder.store.record([event(f"c{number}") for number in range(600)])
    send_together(recorder.store, [event("d")], [event("e")])
    counted = "select count(*), max(seq), arg_min(id, seq), arg_max(id, seq) from events"
    assert recorder.store.reader.figures(counted) == (604, 604, "a", "e")


def test_many_and_what_nothing_follows_move_by_themselves(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localytics.write.writer._INBOX_EVENTS", 4)
    ledger = recorder.store.writer._ledger
    send_together(recorder.store, [event("a")], [event("b")])
    eventually(lambda: not ledger.unsettled, "an idle writer to empty the inbox")
    monkeypatch.setattr("localytics.write.writer._IDLE_SECONDS", 3600)
    send_together(recorder.store, [event("c"), event("d")], [event("e"), event("f")])
    eventually(lambda: not ledger.unsettled, "a full inbox to be emptied")


def test_closing_leaves_nothing_in_the_inbox(settings: Settings, unhurried: None) -> None:
    with Store(settings) as store:
        send_together(store, [event("a")], [event("b")])
    assert in_file(settings.data_dir) == (0, 2)


@pytest.mark.parametrize("kind", POISON)
def test_bad_event_of_another_caller_is_rejected_by_itself(
    recorder: Recorder, unhurried: None, kind: str
) -> None:
    good, bad, both = send_together(
        recorder.store,
        [event("good")],
        [event("bad", **POISON[kind])],
        [event("bad too", **POISON[kind]), event("good too")],
    )
    assert good == Outcome(accepted=1)
    assert (bad.accepted, [one.index for one in bad.rejected]) == (0, [0])
    assert (both.accepted, [one.index for one in both.rejected]) == (1, [0])
    assert recorder.store.reader.figures(_NAMES) == ("good good too", 2)


SCRIPT = """
import os, signal, sys
from pathlib import Path
from localytics.configuration import load
from localytics.store import Store
from localytics.write import writer
from tests.write.test_inbox import event
from tests.write.together import send_together
writer._IDLE_SECONDS = 3600
store = Store(load(environ={}, overrides={"store": {"data_dir": sys.argv[1]}}))
store.open()
store.record([event("first")])
send_together(store, [event("a")], [event("b", metadata={"x": "'\\0"})])
for name in "c", "d":
    assert store.record([event(name)]).accepted == 1
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_with_a_filled_inbox(settings: Settings) -> None:
    killed = subprocess.run([sys.executable, "-c", SCRIPT, str(settings.data_dir)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert in_file(settings.data_dir) == (3, 1)
    with Store(settings) as store:
        assert store.writer.last_seq == 5
        assert store.record([event("c"), event("new")]) == Outcome(accepted=1, duplicates=1)
        assert store.reader.figures(_NAMES) == ("first a b c d new", 6)
    assert in_file(settings.data_dir) == (0, 6)


def test_inbox_that_was_tampered_with_costs_no_other_event(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with Store(settings) as store:
        store.record([event("first")])
    names = ["a", "b", "c"]
    group = inbox._Group(
        events=[event(name, cost_usd=10**40 if name == "b" else None) for name in names],
        times=[0] * 3,
        bases=["sent"] * 3,
        received=[0] * 3,
        sent=[0] * 3,
    )
    with duckdb.connect(settings.data_dir / FILE_NAME) as connection:
        connection.execute("insert into inbox values (4, $1)", [inbox._encode(group).decode()])
    with Store(settings) as store:
        assert store.reader.figures(_NAMES) == ("first a c", 4)
    assert "1 events of the inbox are lost" in caplog.text
    assert in_file(settings.data_dir) == (0, 3)


def test_inbox_of_another_release_is_left_alone(settings: Settings) -> None:
    with Store(settings):
        pass
    with duckdb.connect(settings.data_dir / FILE_NAME) as connection:
        connection.execute("insert into inbox values (1, '{\"group\": []}')")
    with pytest.raises(SetupError, match="acknowledged last can't be read"):
        Store(settings).open()
    assert in_file(settings.data_dir) == (1, 0)


def test_full_disk_keeps_what_is_in_the_inbox_and_questions_count_it(
    tmp_path: Path, unhurried: None
) -> None:
    with small_disk(tmp_path / "disk", 16) as disk:
        folder = {"data_dir": str(disk.folder / "data"), "checkpoint_mb": 1}
        with Store(load(environ={}, overrides={"store": folder})) as store:
            recorder = Recorder(store)
            assert store.record([event("first", user_id="ada")]) == Outcome(accepted=1)
            store.rolling.roll_up()
            text = os.urandom(10_000).hex()
            large = [event(f"{n}", metadata={"text": text}) for n in range(20)]
            assert send_together(store, large, [event("x", user_id="bo")])[0].accepted == 20

            def told() -> tuple[object, ...]:
                summary = recorder.ask("summary", time_range="all")
                events = recorder.ask("events", time_range="all", limit=2)["events"]
                with store.reader.snapshot() as snapshot:
                    ids = snapshot.rows("select count(distinct id) from events", {})[1]
                people = summary["total_users"], summary["total_messages"]
                return *people, [one["id"] for one in events], ids

            disk.fill()
            full = told()
            assert full == (2, 22, ["x", "19"], [(22,)])
            assert store.writer._ledger.unsettled == 21
            with pytest.raises(LocalyticsError):
                store.remove("user_id = 'bo'", {}, archived="user_id = 'bo'")
            assert told() == full
            disk.free()
            assert store.record([event("x")]) == Outcome(duplicates=1)
            assert store.writer._ledger.unsettled == 0
            assert told() == full
            assert store.reader.figures("select count(*), max(seq) from events") == (22, 22)
