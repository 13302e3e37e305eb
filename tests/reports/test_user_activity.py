from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Recorder
from tests.figures import distinct
from tests.reports.operations import case, examples, grouped, in_metadata, most, shared

__all__ = ["shared"]


def activity(random: Random) -> dict[str, Any]:
    return {
        "event_type": random.choice(["user.activity"] * 6 + ["page.viewed"]),
        "source": random.choice([None, "app"]),
        "category": random.choice(["page_view", "page_view", "click", "search", None]),
        "endpoint": random.choice([None, *(f"/{number}" for number in range(9))]),
        "user_id": random.choice([None, "ada", "bo"]),
        "session_id": random.choice([None, "s1", "s2", "s3"]),
        "metadata": random.choice(
            [
                None,
                {"page_url": f"/{random.randrange(14)}"},
                {"search_query": f"q{random.randrange(14)}", "page_url": "/search?q=é"},
            ]
        ),
    }


@examples
@given(seed=st.integers(0, 2**32))
def test_every_figure_equals_its_recount(shared: Recorder, seed: int) -> None:
    found = case(shared, "user_activity", seed, activity)
    activities = [one for one in found.events if one["event_type"] == "user.activity"]
    by_type = grouped(activities, lambda one: one["category"] or "unknown")
    pages: dict[str, int] = {}
    for one in by_type.get("page_view", []):
        for page in [one["endpoint"] or next(iter(in_metadata([one], "page_url")), None)]:
            if page is not None:
                pages[page] = pages.get(page, 0) + 1
    searches: dict[str, int] = {}
    for query in in_metadata(activities, "search_query"):
        searches[query] = searches.get(query, 0) + 1
    found.equals(
        {
            "total_activities": len(activities),
            "sessions": distinct(activities, "session_id"),
            "users": distinct(activities, "user_id"),
            "activities": [
                {
                    "activity_type": name,
                    "count": count,
                    "sessions": distinct(by_type[name], "session_id"),
                    "users": distinct(by_type[name], "user_id"),
                }
                for name, count in most({name: len(all_) for name, all_ in by_type.items()})
            ],
            "top_pages": [{"page": page, "count": count} for page, count in most(pages)[:10]],
            "top_searches": [
                {"search_query": query, "count": count} for query, count in most(searches)[:10]
            ],
        }
    )
