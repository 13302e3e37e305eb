"""What the tests of pages share: one browser, and a service with demo data to look at."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium
from tests.service import Service
from tests.web.dashboard import Dashboard


@pytest.fixture(scope="package")  # its loop runs as long as it is open
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def demo(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A running service that holds two months of demo data and is only asked."""
    with Service(tmp_path_factory.mktemp("demo") / "data") as service:
        with Dashboard(browser, service) as dashboard:  # filled as people fill it
            dashboard.open("overview")
            dashboard.page.get_by_role("button", name="Load demo data").click()
            dashboard.page.get_by_role("button", name="Demo data: ").wait_for(timeout=90_000)
        yield service


@pytest.fixture
def dashboard(browser: Browser, demo: Service) -> Iterator[Dashboard]:
    """The dashboard over the demo data, in a browser of its own that complains of nothing."""
    with Dashboard(browser, demo) as dashboard:
        yield dashboard
