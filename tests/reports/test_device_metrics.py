from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import InvalidWindow, NotFound
from tests.conftest import Recorder
from tests.reports.operations import case, examples, shared

__all__ = ["shared"]
READING = {
    "event_type": "device.metrics",
    "device_id": "d1",
    "timestamp": "2024-01-01T00:00:00+00:00",
    "metadata": {"metrics": {"cpu": 1}},
}


def reading(random: Random) -> dict[str, Any]:
    names = random.sample(["cpu", "ram", 'odd."é', "disk"], random.randrange(4))
    metrics = {name: random.choice([0, 1.5, -3, 2**53]) for name in names}
    return {
        "event_type": random.choice(["device.metrics"] * 5 + ["device.state_changed"]),
        "source": random.choice([None, "app"]),
        "device_id": random.choice(["d1", "d1", "d2", None]),
        "metadata": random.choice([None, {"metrics": metrics}, {"metrics": metrics}]),
    }


@examples
@given(seed=st.integers(0, 2**32), metric=st.sampled_from([None, None, "cpu", "none"]))
def test_every_point_is_where_it_was_measured(
    shared: Recorder, seed: int, metric: str | None
) -> None:
    asked = {"device_id": "d1"} | ({} if metric is None else {"metric": metric})
    found = case(shared, "device_metrics", seed, reading, asked, fixed=[READING])
    metrics: dict[str, list[dict[str, Any]]] = {}
    for one in found.events:
        if one["event_type"] == "device.metrics":
            for name, value in (one["metadata"] or {}).get("metrics", {}).items():
                if metric in (None, name):
                    point = {"timestamp": found.recount.local(one.at), "value": value}
                    metrics.setdefault(name, []).append(point)
    found.equals({"device_id": "d1", "metrics": metrics})


def test_thirty_days_are_the_most(recorder: Recorder) -> None:
    recorder.record(READING)
    assert recorder.ask("device_metrics", device_id="d1", hours=720)["metrics"] == {}
    with pytest.raises(InvalidWindow) as error:
        recorder.ask("device_metrics", device_id="d1", hours=721)
    assert error.value.message == "hours must be between 1 and 720"


def test_a_device_that_no_event_names_is_unknown(recorder: Recorder) -> None:
    recorder.record(READING)
    with pytest.raises(NotFound) as error:
        recorder.ask("device_metrics", device_id="d2")
    assert error.value.field == "device_id"


def test_texts_that_are_no_numbers_are_no_points(recorder: Recorder) -> None:
    metrics = {"cpu": "nan", "ram": "inf", "disk": "2.5", "fan": None, "led": "on"}
    recorder.record({**READING, "metadata": {"metrics": metrics}})
    asked = {"start_date": "2024-01-01", "end_date": "2024-01-02"}
    found = recorder.ask("device_metrics", device_id="d1", **asked)["metrics"]
    assert found == {"disk": [{"timestamp": "2024-01-01T00:00:00Z", "value": 2.5}]}
