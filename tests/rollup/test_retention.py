"""Retention: events go, what they added up to stays, and one sent again counts no second time."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from localytics.configuration import load
from localytics.errors import SetupError
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from localytics.store import Store
from tests.conftest import Recorder

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def event(number: int, days_ago: float, **more: object) -> dict[str, object]:
    at = NOW - timedelta(days=days_ago)
    return {
        "event_type": "message.sent",
        "id": f"e{number}",
        "timestamp": at.isoformat(),
        "user_id": "ada",
        "session_id": f"s{number % 3}",
        "role": "assistant",
        "model": "some-model",
        "duration_ms": 100 + number,
        "cost_usd": 0.5,
        **more,
    }


def pruned(recorder: Recorder, **limits: object) -> int:
    retention = Retention(recorder.store.rolling, recorder.store.writer, Limits(**limits))  # type: ignore[arg-type]
    return retention.run(NOW).events


def events_left(recorder: Recorder) -> int:
    (count,) = recorder.store.reader.figures("select count(*) from events")
    return int(count)


@pytest.fixture(autouse=True)
def frozen() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def test_whole_days_older_than_the_limit_go_and_no_others(recorder: Recorder) -> None:
    # Ten days before noon of the first of June is noon of the 22nd of May: that day stays whole.
    recorder.record(*(event(n, age) for n, age in enumerate([9, 10, 10.49, 10.51, 11, 50])))
    assert pruned(recorder, raw_days=10) == 3
    assert events_left(recorder) == 3
    assert pruned(recorder, raw_days=10) == 0


def test_charts_and_totals_stay(recorder: Recorder) -> None:
    recorder.record(*(event(n, n) for n in range(60)))
    before = recorder.ask("usage", days=90), recorder.ask("costs", time_range="all")
    assert pruned(recorder, raw_days=7) == 52
    after = recorder.ask("usage", days=90), recorder.ask("costs", time_range="all")
    assert after == before
    assert after[0]["exact"] is after[1]["exact"] is True


def test_a_filter_still_works_on_what_is_gone(recorder: Recorder) -> None:
    recorder.record(*(event(n, n, user_id=f"user-{n % 4}") for n in range(40)))
    before = recorder.ask("summary", time_range="90d", user_id="user-1")
    pruned(recorder, raw_days=3)
    assert recorder.ask("summary", time_range="90d", user_id="user-1") == before


def test_percentiles_come_from_sizes_then_and_say_so(recorder: Recorder) -> None:
    recorder.record(*(event(n, 20 + n / 100) for n in range(100)))
    assert recorder.ask("models_usage", days=90)["exact"] is True
    pruned(recorder, raw_days=7)
    answer = recorder.ask("models_usage", days=90)
    assert answer["exact"] is False
    assert answer["models"][0]["p95_response_time_ms"] == pytest.approx(194, rel=0.01)
    assert answer["models"][0]["avg_response_time_ms"] == 149.5


def test_a_window_that_cuts_what_is_gone_says_so(recorder: Recorder) -> None:
    at = NOW - timedelta(days=20)
    recorder.record(event(1, 20), event(4, 20 - 5 / 1440))  # 12:00 and 12:05, of one session
    pruned(recorder, raw_days=7)
    cut = (at + timedelta(minutes=3)).isoformat()
    assert recorder.ask("usage", start_date=cut)["exact"] is False
    assert recorder.ask("usage", start_date=at.isoformat())["exact"] is True


def test_an_event_sent_again_after_it_went_counts_once(recorder: Recorder) -> None:
    recorder.record(event(1, 30), event(2, 1))
    pruned(recorder, raw_days=7)
    again = recorder.record(event(1, 30), event(2, 1))
    assert (again.accepted, again.duplicates) == (0, 2)
    told = recorder.record(event(1, 30, output_tokens=5), replay=True)
    assert (told.accepted, told.updated, told.duplicates) == (0, 0, 1)
    assert recorder.ask("usage", days=90)["total_messages"] == 2


def test_what_is_newer_than_all_that_is_kept_is_known_after_a_restart(tmp_path: Path) -> None:
    settings = load(environ={}, overrides={"store": {"data_dir": str(tmp_path)}})
    gone = [event(n, 5 + n, event_type="api.request") for n in range(3)]
    with Store(settings) as store:
        first = Recorder(store)
        first.record(event(9, 30, event_type="audit.kept"), *gone)
        limits = {"raw_days": 90, "raw_days_by_type": ("api.request=2",)}
        assert pruned(first, **limits) == 3
    with Store(settings) as store:
        again = Recorder(store)
        known = again.record(*gone, event(9, 30, event_type="audit.kept"))
        assert (known.accepted, known.duplicates) == (0, 4)
        summary = again.ask("summary", days=40)
        assert summary["total_events"] == 4


def test_a_late_event_of_a_day_that_went_is_counted_and_goes_as_well(recorder: Recorder) -> None:
    recorder.record(event(1, 30))
    pruned(recorder, raw_days=7)
    recorder.record(event(2, 30))
    assert recorder.ask("usage", days=90)["total_messages"] == 2
    assert pruned(recorder, raw_days=7) == 1
    assert recorder.ask("usage", days=90)["total_messages"] == 2


def test_types_have_limits_of_their_own(recorder: Recorder) -> None:
    recorder.record(
        event(1, 5, event_type="api.request"), event(2, 5), event(3, 50, event_type="audit.kept")
    )
    limits = {"raw_days": 20, "raw_days_by_type": ("api.request=2", "audit.kept=0")}
    assert pruned(recorder, **limits) == 1
    assert events_left(recorder) == 2


def test_what_does_not_agree_with_its_rollups_is_mended_before_it_goes(recorder: Recorder) -> None:
    recorder.record(*(event(n, 30) for n in range(5)))
    recorder.store.rolling.roll_up()
    with recorder.store.database.cursor() as cursor:
        cursor.execute("update rollup_types_hours set n = n + 1")
    assert pruned(recorder, raw_days=7) == 5
    assert recorder.store.rolling.drifted > 0
    assert recorder.ask("usage", days=90)["total_messages"] == 5


def test_rollups_have_a_limit_of_their_own(recorder: Recorder) -> None:
    recorder.record(event(1, 100), event(2, 40), event(3, 1))
    assert pruned(recorder, raw_days=7, rollup_days=60) == 2
    answer = recorder.ask("usage", days=200)
    assert (answer["total_messages"], answer["exact"]) == (2, False)  # nobody knows of the first
    assert recorder.ask("usage", days=30)["exact"] is True


def reading(number: int, days_ago: float, value: float, source: str, who: str) -> dict[str, object]:
    counter = {"event_type": "metric.recorded", "category": "km", "value": value}
    metadata = {"metric_type": "counter"}
    return event(number, days_ago, **counter, source=source, user_id=who, metadata=metadata)


def test_a_counter_goes_on_from_where_it_ended_long_ago(recorder: Recorder) -> None:
    recorder.record(reading(1, 100, 5, "bike", "ada"), reading(2, 1, 8, "bike", "ada"))
    recorder.record(reading(3, 40, 7, "car", "bo"), reading(4, 1, 9, "car", "ada"))
    assert pruned(recorder, raw_days=7, rollup_days=60) == 2

    def counted(source: str) -> tuple[float, bool]:
        answer = recorder.ask("metric", metric_name="km", days=3, source=source)
        return answer["counter"]["sum"], answer["exact"]

    assert (counted("bike"), counted("car")) == ((3, True), (2, True))
    recorder.store.forget("bo")
    assert (counted("bike"), counted("car")) == ((3, True), (9, True))


def test_a_plan_changes_nothing(recorder: Recorder) -> None:
    recorder.record(event(1, 100), event(2, 1))
    recorder.store.rolling.roll_up()
    retention = Retention(recorder.store.rolling, recorder.store.writer, Limits(raw_days=7))
    plan = retention.plan(NOW)
    assert (plan.dry_run, plan.events, events_left(recorder)) == (True, 1, 2)
    (one,) = plan.types
    assert (one.event_type, one.oldest) == ("message.sent", NOW - timedelta(days=100))


def test_the_file_levels_off(tmp_path: Path) -> None:
    """The space of what went is used again: cycle after cycle as much comes as goes."""
    sizes = []
    overrides = {"store": {"data_dir": str(tmp_path), "checkpoint_mb": 1}}
    for cycle in range(6):
        with Store(load(environ={}, overrides=overrides)) as store:
            recorder = Recorder(store)
            now = NOW + timedelta(days=10 * cycle)
            batch = [event(n + 12_000 * cycle, n / 1200 - 10 * cycle) for n in range(12_000)]
            recorder.record(*batch)
            Retention(store.rolling, store.writer, Limits(raw_days=1)).run(now)
            store.rolling.merge()
        sizes.append((tmp_path / "localytics.duckdb").stat().st_size)
    assert sizes[-1] < sizes[2] * 1.5, sizes


@pytest.mark.parametrize(
    "limits",
    [{"raw_days_by_type": ["api.request"]}, {"raw_days": 90, "rollup_days": 30}],
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, object]) -> None:
    with pytest.raises(SetupError, match=r"raw_days_by_type|rollup_days"):
        load(environ={}, overrides={"retention": limits})


def test_the_usual_variable_is_honoured() -> None:
    assert load(environ={"ANALYTICS_RETENTION_DAYS": "30"}).retention.raw_days == 30
