"""User activity: what people do, where they do it and what they look for."""

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

TOP = 10


class Activity(Struct, frozen=True, kw_only=True):
    """The activities of one type, `unknown` where none is named."""

    activity_type: str
    count: int
    sessions: int
    users: int


class TopPage(Struct, frozen=True, kw_only=True):
    """How often a page was viewed."""

    page: str
    count: int


class TopSearch(Struct, frozen=True, kw_only=True):
    """How often something was looked for."""

    search_query: str
    count: int


class UserActivity(Answer, frozen=True, kw_only=True):
    """Activities by type, the most frequent first, with the ten most viewed pages and searches.

    Sessions and users are counted once, whatever they did.
    """

    total_activities: int
    sessions: int
    users: int
    activities: list[Activity]
    top_pages: list[TopPage]
    top_searches: list[TopSearch]


def read(ask: Ask) -> UserActivity:
    """Counts, pages and searches."""
    return UserActivity(
        **ask.stamp(),
        **ask.values("totals"),
        activities=ask.rows("activities", Activity),
        top_pages=ask.rows("pages", TopPage, most=TOP),
        top_searches=ask.rows("searches", TopSearch, most=TOP),
    )


report = Report(
    path="metrics/user-activity",
    summary="What people do, by type, page and search",
    answer=UserActivity,
    read=read,
    table="activities",
    window="24h",
    longest=("hours", 168),
)
