"""Four people: what they did in three weeks, in a store that all tests of a module share."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from localytics.configuration import load
from localytics.rollup.retention import Retention
from localytics.settings import Retention as Limits
from localytics.store import Store
from tests.conftest import Recorder
from tests.reports.test_every_figure import forget


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    folder = tmp_path_factory.mktemp("people")
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})) as store:
        yield Recorder(store)


NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday


def event(number: int, who: str, what: str, days_ago: float) -> dict[str, Any]:
    at = (NOW - timedelta(days=days_ago)).isoformat()
    return {"id": f"e{number}", "event_type": what, "user_id": who, "timestamp": at}


def told(recorder: Recorder, report: str, **words: Any) -> dict[str, Any]:
    with time_machine.travel(NOW, tick=False):
        return recorder.ask(report, **words)


@pytest.fixture
def some(recorder: Recorder) -> Recorder:
    """Four people: ada comes back each week, bo and cy once, di not."""
    forget(recorder)
    visits: dict[str, list[float]] = {
        "ada": [22, 15, 8, 1],
        "bo": [22, 8],
        "cy": [15, 8.5],
        "di": [15],
    }
    events = [
        event(number, who, what, age + step / 24)
        for number, (who, age, step, what) in enumerate(
            (who, age, step, what)
            for who, ages in visits.items()
            for age in ages
            for step, what in ((1, "page.viewed"), (0, "order.paid"))
            if what == "page.viewed" or who in ("ada", "bo")
        )
    ]
    with time_machine.travel(NOW, tick=False):
        recorder.record(*events)
        recorder.store.rolling.roll_up()
    return recorder


def remove_events(recorder: Recorder) -> None:
    """Those of more than 3 days ago, as retention does."""
    with time_machine.travel(NOW, tick=False):
        limits = Limits(raw_days=3)
        Retention(recorder.store.rolling, recorder.store.writer, limits).run(NOW)


def forget_all(recorder: Recorder) -> None:
    """Of the removed events, too."""
    forget(recorder)
    with recorder.store.database.committing(), recorder.store.database.cursor() as cursor:
        cursor.execute("delete from archive")
        cursor.execute("delete from archived_ids")
