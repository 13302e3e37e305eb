"""One store for all tests about messengers, emptied before each, at one moment."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

from localytics.configuration import load
from localytics.store import Store
from tests.conftest import Recorder
from tests.reports.test_every_figure import forget

NOW = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    folder = tmp_path_factory.mktemp("messenger")
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})) as store:
        yield Recorder(store)


@pytest.fixture
def messenger(shared: Recorder) -> Iterator[Recorder]:
    """The store, empty, on 10 June 2026 at noon."""
    with time_machine.travel(NOW, tick=False):
        empty(shared)
        yield shared


def empty(recorder: Recorder) -> None:
    """Forget everything, also what retention has left."""
    with recorder.store.database.committing():
        with recorder.store.database.cursor() as cursor:
            for table in ("archive", "archived_ids", "stale_days"):
                cursor.execute(f"delete from {table}")
        forget(recorder)
