"""What every report says when there is nothing: zeros, nulls and complete series, no error."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from localytics.present.formats import encoded
from localytics.query.question import FORMATS
from localytics.query.report import catalogue
from tests.conftest import Recorder
from tests.differences import differences
from tests.recount import Recount
from tests.reports.figures import answered, figures

NOW = datetime(2025, 3, 10, 8, 30, tzinfo=UTC)
WINDOWS: list[dict[str, str]] = [
    {},
    {"time_range": "all"},
    {"start_date": "2025-03-01", "end_date": "2025-03-15", "timezone": "America/New_York"},
]
COUNTED = [name for name in catalogue() if hasattr(Recount, name)]


def needed(name: str) -> dict[str, Any]:
    return {"project_ids": ["a", "b"]} if name == "projects_comparison" else {}


@pytest.mark.parametrize("name", COUNTED)
def test_an_empty_store_has_an_answer_to_everything(recorder: Recorder, name: str) -> None:
    with time_machine.travel(NOW, tick=False):
        for window in WINDOWS:
            words = needed(name) | window
            got = figures(recorder, name, words)
            assert got.pop("insights", None) in (None, ["There are no messages in this window."])
            expected = Recount([], words, catalogue()[name].window, NOW).answer(name)
            assert differences(got, expected) == []


@pytest.mark.parametrize("name", COUNTED)
def test_an_empty_answer_has_every_format(recorder: Recorder, name: str) -> None:
    answer = answered(recorder, name, needed(name))
    for form in FORMATS:
        assert encoded(catalogue()[name], answer, form)
