"""What the tests of receiving share: a client of the service that all tests share."""

from collections.abc import Iterator

import httpx
import pytest

from tests.service import Service


@pytest.fixture(scope="module")
def client(shared_service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared_service.url) as client:
        yield client
