from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import InvalidParameter, NotFound
from tests.conftest import Recorder
from tests.reports.operations import case, examples, grouped, mean, most, present, shared

__all__ = ["shared"]
ADA = {
    "event_type": "page.viewed",
    "user_id": "ada",
    "timestamp": "2022-12-01T00:00:00+00:00",  # before every turn: no future is believed
    "source": "app",
}


def something(random: Random) -> dict[str, Any]:
    return {
        "event_type": random.choice(["api.request", "message.sent", "page.viewed"]),
        "source": random.choice([None, "app"]),
        "user_id": random.choice([None, "ada", "ada", "bo"]),
        "duration_ms": random.choice([None, random.randrange(80_000) / 8]),
        "is_error": random.choice([None, True]),
    }


@examples
@given(seed=st.integers(0, 2**32))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int) -> None:
    found = case(shared, "user", seed, something, {"user_id": "ada"}, fixed=[ADA])
    by_type = grouped(found.events, lambda one: one["event_type"])
    times = [found.recount.local(one.at) for one in found.events]
    found.equals(
        {
            "user_id": "ada",
            "total_events": len(found.events),
            "event_counts": dict(most({name: len(all_) for name, all_ in by_type.items()})),
            "first_activity": times[0] if times else None,
            "last_activity": times[-1] if times else None,
            "total_errors": sum(one.failed for one in found.events),
            "avg_response_time_ms": mean(present(found.events, "duration_ms")),
        }
    )


def test_somebody_whom_no_event_names_is_unknown(recorder: Recorder) -> None:
    recorder.record(ADA)
    with pytest.raises(NotFound) as error:
        recorder.ask("user", user_id="bo")
    assert error.value.field == "user_id"


def test_somebody_with_nothing_in_the_window_is_known(recorder: Recorder) -> None:
    recorder.record(ADA)
    answer = recorder.ask("user", user_id="ada", start_date="2025-01-01", end_date="2025-02-01")
    assert answer["total_events"] == 0
    assert answer["first_activity"] is None


@pytest.mark.parametrize("name", ["", "a" * 201, "a\0b"])
def test_names_that_no_event_has_are_refused(recorder: Recorder, name: str) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("user", user_id=name)
    assert error.value.field == "user_id"
