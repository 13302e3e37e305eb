from tests.conftest import Recorder
from tests.reports.week import COMPILER, EVENTS, THE_WEEK


def test_projects_of_a_week_ranked_by_messages(recorder: Recorder) -> None:
    recorder.record(*EVENTS)
    projects = recorder.ask("projects", **THE_WEEK, timezone="Europe/Berlin")
    assert projects["total_projects"] == 2
    assert projects["projects"] == [
        {
            "project_id": COMPILER,
            "project_name": "compiler",
            "messages": 3,
            "sessions": 1,
            "tokens": 2650,
            "cost": 1.5,
            "last_activity": "2025-03-01T10:30:00+01:00",
        },
        {
            "project_id": "notes",
            "project_name": "notes",
            "messages": 1,  # the other is of Saturday in Berlin
            "sessions": 1,
            "tokens": 550,
            "cost": None,
            "last_activity": "2025-03-03T15:00:00+01:00",
        },
    ]
