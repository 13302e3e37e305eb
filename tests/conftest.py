"""What tests share: a real store in a folder of its own, and the two verbs that matter."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localytics.configuration import load
from localytics.event import Event
from localytics.present.formats import encoded
from localytics.query.question import understand
from localytics.query.report import catalogue
from localytics.settings import Settings
from localytics.sink import Outcome
from localytics.store import Store
from tests.pictures import PICTURES
from tests.service import Service


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the pictures of the pages are."""
    if PICTURES.exists():
        terminalreporter.write_line(f"Pictures of the pages: {PICTURES}")


class Recorder:
    """A store on disk: `record` goes through the writer, `ask` through report and JSON."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def record(self, *events: dict[str, Any], replay: bool = False) -> Outcome:
        """Validate and store events given as they would come over the wire."""
        checked = [msgspec.convert(event, Event) for event in events]
        for event in checked:
            event.check()
        return self.store.record(checked, replay=replay)

    def ask(self, report: str, **words: Any) -> dict[str, Any]:
        """The decoded JSON answer of a report; lists repeat the word."""
        pairs = [
            (word, str(one))
            for word, value in words.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        question = understand(catalogue()[report], pairs)
        answer = encoded(question.report, self.store.reader.read(question), "json")
        decoded: dict[str, Any] = msgspec.json.decode(answer)
        return decoded


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Defaults, but for a data folder of this test's own."""
    return load(environ={}, overrides={"store": {"data_dir": str(tmp_path / "data")}})


@pytest.fixture(scope="session")
def unused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store that was made and closed. Most tests begin with a copy of it, which is
    there in a tenth of the time.
    """
    folder = tmp_path_factory.mktemp("unused") / "data"
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})):
        return folder


@pytest.fixture
def recorder(settings: Settings, unused: Path) -> Iterator[Recorder]:
    """An open, empty store."""
    shutil.copytree(unused, settings.data_dir)
    with Store(settings) as store:
        yield Recorder(store)


@pytest.fixture
def service(tmp_path: Path, unused: Path) -> Iterator[Service]:
    """The service as a process of its own, ready, over an empty store."""
    with Service(shutil.copytree(unused, tmp_path / "data")) as service:
        yield service


@pytest.fixture(scope="session")
def shared_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service for tests that don't mind each other's events."""
    with Service(tmp_path_factory.mktemp("shared") / "data") as service:
        yield service


@pytest.fixture(scope="session")
def slow_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service that cuts slow requests off after a fifth of a second."""
    limits = {"LOCALYTICS_SERVER__HEADER_SECONDS": "0.2", "LOCALYTICS_SERVER__BODY_SECONDS": "0.2"}
    with Service(tmp_path_factory.mktemp("slow") / "data", limits) as service:
        yield service


@pytest.fixture(scope="session")
def configured_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service that a page of another origin may call."""
    allowed = {"LOCALYTICS_SERVER__ALLOWED_ORIGINS": "https://app.example"}
    with Service(tmp_path_factory.mktemp("configured") / "data", allowed) as service:
        yield service
