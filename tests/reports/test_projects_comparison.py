import pytest

from localytics.errors import InvalidParameter
from tests.conftest import Recorder
from tests.reports.week import COMPILER, EVENTS, THE_WEEK, message


def test_two_projects_and_one_that_nobody_knows(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    comparison = recorder.ask(
        "projects_comparison", **THE_WEEK, project_ids=["notes", COMPILER, "none"]
    )
    notes, compiler, none = comparison["projects"]
    series = notes.pop("daily_series")
    assert notes == {
        "project_id": "notes",
        "messages": 2,
        "sessions": 2,
        "tokens": 1650,
        "cost": 0.75,
        "avg_response_time_ms": 2500.0,
        "p95_response_time_ms": 3000.0,
        "error_rate": 0.0,
        "share": {
            "messages": 40.0,
            "sessions": 200 / 3,
            "tokens": 1650 * 100 / 4300,
            "cost": 100 / 3,
        },
    }
    assert [(day["messages"], day["tokens"], day["cost"]) for day in series] == [
        (0, 0, 0),
        (0, 0, 0),
        (1, 550, None),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (1, 1100, 0.75),
    ]
    assert compiler["error_rate"] == 100 / 3
    assert (none["messages"], none["cost"], none["error_rate"]) == (0, 0, None)
    assert [len(one["daily_series"]) for one in (compiler, none)] == [7, 7]
    assert comparison["leaders"] == {
        "messages": COMPILER,
        "sessions": "notes",
        "tokens": COMPILER,
        "cost": COMPILER,
        "avg_response_time_ms": "notes",  # both 2500; the first asked
        "p95_response_time_ms": "notes",
        "error_rate": "notes",
    }


def test_an_unknown_cost_leaves_every_share_of_cost_unknown(recorder: Recorder) -> None:
    recorder.record(
        message("2025-03-03T00:00:00Z", project_id="a", cost_usd="1"),
        message("2025-03-03T00:00:00Z", project_id="b", model="nobody's", input_tokens=1),
    )
    comparison = recorder.ask("projects_comparison", **THE_WEEK, project_ids=["a", "b"])
    assert [one["share"]["cost"] for one in comparison["projects"]] == [None, None]
    assert comparison["leaders"]["cost"] == "a"


def test_p95_is_the_nearest_rank_and_the_lowest_leads(recorder: Recorder) -> None:
    for project, last in (("a", 40), ("b", 20)):
        recorder.record(
            *(
                message("2025-03-03T00:00:00Z", project_id=project, duration_ms=n)
                for n in range(1, last + 1)
            )
        )
    comparison = recorder.ask("projects_comparison", **THE_WEEK, project_ids=["a", "b"])
    assert [one["p95_response_time_ms"] for one in comparison["projects"]] == [38.0, 19.0]
    assert comparison["leaders"]["p95_response_time_ms"] == "b"


def test_nobody_leads_on_nothing(recorder: Recorder) -> None:
    comparison = recorder.ask("projects_comparison", **THE_WEEK, project_ids=["a", "b"])
    assert set(comparison["leaders"].values()) == {None}


def test_a_project_named_twice_is_compared_once(recorder: Recorder) -> None:
    comparison = recorder.ask("projects_comparison", **THE_WEEK, project_ids=["a", "b", "a"])
    assert [one["project_id"] for one in comparison["projects"]] == ["a", "b"]


@pytest.mark.parametrize(
    "ids", [[], ["a"], ["a", "a"], [str(number) for number in range(11)]], ids=len
)
def test_two_to_ten_projects_can_be_compared(recorder: Recorder, ids: list[str]) -> None:
    with pytest.raises(InvalidParameter, match="between 2 and 10") as caught:
        recorder.ask("projects_comparison", project_ids=ids)
    assert caught.value.field == "project_ids"
