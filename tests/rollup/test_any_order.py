"""Whatever is done to a store, in whatever order, every report equals a recount in plain Python.

Events come in, late ones and ones sent before among them; they are rolled up, merged, removed by
retention, told again in a fuller version; people are forgotten; the process dies with the file
open. The model is a list of events that knows nothing of rollups.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import msgspec
import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from localytics import doctor
from localytics.configuration import load
from localytics.query.report import catalogue
from localytics.rollup.retention import Retention
from localytics.rollup.rollups import TABLES
from localytics.settings import Retention as Limits
from localytics.store import Store
from tests.conftest import Recorder
from tests.differences import differences
from tests.figures import METRICS
from tests.recount import Recount
from tests.reports.figures import STAMP, answered
from tests.reports.test_every_figure import TURNS, ZONES, filters, some_event

USERS = ("ada", "bo", "cy")
PERCENTILES = {"models_usage", "projects_comparison"}
seeds = st.integers(0, 2**32)


class Stored:
    """A store in a folder of its own, which outlives the examples; a crash moves it."""

    def __init__(self, folder: Path) -> None:
        self._folders = (folder / str(number) for number in count())
        self._folder = next(self._folders)
        self._open()

    def _open(self) -> None:
        overrides = {"store": {"data_dir": str(self._folder)}}
        self.store = Store(load(environ={}, overrides=overrides))
        self.store.open()

    def die(self) -> None:
        """What a killed process leaves: the files as they are while the store is open."""
        left = next(self._folders)
        shutil.copytree(self._folder, left)
        self.store.close()
        shutil.rmtree(self._folder)
        self._folder = left
        try:
            self._open()
        except BaseException:
            self._folder = next(self._folders)  # for the next example
            self._open()
            raise

    def forget(self) -> None:
        """Empty it, and take what comes next from its number on."""
        tables = ("events", "archive", "archived_ids", "touched_days", "stale_days")

        def change(cursor: duckdb.DuckDBPyConnection) -> int:
            for table in (*tables, *TABLES):
                cursor.execute(f"delete from {table}")
            cursor.execute("update rollup_state set watermark = ?", [self.store.writer.last_seq])
            return 0

        self.store.writer.change(change).result()


class AnyOrder(RuleBasedStateMachine):
    """One store and its model. `archived` are the ids of which only sums are left."""

    stored: Stored
    numbers = count()

    @initialize(
        turn=st.sampled_from(TURNS),
        after=st.sampled_from([0, 1, 72]),
        dying=st.sampled_from([True, False, False]),
        examined=st.sampled_from([True, *[False] * 6]),
    )
    def begin(self, turn: datetime, after: int, dying: bool, examined: bool) -> None:
        self.dying, self.examined = dying, examined  # what takes longest is done now and then
        self.turn = turn
        self.now = turn + timedelta(hours=after)
        self.events: dict[str, dict[str, Any]] = {}
        self.archived: set[str] = set()
        self.stored.forget()

    @rule(seed=seeds, size=st.sampled_from([1, 5, 30]))
    def record(self, seed: int, size: int) -> None:
        random = Random(seed)
        new = [self._event(random) for _ in range(size)]
        known = random.sample([*self.events.values()], min(3, len(self.events)))
        with self._time():
            outcome = self._recorder.record(*new, *known)
        assert (outcome.accepted, outcome.duplicates) == (len(new), len(known))
        self.events |= {event["id"]: event for event in new}

    @rule(seed=seeds)
    def tell_again(self, seed: int) -> None:
        """A history, in which some answers have grown since."""
        random = Random(seed)
        told = random.sample([*self.events.values()], min(5, len(self.events)))
        told = [event | {"output_tokens": 2**40 + random.randrange(9)} for event in told]
        told += [self._event(random)]
        with self._time():
            self._recorder.record(*told, replay=True)
        for event in told:
            known = self.events.get(event["id"])
            if known is None or (
                event["id"] not in self.archived
                and (known.get("output_tokens") or -1) <= event.get("output_tokens", -1)
            ):
                self.events[event["id"]] = event

    @rule()
    def roll_up(self) -> None:
        self.stored.store.rolling.roll_up()

    @rule()
    def merge(self) -> None:
        self.stored.store.rolling.merge()

    @rule(days=st.sampled_from([1, 3, 30, 300]), own=st.sampled_from([(), ("api.request=2",)]))
    def prune(self, days: int, own: tuple[str, ...]) -> None:
        limits = Limits(raw_days=days, raw_days_by_type=own)
        retention = Retention(self.stored.store.rolling, self.stored.store.writer, limits)
        plan = retention.plan(self.now)
        pruned = retention.run(self.now)
        assert pruned.kept_days == []
        today = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        gone = {
            id_
            for id_, event in self.events.items()
            if id_ not in self.archived
            and datetime.fromisoformat(event["timestamp"]).astimezone(UTC)
            < today - timedelta(days=limits.days_by_type.get(event["event_type"], days))
        }
        assert pruned.events == len(gone) >= plan.events
        self.archived |= gone

    @rule(user=st.sampled_from(USERS))
    def forget(self, user: str) -> None:
        erased = self.stored.store.remove(
            "user_id = $user_id", {"user_id": user}, archived="user_id = $user_id"
        )
        gone = {id_ for id_, event in self.events.items() if event.get("user_id") == user}
        assert erased.archived_events == len(gone & self.archived)
        assert erased.events == len(gone - self.archived)
        self.events = {id_: event for id_, event in self.events.items() if id_ not in gone}
        self.archived -= gone

    @precondition(lambda self: self.dying)
    @rule()
    def die(self) -> None:
        self.stored.die()

    @rule(
        zone=st.sampled_from(ZONES),
        wanted=filters,
        grain=st.sampled_from(["day", "weekly", "month"]),
        metric=st.sampled_from(sorted(METRICS)),
        window=st.sampled_from(["default", "range", "days", "dates"]),
        seed=seeds,
    )
    def ask(
        self, zone: str, wanted: dict[str, str], grain: str, metric: str, window: str, seed: int
    ) -> None:
        random = Random(seed)
        asked: dict[str, Any] = self._window(random, window) | wanted | {"timezone": zone}
        events = [*self.events.values()]
        with self._time():
            for name in random.sample([one for one in catalogue() if hasattr(Recount, one)], 3):
                report = catalogue()[name]
                words = dict(asked)
                if report.grain:
                    words["group_by"] = grain
                if name == "projects_comparison":
                    words["project_ids"] = ["notes", "elsewhere", "/home/ada/compiler"]
                if name == "trends":
                    words["metric"] = metric
                answer = answered(self._recorder, name, words)
                got = {
                    field: value
                    for field, value in plain(answer).items()
                    if field not in (*STAMP, "insights")
                }
                expected = Recount(events, words, report.window, self.now).answer(name)
                assert differences(got, expected, sketched=True) == [], (name, words)
                # All windows here start and end with a quarter of an hour.
                assert answer.exact or (name in PERCENTILES and self.archived), (name, words)

    def teardown(self) -> None:
        """Whatever was done, the rollups agree with what they are made of."""
        if not self.examined:
            return
        store = self.stored.store
        findings = [*doctor.rollups(store), *doctor.counters(store)]
        assert [finding for finding in findings if not finding.ok] == []

    def _event(self, random: Random) -> dict[str, Any]:
        return some_event(random, self.turn, self.now) | {"id": f"e{next(self.numbers)}"}

    def _window(self, random: Random, form: str) -> dict[str, str]:
        since = self.turn.date() + timedelta(days=random.choice([-400, -60, -8, -2, 0]))
        until = since + timedelta(days=random.choice([1, 3, 70]))
        forms: dict[str, dict[str, str]] = {
            "default": {},
            "range": {"time_range": random.choice(["24h", "7d", "30d", "1y", "all"])},
            "days": {"days": str(random.choice([1, 4, 9, 90]))},
            "dates": {"start_date": since.isoformat(), "end_date": until.isoformat()},
        }
        return forms[form]

    def _time(self) -> time_machine.travel:
        return time_machine.travel(self.now, tick=False)

    @property
    def _recorder(self) -> Recorder:
        return Recorder(self.stored.store)


def plain(answer: Any) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(answer, builtin_types=(datetime, Decimal))
    return found


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[Stored]:
    stored = Stored(tmp_path)
    yield stored
    stored.store.close()


@pytest.mark.timeout(600)
def test_every_report_equals_its_recount_whatever_is_done(stored: Stored) -> None:
    AnyOrder.stored = stored
    case = AnyOrder.TestCase
    case.settings = settings(
        max_examples=200,
        stateful_step_count=4,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    case("runTest").runTest()
