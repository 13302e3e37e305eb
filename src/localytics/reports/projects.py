"""Projects: where the work happens, the busiest first."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.naming import last_component
from localytics.query.report import Answer, Report


class Project(Struct, frozen=True, kw_only=True):
    """The messages of one project; `project_name` is the end of an id that is a path."""

    project_id: str
    project_name: str = ""
    messages: int
    sessions: int = 0
    tokens: int
    cost: Decimal | None
    last_activity: datetime


class Projects(Answer, frozen=True, kw_only=True):
    """The projects that have messages in the window."""

    projects: list[Project]
    total_projects: int


class _Sessions(Struct, frozen=True, kw_only=True):
    project_id: str
    sessions: int


def read(ask: Ask) -> Projects:
    """Projects ranked by messages."""
    met = {one.project_id: one.sessions for one in ask.rows("sessions", _Sessions)}
    projects = [
        replace(
            project,
            project_name=last_component(project.project_id),
            sessions=met.get(project.project_id, 0),
        )
        for project in ask.rows("projects", Project)
    ]
    return Projects(**ask.stamp(), projects=projects, total_projects=len(projects))


report = Report(
    path="analytics/projects",
    summary="Projects ranked by messages",
    answer=Projects,
    read=read,
    table="projects",
)
