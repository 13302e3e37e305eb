from datetime import UTC, datetime

import pytest
import time_machine

from tests.conftest import Recorder
from tests.differences import differences
from tests.recount import Recount
from tests.reports.figures import figures
from tests.reports.week import EVENTS, THE_WEEK, message


def test_heatmap_has_every_hour_of_the_week_in_order(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    heatmap = recorder.ask("activity_heatmap", **THE_WEEK)
    cells = heatmap["cells"]
    assert [(cell["day_of_week"], cell["hour"]) for cell in cells] == [
        (day, hour) for day in range(7) for hour in range(24)
    ]
    assert [cell for cell in cells if cell["count"]] == [
        {
            "day_of_week": 0,
            "hour": 14,
            "count": 1,
            "avg_cost": None,
            "avg_response_time": 3000.0,
        },
        {
            "day_of_week": 4,
            "hour": 23,
            "count": 1,
            "avg_cost": 0.75,
            "avg_response_time": 2000.0,
        },
        {
            "day_of_week": 5,
            "hour": 9,
            "count": 3,
            "avg_cost": 0.75,
            "avg_response_time": 2500.0,
        },
    ]
    assert heatmap["total_messages"] == 5
    assert (heatmap["peak_day"], heatmap["peak_hour"]) == (5, 9)


def test_the_earlier_hour_and_day_is_the_peak_of_two(recorder: Recorder) -> None:
    recorder.record(message("2025-03-04T20:00:00Z"), message("2025-03-06T08:00:00Z"))
    heatmap = recorder.ask("activity_heatmap", **THE_WEEK)
    assert (heatmap["peak_day"], heatmap["peak_hour"]) == (1, 8)


def test_no_messages_have_no_peak(recorder: Recorder) -> None:
    heatmap = recorder.ask("activity_heatmap", **THE_WEEK)
    assert (heatmap["peak_day"], heatmap["peak_hour"]) == (None, None)


def test_hours_are_read_from_the_clock_on_the_wall(recorder: Recorder) -> None:
    recorder.record(message("2025-03-09T06:59:00Z"), message("2025-03-09T07:00:00Z"))
    heatmap = recorder.ask(
        "activity_heatmap",
        start_date="2025-03-09",
        end_date="2025-03-10",
        timezone="America/New_York",
    )
    busy = [(cell["day_of_week"], cell["hour"]) for cell in heatmap["cells"] if cell["count"]]
    assert busy == [(6, 1), (6, 3)]  # two o'clock is skipped


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu", "Asia/Riyadh"]
)
def test_heatmap_of_decades(recorder: Recorder, zone: str) -> None:
    # Kiritimati was 10:40 behind until 1979, Kathmandu 5:30 ahead until 1986.
    times = (
        "1970-01-01T00:00:00",
        "1975-06-30T10:41:00",
        "1985-12-31T18:15:00",
        "2025-03-09T07:15:00",
    )
    events = [message(f"{time}+00:00", duration_ms=1) for time in times]
    recorder.record(*events)
    now = datetime(2025, 4, 1, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        for words in ({"time_range": "all"}, {"days": "36500"}):
            asked = words | {"timezone": zone}
            recount = Recount(events, asked, "30d", now)
            got = figures(recorder, "activity_heatmap", asked)
            assert differences(got, recount.activity_heatmap()) == []
            assert got["total_messages"] == 4


def test_an_offset_of_odd_seconds_moves_the_hours(recorder: Recorder) -> None:
    # Liberia was 44 minutes and 30 seconds behind until 7 January 1972.
    times = ("1972-01-06T00:44:29", "1972-01-06T00:44:30", "1972-01-07T01:44:30")
    recorder.record(*(message(f"{time}Z") for time in times))
    heatmap = recorder.ask(
        "activity_heatmap",
        start_date="1972-01-01",
        end_date="2025-01-01",
        timezone="Africa/Monrovia",
    )
    busy = [(cell["day_of_week"], cell["hour"]) for cell in heatmap["cells"] if cell["count"]]
    assert busy == [(2, 23), (3, 0), (4, 1)]
