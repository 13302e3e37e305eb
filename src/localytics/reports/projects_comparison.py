"""Projects comparison: a few projects side by side, and who leads on what."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from localytics.errors import InvalidParameter
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.series import total
from localytics.query.trend import Figure

FEWEST, MOST = 2, 10


class ProjectsComparisonOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which projects; one that is named twice is compared once."""

    project_ids: Annotated[
        list[str],
        Meta(
            min_length=FEWEST,
            max_length=MOST,
            description="Projects to compare, 2 to 10: repeat the parameter.",
        ),
    ]

    def __post_init__(self) -> None:
        if len(set(self.project_ids)) < FEWEST:
            raise InvalidParameter(
                f"project_ids must name between {FEWEST} and {MOST} different projects",
                hint="Repeat the parameter: project_ids=a&project_ids=b.",
                field="project_ids",
            )


class ProjectDay(Struct, frozen=True, kw_only=True):
    """One day of one project."""

    timestamp: datetime
    messages: int = 0
    tokens: int = 0
    cost: Decimal | None = Decimal(0)


class Share(Struct, frozen=True, kw_only=True):
    """Percent of the sum over the compared projects; null where that is 0 or unknown."""

    messages: float | None
    sessions: float | None
    tokens: float | None
    cost: float | None


class ComparedProject(Struct, frozen=True, kw_only=True):
    """The messages of one project; a project that nobody has heard of has none.

    `p95_response_time_ms` is within 1 % where it comes from rollups.
    """

    project_id: str
    messages: int
    sessions: int
    tokens: int
    cost: Decimal | None
    avg_response_time_ms: float | None
    p95_response_time_ms: float | None
    error_rate: float | None
    share: Share
    daily_series: list[ProjectDay]


class Leaders(Struct, frozen=True, kw_only=True):
    """Who has most messages, sessions, tokens and cost, who answers fastest and fails least.

    The first asked of several; null where nobody has anything to lead with.
    """

    messages: str | None
    sessions: str | None
    tokens: str | None
    cost: str | None
    avg_response_time_ms: str | None
    p95_response_time_ms: str | None
    error_rate: str | None


class ProjectsComparison(Answer, frozen=True, kw_only=True):
    """The projects in the order in which they were asked for."""

    projects: list[ComparedProject]
    leaders: Leaders


class _Figures(Struct, frozen=True, kw_only=True):
    project_id: str
    messages: int = 0
    sessions: int = 0
    tokens: int = 0
    cost: Decimal | None = Decimal(0)
    avg_response_time_ms: float | None = None
    p95_response_time_ms: float | None = None
    error_rate: float | None = None


class _Sessions(Struct, frozen=True, kw_only=True):
    project_id: str
    sessions: int


class _Pace(Struct, frozen=True, kw_only=True):
    project_id: str
    p95_response_time_ms: float


class _Day(Struct, frozen=True, kw_only=True):
    project_id: str
    messages: int
    tokens: int
    cost: Decimal | None


def read(ask: Ask) -> ProjectsComparison:
    """The figures of each project, its share of them all, and its days."""
    ids = list(dict.fromkeys(ask.options.project_ids))
    paces = {
        one.project_id: one.p95_response_time_ms for one in ask.rows("p95", _Pace, compared=ids)
    }
    met = {one.project_id: one.sessions for one in ask.rows("sessions", _Sessions, compared=ids)}
    known = {
        one.project_id: replace(
            one,
            sessions=met.get(one.project_id, 0),
            p95_response_time_ms=paces.get(one.project_id),
        )
        for one in ask.rows("projects", _Figures, compared=ids)
    }
    figures = [known.get(project, _Figures(project_id=project)) for project in ids]
    days = _days(ask, ids)
    return ProjectsComparison(
        **ask.stamp(),
        projects=[
            ComparedProject(
                **asdict(one), share=_share(one, figures), daily_series=days[one.project_id]
            )
            for one in figures
        ],
        leaders=_leaders(figures),
    )


def _days(ask: Ask, ids: list[str]) -> dict[str, list[ProjectDay]]:
    series: dict[str, list[ProjectDay]] = {project: [] for project in ids}
    found = ask.rows_by_bucket("days", _Day, compared=ids)
    for bucket, rows in zip(ask.buckets, found, strict=True):
        at = ask.local(bucket)
        days = {
            one.project_id: ProjectDay(
                timestamp=at, messages=one.messages, tokens=one.tokens, cost=one.cost
            )
            for one in rows
        }
        for project in ids:
            series[project].append(days.get(project, ProjectDay(timestamp=at)))
    return series


def _share(one: _Figures, figures: list[_Figures]) -> Share:
    def share(figure: Callable[[_Figures], Figure | None]) -> float | None:
        part, whole = figure(one), total([figure(each) for each in figures])
        return float(Fraction(part) * 100 / whole) if part is not None and whole else None

    return Share(
        messages=share(lambda each: each.messages),
        sessions=share(lambda each: each.sessions),
        tokens=share(lambda each: each.tokens),
        cost=share(lambda each: each.cost),
    )


def _leaders(figures: list[_Figures]) -> Leaders:
    def most(figure: Callable[[_Figures], Figure | None]) -> str | None:
        # With nothing at all, nobody leads.
        known = [(value, each.project_id) for each in figures if (value := figure(each))]
        return max(known, key=lambda pair: pair[0])[1] if known else None

    def least(figure: Callable[[_Figures], float | None]) -> str | None:
        known = [(v, each.project_id) for each in figures if (v := figure(each)) is not None]
        return min(known, key=lambda pair: pair[0])[1] if known else None

    return Leaders(
        messages=most(lambda each: each.messages),
        sessions=most(lambda each: each.sessions),
        tokens=most(lambda each: each.tokens),
        cost=most(lambda each: each.cost),
        avg_response_time_ms=least(lambda each: each.avg_response_time_ms),
        p95_response_time_ms=least(lambda each: each.p95_response_time_ms),
        error_rate=least(lambda each: each.error_rate),
    )


report = Report(
    path="analytics/projects/comparison",
    summary="Projects side by side",
    answer=ProjectsComparison,
    read=read,
    table="projects",
    fixed_grain="day",
    options=ProjectsComparisonOptions,
)
