"""Recorded metrics at `/metrics`: what Prometheus reads is what apps sent."""

import shutil
import subprocess
from pathlib import Path
from random import Random
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.service import Service

Sample = tuple[str, frozenset[tuple[str, str]]]


def recorded(service: Service) -> dict[Sample, float]:
    """What is there beside the service's own."""
    return {
        (name, frozenset(labels.items())): value
        for family in text_string_to_metric_families(service.get("/metrics").text)
        if not family.name.startswith("localytics_")
        for name, labels, value, *_ in family.samples
    }


def left_out(service: Service) -> float:
    text = service.get("/metrics").text
    (line,) = [one for one in text.splitlines() if one.startswith("localytics_recorded_left_out_t")]
    return float(line.split()[1])


def record(service: Service, name: str, kind: str, value: float, **more: Any) -> None:
    body = {"metric_name": name, "metric_type": kind, "value": value, **more}
    answer = service.post("/api/v1/analytics/metric", json=body)
    assert answer.status_code == 200, answer.text


def sample(name: str, **labels: str) -> Sample:
    return name, frozenset(labels.items())


def test_counters_add_up_gauges_stand_and_histograms_spread(service: Service) -> None:
    dice = Random(5)
    shops = {"north": [0.0, 0.0], "south": [0.0, 0.0]}
    times: list[float] = []
    for _ in range(60):
        shop = dice.choice(sorted(shops))
        count, stock = dice.randrange(5), dice.randrange(-9, 9)
        shops[shop] = [shops[shop][0] + count, stock]
        times.append(dice.choice([0.5, 3.0, 5.0, 7.0, 2e9]))
        labels = {"shop": shop}
        adding = {"labels": labels, "source": "till", "temporality": "delta"}
        record(service, "orders", "counter", count, **adding)
        record(service, "stock.level", "gauge", stock, labels=labels)
        record(service, "wait_seconds", "histogram", times[-1])
    found = recorded(service)
    for shop, (orders, left) in shops.items():
        assert found[sample("orders_total", shop=shop, source="till")] == orders
        assert found[sample("stock_level", shop=shop)] == left
    for step in ("0.5", "1", "2.5", "5", "10", "+Inf"):
        below = sum(one <= float(step) for one in times)
        assert found[sample("wait_seconds_bucket", le=step)] == below
    assert found[sample("wait_seconds_count")] == len(times)
    assert found[sample("wait_seconds_sum")] == sum(times)


def test_a_counter_that_counts_by_itself_is_told_as_it_came(service: Service) -> None:
    for value in (3, 8, 2):
        record(service, "requests", "counter", value)
    assert recorded(service) == {sample("requests_total"): 2}


def test_what_is_no_metric_is_passed_over(service: Service) -> None:
    odd = {"event_type": "metric.recorded", "category": "q", "value": 1}
    for kind in (["counter"], {"shop": "north"}, None, 7, "summary"):
        service.post("/api/v1/events", json={**odd, "metadata": {"metric_type": kind}})
    record(service, "heat", "gauge", 4)
    assert recorded(service) == {sample("heat"): 4}


def test_what_is_sent_twice_counts_once_and_a_late_gauge_says_nothing(service: Service) -> None:
    once = {"id": "one", "timestamp": 1_750_000_000_000, "temporality": "delta"}
    for _ in range(2):
        record(service, "orders_total", "counter", 3, **once)
        recorded(service)
    record(service, "heat", "gauge", 40, timestamp=1_750_000_060_000)
    record(service, "heat", "gauge", 20, timestamp=1_750_000_000_000)
    assert recorded(service) == {sample("orders_total"): 3, sample("heat"): 40}


def test_a_person_who_is_forgotten_is_forgotten_here(service: Service) -> None:
    adding = {"temporality": "delta"}
    record(service, "logins", "counter", 2, labels={"name": "ada"}, user_id="ada", **adding)
    record(service, "orders", "counter", 1, user_id="ada", **adding)
    record(service, "orders", "counter", 4, user_id="bob", **adding)
    assert recorded(service)[sample("orders_total")] == 5
    assert service.delete("/api/v1/analytics/user/ada").status_code == 200
    assert recorded(service) == {sample("orders_total"): 4}
    record(service, "orders", "counter", 2, **adding)
    assert recorded(service) == {sample("orders_total"): 6}


def test_names_that_prometheus_could_not_tell_apart_are_shown_once(service: Service) -> None:
    record(service, "size", "histogram", 1)
    record(service, "size_count", "gauge", 7)  # which the histogram has already
    record(service, "size", "gauge", 7)
    record(service, "Größe 1", "gauge", 1, labels={"le": "x", "9": "y", "a-b": 1, "a_b": True})
    record(service, "localytics_events", "gauge", 5)
    service.post(
        "/api/v1/events",
        json={
            "event_type": "metric.recorded",
            "category": "orders",
            "value": -1,
            "metadata": {"metric_type": "counter"},
        },
    )
    found = recorded(service)
    assert sample("size_count") in found
    assert found[sample("size_count")] == 1
    assert sample("size") not in found
    odd = sample("Gr__e_1", label_le="x", label_9="y", a_b="1", a_b_="true")
    assert found[odd] == 1
    assert found[sample("recorded_localytics_events")] == 5
    assert left_out(service) == 3


def test_no_more_series_are_shown_than_the_setting_allows(tmp_path: Path) -> None:
    with Service(tmp_path / "data", {"LOCALYTICS_METRICS__SERIES": "3"}) as service:
        for number in range(10):
            record(service, "many", "gauge", number, labels={"number": str(number)})
        record(service, "many", "gauge", 50, labels={"number": "0"})
        assert len(recorded(service)) == 3
        assert recorded(service)[sample("many", number="0")] == 50
        assert left_out(service) == 7


def test_prometheus_own_checker_finds_nothing_wrong(service: Service, tmp_path: Path) -> None:
    checker = shutil.which("promtool")
    if checker is None:
        pytest.skip("promtool is not here: apt install prometheus")
    service.get("/api/v1/analytics/usage")
    record(service, "orders", "counter", 2, labels={"shop": 'a "quoted"\nname \\'})
    record(service, "stock_level", "gauge", 2.5)
    record(service, "wait_seconds", "histogram", 0.2)
    text = service.get("/metrics").content
    done = subprocess.run(
        [checker, "check", "metrics"], input=text, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
