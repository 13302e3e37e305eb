"""Who is there daily: the days of four people."""

from tests.conftest import Recorder
from tests.reports.four_people import recorder, some, told

__all__ = ["recorder", "some"]


def test_days_of_the_week_and_the_month_are_trailing(some: Recorder) -> None:
    answer = told(some, "stickiness", days=2)
    days = [(day["dau"], day["wau"], day["mau"], day["unfinished"]) for day in answer["daily"]]
    assert days == [(0, 2, 4, False), (1, 1, 4, False), (0, 1, 4, True)]
    assert answer["averages"]["days"] == 2
    assert answer["averages"]["dau_mau"] == 12.5
