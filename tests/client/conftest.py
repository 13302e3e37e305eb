"""What tests of calls share: a client of a service that runs for one test alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localytics import Client
from tests.service import Service


@pytest.fixture
def client(service: Service, tmp_path: Path) -> Iterator[Client]:
    with Client(service.url, source="shop", spool_dir=tmp_path / "spool") as client:
        yield client
