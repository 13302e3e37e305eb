"""What is known of a metric once retention has removed its readings, or somebody is forgotten."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from localytics.configuration import load
from localytics.doctor import counters
from localytics.maintenance import forget
from localytics.store import Store
from tests.conftest import Recorder
from tests.reports.operations import examples
from tests.reports.readings import hits, reading

DAYS = {"start_date": "2025-03-01", "end_date": "2025-03-07", "group_by": "day"}


@pytest.fixture(scope="module")
def short_lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    """A store that keeps events for two days."""
    overrides: dict[str, dict[str, Any]] = {
        "store": {"data_dir": str(tmp_path_factory.mktemp("short"))},
        "retention": {"raw_days": 2},
    }
    with Store(load(environ={}, overrides=overrides)) as store:
        yield Recorder(store)


@settings(examples, max_examples=2)
@given(seed=st.integers(0, 2**32))
def test_what_retention_has_removed_still_counts(short_lived: Recorder, seed: int) -> None:
    random, name = Random(seed), f"hits {seed}"
    words = DAYS | {"metric_name": name}
    asked = [words, words | {"user_id": "ada", "labels.host": "a"}]
    for day in (2, 4, 6):
        now = datetime(2025, 3, day, 23, 59, tzinfo=UTC)
        made = [reading(random) | {"category": name} for _ in range(40)]
        for one in made:
            at = now - timedelta(hours=random.randrange(47), seconds=random.randrange(3000))
            one |= {"event_type": "metric.recorded", "timestamp": at.isoformat()}
        with time_machine.travel(now, tick=False):
            short_lived.record(
                *({key: value for key, value in one.items() if value is not None} for one in made)
            )
            before = [short_lived.ask("metric", **one) for one in asked]
            removed = short_lived.store.retention.run(now).events
            assert (removed > 0) == (day > 2)
            after = [short_lived.ask("metric", **one) for one in asked]
            assert [one for one in counters(short_lived.store) if not one.ok] == []
        for was, is_ in zip(before, after, strict=True):
            assert is_["counter"] == was["counter"]
            assert is_["gauge"] == was["gauge"]
            assert is_["histogram"] == approx_percentiles(was["histogram"])
            values = is_["histogram"] and is_["histogram"]["count"]
            assert is_["exact"] or (day > 2 and values)


def approx_percentiles(histogram: dict[str, Any] | None) -> Any:
    """Its percentiles to 1 %, and anything else as it is."""
    if histogram is None:
        return None

    def near(told: dict[str, Any]) -> dict[str, Any]:
        percentiles = {name: told[name] for name in ("p50", "p95", "p99")}
        return told | {
            name: pytest.approx(value, rel=0.01)
            for name, value in percentiles.items()
            if value is not None
        }

    return near(histogram) | {"points": [near(one) for one in histogram["points"]]}


def test_a_reading_older_than_what_retention_has_removed_adds_nobody_knows_what(
    short_lived: Recorder,
) -> None:
    now = datetime(2025, 3, 5, tzinfo=UTC)
    words = DAYS | {"metric_name": "late"}

    def late(at: str, value: float) -> dict[str, Any]:
        return hits(at, value) | {"category": "late", "timestamp": f"2025-03-{at}Z"}

    with time_machine.travel(now, tick=False):
        short_lived.record(late("01T10:00:00", 10), late("01T11:00:00", 15))
        short_lived.store.retention.run(now)
        short_lived.record(late("04T10:00:00", 18))
        in_time = short_lived.ask("metric", **words)
        short_lived.record(late("01T10:30:00", 12))
        answers = [short_lived.ask("metric", **words)]
        short_lived.store.retention.run(now)
        answers.append(short_lived.ask("metric", **words))
    assert (in_time["counter"]["sum"], in_time["exact"]) == (18, True)
    for one in answers:
        assert (one["counter"]["sum"], one["exact"]) == (18, False)


def test_a_person_who_is_forgotten_is_no_part_of_a_metrics_past(short_lived: Recorder) -> None:
    now = datetime(2025, 3, 5, tzinfo=UTC)
    words = DAYS | {"metric_name": "people"}
    with time_machine.travel(now, tick=False):
        for hour, value, who in ((9, 10, "bob"), (10, 15, "ada"), (11, 21, "bob"), (12, 29, "ada")):
            told = hits("10:00:00", value) | {"category": "people", "user_id": who}
            short_lived.record(told | {"timestamp": f"2025-03-01T{hour:02}:00:00Z"})
        short_lived.store.retention.run(now)
        assert short_lived.ask("metric", **words)["counter"]["sum"] == 29
        forget(short_lived.store, "ada")
        assert short_lived.ask("metric", **words)["counter"]["sum"] == 16
        assert short_lived.ask("metric", **words, user_id="ada")["counter"]["sum"] == 0
        told = hits("10:00:00", 30) | {"category": "people", "timestamp": "2025-03-04T10:00:00Z"}
        short_lived.record(told)
        assert short_lived.ask("metric", **words)["counter"]["sum"] == 16 + 30 - 21
