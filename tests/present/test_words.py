"""Words: what a query string may hold, wherever it is asked."""

import pytest

from tests.service import Service


@pytest.mark.parametrize(
    "path", ["/api/v1/analytics/summary", "/api/v1/export/events", "/api/v1/analytics/events"]
)
def test_a_word_without_a_value_is_named_and_an_empty_value_is_one(
    shared_service: Service, path: str
) -> None:
    answer = shared_service.get(f"{path}?days=3&user_id")
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "invalid_parameter",
        "message": "'user_id' has no value",
        "hint": "Write NAME=VALUE.",
        "field": "user_id",
    }
    assert shared_service.get(f"{path}?days=3&user_id=&").status_code == 200
