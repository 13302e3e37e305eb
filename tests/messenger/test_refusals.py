"""What the reports about messengers refuse, and what they say would be right."""

from typing import Any

import pytest

from localytics.errors import InvalidInput, InvalidParameter, InvalidWindow, NotFound
from localytics.query.question import understand
from localytics.query.report import catalogue
from tests.conftest import Recorder


@pytest.mark.parametrize(
    ("report", "words", "told"),
    [
        ("dashboard", {"days": 91}, "days must be between 1 and 90"),
        ("dashboard", {"days": 0}, "days must be between 1 and 90"),
        ("messages", {"days": 366}, "days must be between 1 and 365"),
        ("timeline", {"days": 366}, "days must be between 1 and 365"),
        ("timeline", {"interval": "yearly"}, "interval is 'yearly', which is no bucket size"),
        ("user", {"user_id": "ada", "days": 366}, "days must be between 1 and 365"),
        ("engagement", {"days": 91}, "days must be between 1 and 90"),
        ("engagement", {"days": "x"}, "days must be a whole number, not 'x'"),
        ("engagement", {"days": "1_0"}, "days must be a whole number, not '1_0'"),
        ("engagement", {"days": "\u0661"}, "days must be a whole number, not '\u0661'"),
        ("top_senders", {"limit": 0}, "limit must be a whole number between 1 and 100"),
        ("top_senders", {"limit": 101}, "limit must be a whole number between 1 and 100"),
        ("top_conversations", {"limit": 51}, "limit must be a whole number between 1 and 50"),
        (
            "top_conversations",
            {"sort_by": "noise"},
            "sort_by must be one of activity, messages or participants",
        ),
    ],
)
def test_what_is_out_of_range_is_told_the_range(
    report: str, words: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told) as refused:
        understand(
            catalogue()[f"messenger_{report}"], [(name, str(v)) for name, v in words.items()]
        )
    assert refused.value.field == [*words][-1]
    if "interval" in words:
        assert "daily" in (refused.value.hint or "")


@pytest.mark.parametrize(
    ("report", "words", "says"),
    [
        ("response_times", {"days": 366}, "days must be between 1 and 365"),
        ("response_times", {"max_hours": 0}, "max_hours must be a whole number between 1 and 720"),
        ("response_times", {"limit": 101}, "limit must be a whole number between 1 and 100"),
        ("conversation_health", {"conversation_id": "g", "days": 0}, "between 1 and 365"),
    ],
)
def test_a_number_out_of_range_is_told_the_range(
    messenger: Recorder, report: str, words: dict[str, Any], says: str
) -> None:
    with pytest.raises((InvalidParameter, InvalidWindow), match=says):
        messenger.ask(f"messenger_{report}", **words)


def test_an_unknown_conversation_is_not_found(messenger: Recorder) -> None:
    with pytest.raises(NotFound):
        messenger.ask("messenger_conversation_health", conversation_id="nowhere")
