from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.week import EVENTS, message

NOW = datetime(2025, 3, 8, 0, 0, 1, tzinfo=UTC)


@pytest.mark.parametrize("words", [{}, {"user_id": "ada", "timezone": "Asia/Kolkata"}])
def test_it_is_the_two_summaries(recorder: Recorder, words: dict[str, str]) -> None:
    recorder.record(*EVENTS)
    recorder.store.rolling.roll_up()
    with time_machine.travel(NOW, tick=False):
        answer = recorder.ask("dashboard", **words)
        for field, range_ in (("last_24_hours", "24h"), ("last_7_days", "7d")):
            summary = recorder.ask("summary", time_range=range_, **words)
            assert answer[field].items() <= summary.items()
            assert summary.keys() - answer[field].keys() == {"window", "generated_at", "exact"}
    assert answer["last_7_days"]["total_messages"] > answer["last_24_hours"]["total_messages"] > 0
    assert datetime.fromisoformat(answer["timestamp"]) == NOW
    assert datetime.fromisoformat(answer["last_event"]) == datetime(2025, 3, 8, tzinfo=UTC)


def test_it_is_always_of_this_moment(recorder: Recorder) -> None:
    recorder.record(message("2025-03-08T00:00:00Z"))
    for seconds in (0, 1):
        now = NOW + timedelta(seconds=seconds)
        with time_machine.travel(now, tick=False):
            answer = recorder.ask("dashboard")
        assert answer["timestamp"] == answer["generated_at"] == now.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_its_window_is_its_own(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("dashboard", days=3)
    assert error.value.field == "days"
