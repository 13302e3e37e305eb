"""Words of the URL: what a page does not know or can't use is said once, and can be taken away."""

import pytest
from playwright.sync_api import expect

from tests.web.dashboard import PAGES, ZONE, Dashboard, past_days

FIRST, LAST = past_days(17, 3)
UNUSED = "not known on this page"


@pytest.mark.parametrize(
    ("page", "words", "said"),
    [
        ("overview", "days=banana", [("days=banana", UNUSED)]),
        ("activity", "grup_by=day", [("grup_by=day", UNUSED)]),
        ("activity", "cell=7-1", [("cell=7-1", "not an hour of the week like 2-14")]),
        ("activity", "by=month", [("by=month", "not one of hour, day, week")]),
        (
            "costs",
            "tz=Mars/Base&stack=model",
            [("tz=Mars/Base", f"not a known time zone; times are in {ZONE}")],
        ),
        ("costs", "tz=europe/berlin", [("tz=europe/berlin", "not a known time zone")]),
        ("models", "range=2d", [("range=2d", "not one of 24h, 7d, 30d, 90d, 1y, all")]),
        ("models", "compare=yes", [("compare=yes", "not one of off")]),
        (
            "projects",
            "from=2026-02-31&to=banana",
            [("from=2026-02-31", "not a date"), ("to=banana", "not a date")],
        ),
        (
            "trends",
            f"from={LAST}&to={FIRST}&metric=constructor",
            [
                (f"from={LAST}", "nothing is between these dates"),
                (f"to={FIRST}", "nothing is between these dates"),
                ("metric=constructor", "not one of messages, costs"),
            ],
        ),
        ("people", f"to={LAST}", [(f"to={LAST}", "there is no from that can be used")]),
        (
            "people",
            "person=ada&conversation=launch",
            [("conversation=launch", "a person is named as well")],
        ),
        (
            "operations",
            "range=7d&from=" + FIRST + "&api-sort=-nothing&api-page=7",
            [
                ("range=7d", "dates are given as well"),
                ("api-sort=-nothing", "no column of this table"),
                ("api-page=7", "this table has 1 page"),
            ],
        ),
        ("explorer", "is_error=banana", [("is_error=banana", "not one of true, false")]),
        ("explorer", "event=1", [("event=1", "at does not say when it was")]),
        ("live", "user_id=" + "u" * 201, [("user_id=uuu", "longer than 200 characters")]),
        ("settings", "table=jobs", [("table=jobs", UNUSED)]),
    ],
)
def test_what_a_page_can_not_use_is_said_and_taken_away(
    dashboard: Dashboard, page: str, words: str, said: list[tuple[str, str]]
) -> None:
    dashboard.page.goto(f"{dashboard.service.url}/#/{page}?{words}")
    notice = dashboard.page.locator(".ignored")
    for word, why in said:
        expect(notice).to_contain_text(word)
        expect(notice).to_contain_text(f" ({why}")
    expect(notice.locator("code")).to_have_count(len(said))
    notice.get_by_role("button", name="Remove from it").click()
    expect(notice).to_have_count(0)
    dropped = {word.partition("=")[0] for word, _ in said}
    kept = [word for word in words.split("&") if word.partition("=")[0] not in dropped]
    assert dashboard.words() == f"#/{page}{'?' if kept else ''}{'&'.join(kept)}"


def test_words_before_the_hash_and_those_given_again_are_said_too(dashboard: Dashboard) -> None:
    dashboard.page.goto(f"{dashboard.service.url}/?days=7#/costs?model=x&model=gpt-5")
    notice = dashboard.page.locator(".ignored")
    expect(notice).to_contain_text("days=7 (it stands before the #); model=x (it is given again).")
    total = dashboard.ask("costs", time_range="30d", model="gpt-5")["total_cost"]
    expect(dashboard.stat("total-cost")).to_have_text(f"${total:,.2f}")
    notice.get_by_role("button", name="Remove from it").click()
    expect(notice).to_have_count(0)
    assert dashboard.page.url == f"{dashboard.service.url}/#/costs?model=gpt-5"
    expect(dashboard.stat("total-cost")).to_have_text(f"${total:,.2f}")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_knows_every_word_that_it_writes_itself(dashboard: Dashboard, page: str) -> None:
    """All that can be pressed in a card, whatever it writes into the URL."""
    dashboard.open(page)
    dashboard.drawn(page)
    for buttons in (
        dashboard.page.locator(".card button[aria-label$=' as a table']"),
        dashboard.page.locator("main .segments button"),
        dashboard.page.locator(".card th:first-of-type button"),
    ):
        for place in range(buttons.count()):
            buttons.nth(place).click()
            expect(dashboard.page.locator("[aria-busy=true]")).to_have_count(0)
    assert page in {"live", "explorer", "settings"} or "?" in dashboard.words()
    expect(dashboard.page.locator(".ignored")).to_have_count(0)
