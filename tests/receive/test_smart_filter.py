"""The smart filter against a plain model, under concurrency, refusal and restart."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localytics.configuration import load
from localytics.errors import Busy, SetupError
from localytics.event import Event
from localytics.receive.collectors.device_metrics import DeviceMetrics, Noticed, notice
from localytics.receive.smart_filter import SmartFilter, moved
from localytics.settings import Device
from localytics.sink import Outcome
from tests.service import Service

PATH = "/api/v1/analytics/device-metrics"
NOW = int(time.time() * 1000)


class Model:
    """The rule in plain words, with exact numbers and no memory limit."""

    def __init__(self) -> None:
        self.time: dict[str, int] = {}
        self.value: dict[tuple[str, str], float] = {}

    def post(self, device: str, metrics: dict[str, float], at: int) -> tuple[bool, str, list[str]]:
        if device not in self.time:
            self._keep(device, metrics, at)
            return True, "first_contact", []
        changed = [name for name, value in metrics.items() if self._far(device, name, value)]
        late = at < self.time[device]
        due = at >= self.time[device] + 300_000
        if not (changed or late or due):
            return False, "unchanged", []
        if not late:
            self._keep(device, metrics, at)
        return True, "significant_change" if changed else "snapshot", changed

    def _far(self, device: str, name: str, value: float) -> bool:
        if (device, name) not in self.value:
            return True
        old, new = (Fraction(str(one)) for one in (self.value[device, name], value))
        if old == 0:
            return new != 0
        if old * new < 0:
            return True
        percent = 1 if name == "temperature" else 5
        return abs(new - old) / abs(old) > Fraction(percent, 100)

    def _keep(self, device: str, metrics: dict[str, float], at: int) -> None:
        self.time[device] = at
        for name, value in metrics.items():
            self.value[device, name] = value


RULE = Device(change_percent_by_metric=("temperature=1",))
VALUES = st.one_of(
    st.sampled_from([0.0, -0.0, 0.7, 0.735, 100, 105, 105.0001, 95, 1e308, -1e308, 5e-324, 1e-323]),
    st.integers(-300, 300).map(lambda whole: whole / 20),
    st.floats(allow_nan=False, allow_infinity=False),
)
POSTS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.dictionaries(st.sampled_from(["cpu", "temperature", "rpm"]), VALUES, min_size=1),
        st.integers(-400_000, 400_000),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(POSTS)
def test_any_stream_is_filtered_as_the_plain_model_says(
    posts: list[tuple[str, dict[str, float], int]],
) -> None:
    async def run() -> None:
        smart, model, at, kept = SmartFilter(RULE), Model(), NOW - 3_600_000, []

        async def sink(events: list[Event], size: int, *, replay: bool = False) -> Outcome:
            kept.extend(events)
            return Outcome(accepted=len(events))

        for device, metrics, step in posts:
            at = min(at + step, NOW)
            before = len(kept)
            sent = DeviceMetrics(device_id=device, metrics=metrics, timestamp=at)
            told = await notice(sent, 1, smart, sink)
            stored, reason, changed = model.post(device, metrics, at)
            assert told == Noticed(stored=stored, reason=reason, changed=tuple(changed))  # type: ignore[arg-type]
            assert len(kept) == before + stored
            if stored:
                assert kept[-1].metadata == {"metrics": metrics, "reason": reason}

    asyncio.run(run())


@pytest.mark.parametrize(
    ("old", "new", "far"),
    [
        (100, 105, False),
        (100, 95, False),
        (100, 105.001, True),
        (0.7, 0.735, False),  # in floats 0.035 is less than 5 % of 0.7 here and more there
        (0.7, 0.665, False),
        (1.1, 1.155, False),
        (-40, -42, False),
        (-40, -42.1, True),
        (0, 1e-300, True),
        (0, 0, False),
        (-0.0, 0, False),
        (3, 0, True),
        (1e-9, -1e-9, True),
        (1.7e308, -1.7e308, True),
        (1.7e308, 1.7e308, False),
    ],
)
def test_what_is_more_than_five_percent(old: float, new: float, far: bool) -> None:
    assert moved(old, new, 5.0) is far


def test_every_decimal_step_of_exactly_the_percentage_is_not_more() -> None:
    for hundredths in range(1, 3000):
        old = hundredths / 100
        at_limit = float(Fraction(str(old)) * Fraction(21, 20))
        assert not moved(old, at_limit, 5.0), old
        assert moved(old, float(Fraction(str(old)) * Fraction(21001, 20000)), 5.0), old


def test_a_refused_store_moves_nothing() -> None:
    async def run() -> None:
        smart, full = SmartFilter(Device()), True
        held = asyncio.Event()

        async def sink(events: list[Event], size: int, *, replay: bool = False) -> Outcome:
            await held.wait()
            if full:
                raise Busy("The queue is full")
            return Outcome(accepted=1)

        def told(value: float) -> asyncio.Task[Noticed]:
            sent = DeviceMetrics(device_id="d", metrics={"cpu": value})
            return asyncio.create_task(notice(sent, 1, smart, sink))

        first, second = told(1), told(1)  # the second waits for what becomes of the first
        await asyncio.sleep(0)
        held.set()
        for refused in (first, second):
            with pytest.raises(Busy):
                await refused
        full = False
        assert (await told(1)).reason == "first_contact"
        full = True
        with pytest.raises(Busy):
            await told(2)
        full = False
        assert await told(2) == Noticed(stored=True, reason="significant_change", changed=("cpu",))
        assert (await told(2)).reason == "unchanged"

    asyncio.run(run())


def test_one_device_waiting_holds_no_other_up_and_the_longest_unheard_is_forgotten() -> None:
    async def run() -> None:
        smart, held = SmartFilter(Device(devices=2)), asyncio.Event()

        async def sink(events: list[Event], size: int, *, replay: bool = False) -> Outcome:
            if events[0].device_id == "slow":
                await held.wait()
            return Outcome(accepted=1)

        async def told(device: str) -> str:
            sent = DeviceMetrics(device_id=device, metrics={"cpu": 1})
            return (await notice(sent, 1, smart, sink)).reason

        slow = asyncio.create_task(told("slow"))
        await asyncio.sleep(0)
        assert [await told(name) for name in "abab"] == ["first_contact"] * 4  # beside the slow one
        assert len(smart) == 2
        held.set()
        assert await slow == "first_contact"
        assert [await told(name) for name in ("slow", "b", "slow", "a", "b")] == [
            "unchanged",
            "unchanged",
            "unchanged",
            "first_contact",
            "first_contact",
        ]
        assert len(smart) == 2

    asyncio.run(run())


def test_names_without_end_are_not_remembered_without_end() -> None:
    smart = SmartFilter(Device())
    last = None
    for number in range(1000):
        last = smart.judge(last, {f"metric {number}": 1.0, "cpu": 1.0}, number).last
    assert last is not None
    assert len(last.values) == 256
    assert {"cpu", "metric 999"} < set(last.values)


def test_over_the_wire_what_is_stored_is_what_the_model_says(service: Service) -> None:
    dice, model, expected, at = Random(4), Model(), [], NOW - 7_200_000
    posts: list[dict[str, Any]] = []
    levels = {"pi": 50.0, "nas": 80.0, "tv": 0.0}
    for number in range(800):
        device = dice.choice(list(levels))
        levels[device] += dice.gauss(0, 1)
        at += dice.randrange(6_000)
        stamp = at - (400_000 if number % 97 == 0 else 0)
        posts.append(
            {"device_id": device, "metrics": {"cpu": round(levels[device], 2)}, "timestamp": stamp}
        )
    for body in posts:
        answer = service.post(PATH, json=body)
        stored, reason, changed = model.post(body["device_id"], body["metrics"], body["timestamp"])
        assert answer.json() == {"stored": stored, "reason": reason, "changed": changed}
        if stored:
            expected.append((body["device_id"], body["metrics"], reason))
    assert 0 < len(expected) < len(posts) / 2
    assert kept(service) == expected


def test_after_a_restart_it_is_first_contact_again(service: Service) -> None:
    body = {"device_id": "d", "metrics": {"cpu": 1}}
    reasons = [service.post(PATH, json=body).json()["reason"] for _ in range(2)]
    service.kill()
    service.start()
    reasons.append(service.post(PATH, json=body).json()["reason"])
    assert reasons == ["first_contact", "unchanged", "first_contact"]
    assert len(kept(service)) == 2


def test_a_resent_snapshot_counts_once_also_after_a_restart(service: Service) -> None:
    body = {"device_id": "d", "metrics": {"cpu": 1}, "id": "x", "timestamp": NOW}
    assert service.post(PATH, json=body).json()["stored"]
    service.restart()
    assert service.post(PATH, json=body).json()["stored"]
    assert len(kept(service)) == 1


def test_posts_at_once_are_stored_as_in_some_order(service: Service) -> None:
    def post(number: int) -> str:
        body = {"device_id": f"d{number % 4}", "metrics": {"cpu": 1}}
        return str(service.post(PATH, json=body).json()["reason"])

    with ThreadPoolExecutor(16) as pool:
        reasons = list(pool.map(post, range(400)))
    assert reasons.count("first_contact") == 4
    assert reasons.count("unchanged") == 396
    assert len(kept(service)) == 4


def test_the_figures_are_settings(tmp_path: Path) -> None:
    figures = {
        "LOCALYTICS_DEVICE__SNAPSHOT_SECONDS": "60",
        "LOCALYTICS_DEVICE__CHANGE_PERCENT": "10",
        "LOCALYTICS_DEVICE__CHANGE_PERCENT_BY_METRIC": "temperature=1,fan speed=50",
    }
    with Service(tmp_path / "data", figures) as service:

        def reason(at: int, **metrics: float) -> Any:
            body = {"device_id": "d", "metrics": metrics, "timestamp": NOW + at}
            return service.post(PATH, json=body).json()["reason"]

        assert reason(0, cpu=100, temperature=100) == "first_contact"
        assert reason(59_999, cpu=110, temperature=101) == "unchanged"
        assert reason(60_000, cpu=110, temperature=101) == "snapshot"
        assert reason(60_001, cpu=110, temperature=102.1) == "significant_change"


@pytest.mark.parametrize("text", ["temperature", "=1", "temperature=hot", "t=1e3", "t=10001"])
def test_a_percentage_that_is_none_is_said(text: str) -> None:
    with pytest.raises(SetupError, match="temperature=1"):
        load(environ={"LOCALYTICS_DEVICE__CHANGE_PERCENT_BY_METRIC": text})


def kept(service: Service) -> list[tuple[str, dict[str, float], str]]:
    """What is stored, in order of commit; the service is stopped for it."""
    service.stop()
    with duckdb.connect(str(service.file), read_only=True) as connection:
        rows = connection.execute("select device_id, metadata from events order by seq").fetchall()
    return [
        (device, json.loads(text)["metrics"], json.loads(text)["reason"]) for device, text in rows
    ]
