"""Every filter on every report: what is rolled up answers as the events themselves do."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localytics.configuration import load
from localytics.query.question import FILTERS
from localytics.query.report import catalogue
from localytics.store import Store
from tests.conftest import Recorder
from tests.reports.figures import figures
from tests.reports.week import COMPILER, EVENTS, THE_WEEK

REPORTS = [name for name, report in catalogue().items() if not report.path_words]
OPTIONS: dict[str, dict[str, Any]] = {
    "projects_comparison": {"project_ids": [COMPILER, "notes"]},
    "funnel": {"steps": ["message.sent", "api.request"]},
}
SKETCHED = "p95"  # told from the sizes of durations


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Recorder, Recorder]]:
    """The same events twice: as they are, and all but the last few rolled up."""
    folder = tmp_path_factory.mktemp("both")
    with store_in(folder / "raw") as raw, store_in(folder / "rolled") as rolled:
        events = [
            {"id": f"e{number}", "device_id": "pi", "conversation_id": "c1", "source": "app"}
            | event
            for number, event in enumerate(EVENTS)
        ]
        for store in (raw, rolled):
            recorder = Recorder(store)
            recorder.record(*events[:-3])
            if store is rolled:
                store.rolling.roll_up()
            recorder.record(*events[-3:])
        yield Recorder(raw), Recorder(rolled)


def store_in(folder: Path) -> Store:
    return Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}}))


@pytest.mark.parametrize("column", FILTERS)
@pytest.mark.parametrize("name", REPORTS)
def test_a_filter_means_the_same_rolled_up_or_not(
    both: tuple[Recorder, Recorder], name: str, column: str
) -> None:
    raw, rolled = both
    report = catalogue()[name]
    window = {} if report.longest or not report.takes_window else THE_WEEK
    values = {event[column] for event in EVENTS if event.get(column)}
    given = {"device_id": "pi", "conversation_id": "c1", "source": "app"}
    for value in sorted(values | {given.get(column, "nobody"), "nobody"}):
        words = {**window, **OPTIONS.get(name, {}), column: value}
        assert exact(figures(rolled, name, words)) == exact(figures(raw, name, words)), words


def exact(answer: Any) -> Any:
    """Without what is near enough only, and the moments it was asked and stored at."""
    if isinstance(answer, list):
        return [exact(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        key: exact(value)
        for key, value in answer.items()
        if not key.startswith(SKETCHED) and key not in {"timestamp", "next_cursor", "received_at"}
    }
