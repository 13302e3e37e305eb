"""Who comes back: cohorts of four people."""

from tests.conftest import Recorder
from tests.reports.four_people import recorder, some, told

__all__ = ["recorder", "some"]


def test_cohorts_are_of_whole_weeks_and_the_running_one_is_unfinished(some: Recorder) -> None:
    answer = told(some, "retention", days=22)
    rows = [
        (
            one["start"][:10],
            one["size"],
            [r and (r["users"], r["unfinished"]) for r in one["periods"]],
        )
        for one in answer["cohorts"]
    ]
    assert rows == [
        ("2026-05-18", 2, [(1, False), (2, False), (1, True)]),
        ("2026-05-25", 2, [(1, False), (0, True), None]),
        ("2026-06-01", 0, [(0, True), None, None]),
        ("2026-06-08", 0, [None, None, None]),
    ]
    assert [(one["users"], one["percentage"]) for one in answer["average"]] == [
        (4, 50.0),
        (2, 100.0),
        (0, None),
    ]


def test_who_came_before_the_window_is_nobodys_newcomer(some: Recorder) -> None:
    assert told(some, "retention", days=8)["total_users"] == 0
    assert told(some, "retention", days=22)["total_users"] == 4
