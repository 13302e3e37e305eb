"""Who comes back, who is there daily and who gets through a funnel: every figure, recounted.

And what holds of all three reports; what is of one is shown beside it, for four people.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localytics.errors import InvalidParameter, InvalidWindow
from localytics.present.formats import encoded
from localytics.query.question import FORMATS
from localytics.query.report import catalogue
from localytics.reports import funnel
from localytics.settings import Settings
from localytics.store import Store
from tests.conftest import Recorder
from tests.differences import differences
from tests.reports.figures import answered, figures
from tests.reports.four_people import NOW, forget_all, recorder, remove_events, some, told
from tests.reports.people import RECOUNTS, People
from tests.reports.test_every_figure import FORMS, TURNS, ZONES, forget, near, some_window

__all__ = ["recorder", "some"]
REPORTS = [
    "retention",
    "stickiness",
    "funnel",
    "messenger_response_times",
    "messenger_conversation_health",
]
BENCH = Path(__file__).parents[2] / "scripts" / "bench"
TYPES = ["page.viewed", "cart.filled", "order.paid", "a;b=c%"]
ODD = "p;1=%é"
STEPS = [
    ["page.viewed", "order.paid"],
    ["page.viewed", "cart.filled", "order.paid"],
    ["cart.filled", "page.viewed", "cart.filled"],
    ["page.viewed"] * 3,
    ["page.viewed;source=app", "order.paid"],
    [f"a%3Bb%3Dc%25;project_id={'p%3B1%3D%25%C3%A9'}", "page.viewed;source=web", "page.viewed"],
    ["page.viewed", "cart.filled", "order.paid", "page.viewed", "order.paid", "cart.filled"],
]


def some_event(random: Random, number: int, turn: datetime, now: datetime) -> dict[str, Any]:
    at = min(near(random, turn), now + timedelta(hours=23))
    if random.random() < 0.3:  # together with others
        at = turn - timedelta(days=random.choice([0, 1, 8]), hours=random.choice([0, 1]))
    given = {
        "id": f"e{number}",
        "event_type": random.choice(TYPES),
        "user_id": random.choice([None, *["ada", "bo", "cy", "di", "ed", "flo"] * 2]),
        "source": random.choice([None, "app", "web"]),
        "project_id": random.choice([None, ODD]),
        "timestamp": at.isoformat(),
    }
    return {field: value for field, value in given.items() if value is not None}


def record(recorder: Recorder, events: list[dict[str, Any]], stages: str) -> list[dict[str, Any]]:
    """Store `events` in as many goes as there are stages, some of them twice, with a rollup (`r`)
    or a merge (`m`) after some; the events in the order in which they were stored."""
    stored: list[dict[str, Any]] = []
    for number, stage in enumerate(stages):
        part = [*events[number :: len(stages)], *stored[:2]]
        recorder.record(*part)
        stored += part
        if stage != "n":
            recorder.store.rolling.roll_up()
        if stage == "m":
            recorder.store.rolling.merge()
    return stored


def mark_stale(recorder: Recorder, days: list[datetime]) -> None:
    with recorder.store.database.cursor() as cursor:
        cursor.execute("delete from stale_days")
        for day in days:
            cursor.execute("insert into stale_days values (?)", [day.replace(tzinfo=None)])


@settings(
    max_examples=7,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed can't be shrunk
    print_blob=True,
)
@given(
    turn=st.sampled_from(TURNS),
    asked_after=st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=3)]),
    zone=st.sampled_from(ZONES),
    form=st.sampled_from(FORMS),
    wanted=st.sampled_from(
        [*[{}] * 6, {"source": "app"}, {"user_id": "ada"}, {"event_type": "page.viewed"}]
    ),
    period=st.sampled_from(["day", "week", "month"]),
    doing=st.sampled_from([{}, {}, {"cohort_event": TYPES[1]}, {"return_event": TYPES[2]}]),
    steps=st.sampled_from(STEPS),
    within_hours=st.sampled_from([1, 24, 168, 2000]),
    stages=st.sampled_from(["n", "r", "m", "rn", "mr", "rrm", "rmrn"]),
    some_stale=st.booleans(),
    one_by_one=st.sampled_from([0, 1, 2, 8]),
    seed=st.integers(0, 2**32),
)
def test_people_are_counted_as_if_followed_one_by_one(
    recorder: Recorder,
    turn: datetime,
    asked_after: timedelta,
    zone: str,
    form: str,
    wanted: dict[str, str],
    period: str,
    doing: dict[str, str],
    steps: list[str],
    within_hours: int,
    stages: str,
    some_stale: bool,
    one_by_one: int,
    seed: int,
) -> None:
    now, random = turn + asked_after, Random(seed)
    made = [some_event(random, n, turn, now) for n in range(random.choice([5, 30, 90]))]
    asked = some_window(random, form, turn, zone) | wanted | {"timezone": zone}
    forget(recorder)
    with time_machine.travel(now, tick=False):
        events = record(recorder, made, stages)
        day = turn.replace(hour=0, minute=0)
        mark_stale(recorder, [day, day - timedelta(days=1)] if some_stale else [])
        asking: dict[str, dict[str, Any]] = {
            "retention": {"period": period, **doing},
            "stickiness": {},
            "funnel": {"steps": steps, "within_hours": within_hours},
        }
        for name, more in asking.items():
            words: dict[str, Any] = asked | more
            recount = People(events, words, catalogue()[name].window, now)
            if name == "retention" and recount.end - recount.start > timedelta(days=199):
                words["period"] = "month"
            with pytest.MonkeyPatch.context() as patch:
                if one_by_one:  # as where steps are frequent
                    patch.setattr(funnel, "FEW_EVENTS", 0)
                    patch.setattr(funnel, "MOST_WAYS", one_by_one)
                got = figures(recorder, name, words)
            assert differences(got, RECOUNTS[name](recount)) == [], (name, words)
            assert answered(recorder, name, words).exact
    mark_stale(recorder, [])


def test_figures_outlive_the_events(some: Recorder) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        ("retention", {"timezone": "Asia/Kathmandu"}),
        ("retention", {"source": "nowhere"}),
        ("stickiness", {"timezone": "America/New_York"}),
        ("stickiness", {"event_type": "order.paid"}),
        ("funnel", {"steps": ["page.viewed", "order.paid"], "days": 30}),
        ("funnel", {"steps": ["order.paid", "page.viewed"], "days": 30}),
    ]
    before = [told(some, report, **words) for report, words in asked]
    remove_events(some)
    assert [told(some, report, **words) for report, words in asked] == before
    assert all(answer["exact"] for answer in before)
    forget_all(some)


@pytest.mark.parametrize("end", ["2026-06-11", "2026-06-10T06:00"])
def test_a_period_ends_with_the_clock(some: Recorder, end: str) -> None:
    window = {"start_date": "2026-06-01", "end_date": end}
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("retention", "cohorts", {"period": "day"}),
        ("stickiness", "daily", {}),
    ]
    for report, rows, more in asked:
        answer = told(some, report, **window, **more)
        assert [one["unfinished"] for one in answer[rows]][-2:] == [False, True]
        with time_machine.travel(NOW + timedelta(days=1), tick=False):
            assert not some.ask(report, **window, **more)[rows][-1]["unfinished"]


@pytest.mark.parametrize("name", ["retention", "stickiness", "funnel"])
def test_an_empty_store_has_an_answer_in_every_format(recorder: Recorder, name: str) -> None:
    forget(recorder)
    words = {"steps": ["a", "b"]} if name == "funnel" else {}
    for window in ({}, {"time_range": "all"}):
        with time_machine.travel(NOW, tick=False):
            recount = People([], words | window, catalogue()[name].window, NOW)
            answer = answered(recorder, name, words | window)
            got = figures(recorder, name, words | window)
        assert differences(got, RECOUNTS[name](recount)) == []
        for form in FORMATS:
            assert encoded(catalogue()[name], answer, form)


def test_plain_sql_says_the_same(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH))
    from asked import compare  # noqa: PLC0415
    from believable import fill  # noqa: PLC0415

    now = datetime.now(UTC)
    fill(settings, 20_000, now)
    with Store(settings) as store:
        store.rolling.roll_up()
        found = {(one.name, one.window): one.wrong for one in compare(store, now, 0, REPORTS)}
    assert {name for name, _ in found} >= {*REPORTS}
    assert not any(found.values())


@pytest.mark.parametrize(
    ("report", "words", "says"),
    [
        ("retention", {"period": "hour"}, "period must be one of day, month or week"),
        ("retention", {"period": "day", "days": 300}, "more than 200 periods of one day"),
        ("retention", {"group_by": "day"}, "not grouped by group_by"),
        ("stickiness", {"group_by": "week"}, "a point for every day, always"),
        ("funnel", {}, "steps must be given between 2 and 10 times"),
        ("funnel", {"steps": ["a"]}, "steps must be given between 2 and 10 times"),
        ("funnel", {"steps": ["a"] * 11}, "steps must be given between 2 and 10 times"),
        ("funnel", {"steps": ["a", "b"], "within_hours": 0}, "between 1 and 8760"),
        ("funnel", {"steps": ["a", "b"], "within_hours": 8761}, "between 1 and 8760"),
        ("funnel", {"steps": ["a", "b;colour=x"]}, "narrows no step: it may be project_id"),
        ("funnel", {"steps": ["a", "b;source"]}, "source has no value"),
        ("funnel", {"steps": ["a", "b;source=x;source=y"]}, "source is given twice"),
        ("funnel", {"steps": ["a", ";source=x"]}, "begins with an event type"),
        ("funnel", {"steps": ["a", "%ff"]}, "percent signs that spell no UTF-8"),
    ],
)
def test_a_wrong_word_is_told_what_would_be_right(
    recorder: Recorder, report: str, words: dict[str, Any], says: str
) -> None:
    with pytest.raises((InvalidParameter, InvalidWindow), match=says) as raised:
        recorder.ask(report, **words)
    assert raised.value.hint
