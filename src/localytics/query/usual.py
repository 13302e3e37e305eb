"""Usual: the questions a dashboard asks whenever it is opened, answered ahead."""

from localytics.query.question import Question, understand
from localytics.query.reader import Reader
from localytics.query.report import catalogue

REPORTS = (
    "summary",
    "usage",
    "timeline",
    "costs",
    "tokens",
    "models_usage",
    "activity_heatmap",
    "projects",
    "agents",
    "messenger_dashboard",
)
RANGES = ("24h", "7d", "30d")


def usual_questions() -> list[Question]:
    """Each of REPORTS about each of RANGES, and the dashboard, which has a window of its own."""
    return [
        *(
            understand(catalogue()[report], [("time_range", range_)])
            for range_ in RANGES
            for report in REPORTS
        ),
        understand(catalogue()["dashboard"], []),
    ]


def warm(reader: Reader) -> None:
    """Work out the usual answers that are not known or no longer true, in this thread."""
    if reader.memory is None:
        return
    for question in usual_questions():
        reader.read(question)
