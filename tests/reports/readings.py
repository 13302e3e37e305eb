"""Readings of one metric, as they come over the wire: one at a time, or at random."""

from random import Random
from typing import Any

LABELS: list[Any] = [
    None,
    {"host": "a", "n": 5},
    {"n": "5", "host": "a"},
    {"host": "b"},
    {'odd/"~é': "x"},
]
HOUR = {"start_date": "2025-03-03T10:00", "end_date": "2025-03-03T11:00"}


def reading(random: Random) -> dict[str, Any]:
    metadata = {
        name: value
        for name, value in {
            "metric_type": random.choice(["counter"] * 4 + ["gauge", "histogram", "odd", None]),
            "labels": random.choice(LABELS),
            "temporality": random.choice([None, None, "cumulative", "delta"]),
        }.items()
        if value is not None
    }
    return {
        "event_type": random.choice(["metric.recorded"] * 6 + ["page.viewed"]),
        "source": random.choice([None, "app"]),
        "user_id": random.choice([None, "ada"]),
        "device_id": random.choice([None, None, "d1"]),
        "category": random.choice(["hits"] * 5 + ["other"]),
        "value": random.choice([None, 0, *[random.randrange(800) / 8] * 6]),
        "metadata": metadata,
    }


def hits(at: str, value: float, **metadata: Any) -> dict[str, Any]:
    """What a counter stands at, on 3 March 2025."""
    return {
        "event_type": "metric.recorded",
        "category": "hits",
        "timestamp": f"2025-03-03T{at}Z",
        "value": value,
        "metadata": {"metric_type": "counter", **metadata},
    }
