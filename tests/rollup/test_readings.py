"""The readings of metrics that rollups have by themselves: always those that are in the events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import duckdb
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from localytics.doctor import counters, examine, rollups
from localytics.maintenance import forget
from localytics.rollup import erasure
from localytics.rollup.retention import Retention
from localytics.rollup.rollups import READINGS_TABLE
from localytics.settings import Retention as Limits
from tests.conftest import Recorder
from tests.recount import Recount
from tests.reports.figures import figures
from tests.reports.operations import Case, examples, shared
from tests.reports.readings import hits, reading
from tests.reports.test_every_figure import forget as empty
from tests.reports.test_metric import expected

NOW = datetime(2025, 3, 9, 12, 20, tzinfo=UTC)
ZONES = ["UTC", "Asia/Kathmandu", "America/New_York"]
HOURS = {
    "metric_name": "hits",
    "group_by": "hour",
    "start_date": "2025-03-03T10:00",
    "end_date": "2025-03-03T12:00",
}


__all__ = ["shared"]


class Told:
    """A store, and what it was told: `events` by their names, in the order of their numbers."""

    def __init__(self, recorder: Recorder, random: Random) -> None:
        self.recorder, self.random = recorder, random
        self.events: dict[str, dict[str, Any]] = {}

    def record(self) -> None:
        new = [self._reading() for _ in range(self.random.choice([1, 5, 20]))]
        self.recorder.record(*new)
        self.events |= {one["id"]: one for one in new}

    def tell_again(self) -> None:
        """In a fuller version: it has another number, and the day of the first is stale."""
        for name in self.random.sample([*self.events], min(3, len(self.events))):
            known = self.events.pop(name)
            grown = known.get("output_tokens", 0) + 1
            self.events[name] = known | {"output_tokens": grown}
            self.recorder.record(self.events[name], replay=True)

    def forget(self) -> None:
        if any(one.get("user_id") == "ada" for one in self.events.values()):
            forget(self.recorder.store, "ada")
        kept = {name: one for name, one in self.events.items() if one.get("user_id") != "ada"}
        self.events = kept

    def roll_up(self) -> None:
        self.recorder.store.rolling.roll_up()

    def merge(self) -> None:
        self.recorder.store.rolling.merge()

    def rebuild(self) -> None:
        self.recorder.store.rolling.rebuild()

    def ask(self) -> None:
        random = self.random
        start = self._instant() - timedelta(hours=random.choice([0, 30, 90]))
        length = timedelta(seconds=random.choice([1, 3600, 90_000, 160 * 3600]))
        windows: list[dict[str, Any]] = [
            {"hours": 24},
            {"time_range": "all"},
            {"start_date": start.isoformat(), "end_date": (start + length).isoformat()},
        ]
        label = random.choice([{}, {}, {"host": "a"}, {"n": "5"}])
        words = random.choice(windows) | random.choice([{}, {"user_id": "ada"}, {"source": "app"}])
        words |= {"metric_name": "hits", "group_by": "hour", "timezone": random.choice(ZONES)}
        asked = words | {f"labels.{name}": value for name, value in label.items()}
        got = figures(self.recorder, "metric", asked)
        recount = Recount([*self.events.values()], words, "24h", NOW)
        found = Case("metric", asked, NOW, recount, got)
        found.equals(expected(found, label))

    def _reading(self) -> dict[str, Any]:
        made = reading(self.random) | {"timestamp": self._instant().isoformat()}
        made["id"] = f"r{self.random.randrange(2**64)}"
        return {name: value for name, value in made.items() if value is not None}

    def _instant(self) -> datetime:
        random = self.random
        hour = NOW.replace(minute=0) - timedelta(hours=random.choice([0, 1, 2, 12, 13, 70]))
        return hour + timedelta(
            microseconds=random.choice([-1, 0, random.randrange(3_600_000_000)])
        )


@examples
@given(seed=st.integers(0, 2**32))
def test_a_metric_is_told_the_same_whatever_is_done(shared: Recorder, seed: int) -> None:
    random = Random(seed)
    empty(shared)
    with time_machine.travel(NOW, tick=False):
        told = Told(shared, random)
        first = hits("10:00:00", 3) | {"timestamp": "2025-02-20T00:00:00+00:00", "id": "first"}
        told.recorder.record(first)
        told.events["first"] = first
        ways = [told.record, told.record, told.tell_again, told.forget]
        ways += [told.roll_up, told.roll_up, told.merge, told.rebuild]
        for _ in range(8):
            random.choice(ways)()
            told.ask()
        assert [one for one in rollups(shared.store) if not one.ok] == []


def stages(recorder: Recorder) -> Iterator[str]:
    """The same events as they are stored first, then rolled up, merged and made anew."""
    yield "stored"
    recorder.store.rolling.roll_up()
    yield "rolled up"
    recorder.store.rolling.merge()
    yield "merged"
    recorder.store.rolling.rebuild()
    yield "made anew"


def sums(recorder: Recorder) -> list[float]:
    """What was added, hour by hour."""
    points = recorder.ask("metric", **HOURS)["counter"]["points"]
    return [point["sum"] for point in points]


def readings(recorder: Recorder) -> int:
    (count,) = recorder.store.reader.figures(f"select count(*) from {READINGS_TABLE}")
    return int(count)


def test_one_that_comes_late_takes_its_part_of_what_the_next_has_added(recorder: Recorder) -> None:
    recorder.record(hits("10:10:00", 10), hits("11:30:00", 20))
    for stage in stages(recorder):
        assert sums(recorder) == [10, 10], stage
    recorder.record(hits("10:50:00", 14))
    for stage in stages(recorder):
        assert sums(recorder) == [14, 6], stage
    recorder.record(hits("10:05:00", 12))  # it was more before: the one after it began anew
    for stage in stages(recorder):
        assert sums(recorder) == [12 + 10 + 4, 6], stage


def test_a_counter_may_begin_anew_where_an_hour_ends(recorder: Recorder) -> None:
    recorder.record(hits("09:59:59.999999", 40), hits("10:59:59.999999", 50))
    for stage in stages(recorder):
        assert sums(recorder) == [10, 0], stage
    recorder.record(hits("11:00:00", 3), hits("11:00:00.000001", 5))
    for stage in stages(recorder):
        assert sums(recorder) == [10, 3 + 2], stage


def test_what_a_person_sent_is_gone_at_once_and_for_good(recorder: Recorder) -> None:
    recorder.record(hits("10:10:00", 10))
    recorder.record(hits("10:50:00", 14) | {"user_id": "ada"}, hits("11:30:00", 20))
    recorder.store.rolling.roll_up()

    def leave(cursor: duckdb.DuckDBPyConnection) -> int:
        return erasure.forget(cursor, "ada").events

    assert recorder.store.writer.change(leave).result() == 1
    for stage in stages(recorder):
        assert sums(recorder) == [10, 10], stage
    assert readings(recorder) == 2


def test_what_retention_removes_of_the_events_is_removed_of_the_readings(
    recorder: Recorder,
) -> None:
    other = {"category": "other", "metadata": {"metric_type": "histogram"}}
    recorder.record(hits("10:10:00", 10), hits("11:30:00", 20), hits("11:30:00", 7) | other)
    recorder.record(hits("00:00:00", 26) | {"timestamp": "2025-03-05T00:00:00Z"})
    days = {"metric_name": "hits", "start_date": "2025-03-02", "end_date": "2025-03-09"}
    with time_machine.travel(NOW, tick=False):
        recorder.store.rolling.roll_up()
        assert readings(recorder) == 4
        retention = Retention(recorder.store.rolling, recorder.store.writer, Limits(raw_days=4))
        assert retention.plan(NOW).rollup_rows == 0
        assert retention.run(NOW).events == 3
        assert readings(recorder) == 1
        for stage in stages(recorder):
            answer = recorder.ask("metric", **days)
            assert (answer["counter"]["sum"], answer["exact"]) == (26, True), stage
            assert sums(recorder) == [10, 10], stage
            told = recorder.ask("metric", **days | {"metric_name": "other"})["histogram"]
            assert (told["count"], told["sum"]) == (1, 7), stage
        recorder.record(hits("00:00:00", 28) | {"timestamp": "2025-03-04T00:00:00Z"})
        for stage in stages(recorder):
            assert recorder.ask("metric", **days)["counter"]["sum"] == 28 + 26, stage
        assert [one for one in rollups(recorder.store) if not one.ok] == []


@pytest.mark.parametrize(
    "spoiling",
    [
        "delete from metric_ends",
        "update metric_ends set last = last + 1",
        "insert into metric_ends from metric_ends",
        "update metric_ends set last_at = last_at - interval '1 hour', last = 1",
    ],
)
def test_where_counters_end_is_restored_from_the_archive(recorder: Recorder, spoiling: str) -> None:
    recorder.record(hits("10:10:00", 10), hits("11:30:00", 20))
    with time_machine.travel(NOW, tick=False):
        retention = Retention(recorder.store.rolling, recorder.store.writer, Limits(raw_days=4))
        assert retention.run(NOW).events == 2
    assert [one for one in counters(recorder.store) if not one.ok] == []

    def spoil(cursor: duckdb.DuckDBPyConnection) -> int:
        cursor.execute(spoiling)
        return 1

    recorder.store.writer.change(spoil).result()
    wrong = [one.check for one in examine(recorder.store).findings if not one.ok]
    assert wrong == ["counters"]
    assert examine(recorder.store, rebuild=True).ok
    recorder.record(hits("11:50:00", 26))
    for stage in stages(recorder):
        assert sums(recorder) == [10, 10 + 6], stage


def test_a_counter_may_end_after_its_archive(recorder: Recorder) -> None:
    recorder.record(hits("10:10:00", 10), hits("11:30:00", 20))
    with time_machine.travel(NOW, tick=False):
        retention = Retention(recorder.store.rolling, recorder.store.writer, Limits(raw_days=4))
        assert retention.run(NOW).events == 2

    def spoil(cursor: duckdb.DuckDBPyConnection) -> int:
        cursor.execute("delete from metric_archive")
        return 1

    recorder.store.writer.change(spoil).result()
    assert [one for one in counters(recorder.store) if not one.ok] == []
    examine(recorder.store, rebuild=True)
    recorder.record(hits("11:50:00", 26))
    for stage in stages(recorder):
        assert sums(recorder) == [0, 6], stage


def test_a_reading_that_is_not_what_the_event_says_is_found_and_mended(recorder: Recorder) -> None:
    recorder.record(hits("10:10:00", 10), hits("11:30:00", 20))
    recorder.store.rolling.roll_up()

    def spoil(cursor: duckdb.DuckDBPyConnection) -> int:
        cursor.execute(f"update {READINGS_TABLE} set value = value + 1 where value = 20")
        return 1

    recorder.store.writer.change(spoil).result()
    wrong = [one.seen for one in rollups(recorder.store) if not one.ok]
    assert len(wrong) == 1
    assert READINGS_TABLE in wrong[0]
    examine(recorder.store, rebuild=True)
    assert sums(recorder) == [10, 10]
    assert [one for one in rollups(recorder.store) if not one.ok] == []
