from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.operations import case, examples, grouped, most, shared

__all__ = ["shared"]


def error(random: Random) -> dict[str, Any]:
    return {
        "event_type": random.choice(["error.reported"] * 5 + ["api.request"]),
        "source": random.choice([None, "app"]),
        "category": random.choice(["api", "api", "database", "own", None]),
        "severity": random.choice(["critical", "error", "warning", "info", None]),
        "status": random.choice(["open", "resolved", None]),
        "error_message": random.choice([None, *(f"no {number}" for number in range(14))]),
    }


@examples
@given(seed=st.integers(0, 2**32), category=st.sampled_from([None, None, "api", "unknown"]))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int, category: str | None) -> None:
    asked = {} if category is None else {"category": category}
    found = case(shared, "error_trends", seed, error, asked)
    errors = [
        one
        for one in found.events
        if one["event_type"] == "error.reported"
        and category in (None, one["category"] or "unknown")
    ]
    pairs = grouped(errors, lambda one: (one["category"] or "unknown", one["severity"] or "error"))
    severities = grouped(errors, lambda one: one["severity"] or "error")
    categories = grouped(errors, lambda one: one["category"] or "unknown")
    told = grouped(
        [one for one in errors if one["error_message"]], lambda one: one["error_message"]
    )
    local = found.recount.local
    found.equals(
        {
            "total_errors": len(errors),
            "unresolved_count": sum(one["status"] != "resolved" for one in errors),
            "by_category": dict(most({name: len(all_) for name, all_ in categories.items()})),
            "by_severity": dict(most({name: len(all_) for name, all_ in severities.items()})),
            "counts": [
                {
                    "category": pair[0],
                    "severity": pair[1],
                    "count": count,
                    "unresolved_count": sum(one["status"] != "resolved" for one in pairs[pair]),
                }
                for pair, count in sorted(
                    ((pair, len(all_)) for pair, all_ in pairs.items()),
                    key=lambda one: (-one[1], one[0]),
                )
            ],
            "hourly": [
                {
                    "timestamp": at,
                    "count": len(all_),
                    "by_severity": {
                        name: len(one)
                        for name, one in grouped(
                            all_, lambda one: one["severity"] or "error"
                        ).items()
                    },
                }
                for at, all_ in found.recount.by_bucket(errors, "hour")
            ],
            "top_messages": [
                {
                    "error_message": text,
                    "count": count,
                    "first_seen": local(told[text][0].at),
                    "last_seen": local(told[text][-1].at),
                }
                for text, count in most({text: len(all_) for text, all_ in told.items()})[:10]
            ],
        }
    )


def test_hours_have_no_other_length(recorder: Recorder) -> None:
    with pytest.raises(InvalidParameter) as error:
        recorder.ask("error_trends", group_by="day")
    assert error.value.field == "group_by"
    assert "every hour" in error.value.message
