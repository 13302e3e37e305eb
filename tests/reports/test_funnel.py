"""Who gets through a funnel: the ways of four people, and those of which events were removed."""

from datetime import timedelta

import pytest
import time_machine

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.four_people import NOW, event, forget_all, recorder, remove_events, some, told
from tests.reports.test_every_figure import forget

__all__ = ["recorder", "some"]


def test_steps_after_the_window_count_in_time_and_up_to_now(some: Recorder) -> None:
    before = NOW - timedelta(days=22)
    window = {"start_date": "2026-05-18", "end_date": before.isoformat()}
    words = {"steps": ["page.viewed", "order.paid"], **window}
    assert [step["users"] for step in told(some, "funnel", **words)["steps"]] == [2, 2]
    assert told(some, "funnel", **words)["steps"][1]["median_ms_from_first"] == 3_600_000
    earlier = words | {"end_date": (before - timedelta(minutes=61)).isoformat()}
    assert told(some, "funnel", **earlier)["steps"][0]["users"] == 0


def test_an_order_in_which_nobody_goes_has_nobody(some: Recorder) -> None:
    answer = told(some, "funnel", steps=["order.paid", "page.viewed"], within_hours=100)
    assert [step["users"] for step in answer["steps"]] == [2, 0]
    assert answer["steps"][1]["drop_off"] == 2
    assert answer["total_conversion"] == 0.0
    longer = told(some, "funnel", steps=["order.paid", "page.viewed"], within_hours=168)
    assert [step["users"] for step in longer["steps"]] == [2, 1]


def test_of_removed_events_the_first_and_last_of_15_minutes_are_known(recorder: Recorder) -> None:
    forget(recorder)
    minutes = [(0, "page.viewed"), (1, "order.paid"), (2, "page.viewed"), (4, "page.viewed")]
    with time_machine.travel(NOW, tick=False):
        recorder.record(
            *(event(n, "ada", what, 8 - at / 1440) for n, (at, what) in enumerate(minutes))
        )
        recorder.store.rolling.roll_up()
    words = {"steps": ["order.paid", "page.viewed"], "days": 30}
    whole = told(recorder, "funnel", **words)
    assert whole["steps"][1]["median_ms_from_first"] == 60_000
    remove_events(recorder)
    left = told(recorder, "funnel", **words)
    assert left["steps"][1]["median_ms_from_first"] == 180_000
    assert (whole["exact"], left["exact"]) == (True, False)
    forget_all(recorder)


@pytest.mark.parametrize(
    "column", ["project_id", "user_id", "session_id", "source", "model", "agent", "device_id"]
)
def test_a_step_can_be_narrowed_where_events_were_removed(recorder: Recorder, column: str) -> None:
    forget(recorder)
    with time_machine.travel(NOW, tick=False):
        paid = [event(n, "ada", "order.paid", ago) | {column: "ada"} for n, ago in ((1, 1), (2, 9))]
        recorder.record(*paid, event(3, "ada", "page.viewed", 0.5))
        recorder.store.rolling.roll_up()
    remove_events(recorder)
    words = {"steps": [f"order.paid;{column}=ada", "page.viewed"], "days": 30}
    assert [step["users"] for step in told(recorder, "funnel", **words)["steps"]] == [1, 1]
    words["steps"] = [f"order.paid;{column}=bo", "page.viewed"]
    assert [step["users"] for step in told(recorder, "funnel", **words)["steps"]] == [0, 0]
    forget_all(recorder)


def test_a_step_teaches_how_it_is_written(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter) as raised:
        recorder.ask("funnel", steps=["a", "b,source=x;c"])
    assert "order.paid;source=shop" in (raised.value.hint or "")
