"""Every figure of every report equals a recount in plain Python, for whatever is stored and asked.

Events cluster around the instants at which a clock can go wrong; windows, zones and filters come
in all their forms. One store serves all examples.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from localytics.configuration import load
from localytics.query.report import catalogue
from localytics.rollup.rollups import TABLES
from localytics.store import Store
from tests.conftest import Recorder
from tests.differences import differences
from tests.figures import METRICS
from tests.query.truth import untrue
from tests.recount import NAMES, Recount
from tests.reports.figures import figures

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "UTC",
)
# When clocks change, and when weeks, months, leap days and years end.
TURNS = tuple(
    datetime.fromisoformat(text)
    for text in (
        "2025-03-09T07:00:00+00:00",  # New York, on
        "2025-11-02T06:00:00+00:00",  # New York, back
        "2025-03-30T01:00:00+00:00",  # Berlin, on
        "2025-10-26T01:00:00+00:00",  # Berlin, back
        "2025-10-04T15:30:00+00:00",  # Lord Howe, on by half an hour
        "2025-04-05T15:00:00+00:00",  # Lord Howe, back
        "2024-02-29T18:15:00+00:00",  # the first of March in Kathmandu
        "2024-12-31T18:30:00+00:00",  # the new year in Kolkata
        "2025-01-01T00:00:00+00:00",
        "2025-06-02T00:00:00+00:00",  # a Monday
    )
)
MODELS = [name for name in NAMES if "." in name or "-" in name]
PROJECTS = ["/home/ada/compiler", "C:\\work\\engine\\", "notes"]
MICROSECOND = timedelta(microseconds=1)
DAYS_OF_HOURS = timedelta(days=45)


# Fields and what they may hold; those that repeat a value make it likelier.
FIELDS: dict[str, list[Any]] = {
    "event_type": ["message.sent"] * 4 + ["message.failed", "api.request", "job.finished"],
    "source": [None, "app"],
    "user_id": [None, "ada", "bo", "cy"],
    "session_id": [None, "s1", "s2", "s3", "é"],
    "project_id": [None, *PROJECTS],
    "status_code": [None, None, 200, 399, 400, 503],
    "is_error": [None, False, False, True],
    "role": [None, "assistant", "assistant", "user"],
    "model": [None, *MODELS],
    "agent": [None, "coder", "critic"],
    "input_tokens": [None, None, 0, 1, 7, 250, 20_000],
    "output_tokens": [None, None, 0, 1, 7, 250, 20_000],
    "cache_read_tokens": [None, None, 0, 900, 9000],
    "cache_write_tokens": [None, None, 0, 80, 8000],
}
DAYS_AWAY = [-400, -60, -20, -9, -8, -7, -3, -2, -1, *[0] * 9, 1]
MINUTES_AWAY = [-120, -60, -45, -30, -15, 0, 0, 15, 30, 45, 60, 120]


def near(random: Random, turn: datetime) -> datetime:
    """An instant that has something to do with the turn, often to the microsecond."""
    micros = random.choice([-1, 0, 0, 0, 1, random.randrange(-(10**9), 10**9)])
    return turn + timedelta(
        days=random.choice(DAYS_AWAY), minutes=random.choice(MINUTES_AWAY), microseconds=micros
    )


def some_event(random: Random, turn: datetime, now: datetime) -> dict[str, Any]:
    event = {field: random.choice(values) for field, values in FIELDS.items()}
    at = min(near(random, turn), now + timedelta(hours=23))  # beyond a day it is not believed
    if random.random() < 0.7:
        # In eighths of a millisecond: their sums are exact as floats too, so that ties are ties.
        event["duration_ms"] = random.choice([random.randrange(800_000), 8, 16]) / 8
    if random.random() < 0.3:
        event["cost_usd"] = str(Decimal(random.randrange(10**12)).scaleb(-10))
    if random.random() < 0.02:
        event["output_tokens"] = 2**63 - 1
    given = event | {"timestamp": at.isoformat()}
    return {field: value for field, value in given.items() if value is not None}


filters = st.sampled_from(
    [
        *[{}] * 18,
        {"project_id": PROJECTS[0]},
        {"project_id": "elsewhere"},
        {"user_id_filter": "ada"},
        {"session_id": "s1", "source": "app"},
        {"model": MODELS[0]},
        {"agent": "coder"},
        {"event_type": "message.sent"},
        {"event_type": "api.request", "user_id": "bo"},
    ]
)
LENGTHS = [1, 1800, 3600, 5400, 86_400, 90_000, 7 * 86_400, 40 * 86_400]


def some_window(random: Random, form: str, turn: datetime, zone: str) -> dict[str, str]:
    """One of the forms in which a window is given, or none; most have the turn within."""
    start = near(random, turn) - timedelta(seconds=random.choice(LENGTHS))
    end = start + timedelta(seconds=7200 + 2 * random.choice(LENGTHS))
    local, local_end = (at.astimezone(ZoneInfo(zone)) for at in (start, end))
    forms: dict[str, dict[str, str]] = {
        "default": {},
        "range": {"time_range": random.choice(["24h", "7d", "30d", "90d", "1y", "all"])},
        "hours": {"hours": str(random.choice([1, 2, 24, 25, 100, 500]))},
        "days": {"days": str(random.choice([1, 4, 7, 8, 45, 90]))},
        "dates": {
            "start_date": local.date().isoformat(),
            "end_date": (local_end.date() + timedelta(days=1)).isoformat(),
        },
        "instants": {"start_date": start.isoformat(), "end_date": end.isoformat()},
        "wall times": {
            "start_date": local.replace(tzinfo=None).isoformat(),
            "end_date": local_end.replace(tzinfo=None).isoformat(),
        },
        "since": {"start_date": (min(start, turn) - MICROSECOND).isoformat()},
    }
    return forms[form]


FORMS = ("default", "range", "hours", "days", "dates", "instants", "wall times", "since")


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    folder = tmp_path_factory.mktemp("every_figure")
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})) as store:
        yield Recorder(store)


def forget(recorder: Recorder) -> None:
    """Empty the store, rollups and all, and take what comes next from its number on."""
    database = recorder.store.database
    with database.committing(), database.cursor() as cursor:
        for table in ("events", "touched_days", *TABLES):
            cursor.execute(f"delete from {table}")
        cursor.execute("update rollup_state set watermark = ?", [recorder.store.writer.last_seq])


def record(recorder: Recorder, events: list[dict[str, Any]], stages: str) -> None:
    """Store `events`, as many of them at a time as there are stages: after some comes a rollup
    (`r`), after some a rollup and a merge (`m`), and after some nothing (`n`)."""
    for number, stage in enumerate(stages):
        recorder.record(*events[number :: len(stages)])
        if stage != "n":
            recorder.store.rolling.roll_up()
        if stage == "m":
            recorder.store.rolling.merge()


def check(recorder: Recorder, report: str, recount: Recount, words: dict[str, Any]) -> None:
    got = figures(recorder, report, words)
    if report == "trends":
        days = [(at.date(), value) for at, value in map(dict.values, got["data_points"])]
        sentences = got.pop("insights")
        assert untrue(words["metric"], days, sentences, recount.whole_days()) == []
    assert differences(got, recount.answer(report), sketched=True) == [], (report, words)


@settings(
    max_examples=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a seed can't be shrunk
    print_blob=True,
)
@given(
    turn=st.sampled_from(TURNS),
    asked_after=st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=3)]),
    zone=st.sampled_from(ZONES),
    form=st.sampled_from(FORMS),
    wanted=filters,
    grain=st.sampled_from(["hour", "day", "weekly", "month"]),
    metric=st.sampled_from(sorted(METRICS)),
    aggregation_type=st.sampled_from(["hourly", "daily", "weekly"]),
    stages=st.sampled_from(["n", "r", "m", "rn", "mr", "rrm", "rmrn"]),
    seed=st.integers(0, 2**32),
)
def test_every_figure_equals_its_recount(
    recorder: Recorder,
    turn: datetime,
    asked_after: timedelta,
    zone: str,
    form: str,
    wanted: dict[str, str],
    grain: str,
    metric: str,
    aggregation_type: str,
    stages: str,
    seed: int,
) -> None:
    now, random = turn + asked_after, Random(seed)
    events = [some_event(random, turn, now) for _ in range(random.choice([3, 20, 40]))]
    asked = some_window(random, form, turn, zone) | wanted | {"timezone": zone}
    forget(recorder)
    with time_machine.travel(now, tick=False):
        record(recorder, events, stages)
        for name, report in catalogue().items():
            if not hasattr(Recount, name):
                continue
            words: dict[str, Any] = dict(asked)
            recount = Recount(events, words, report.window, now)
            if report.grain and (grain != "hour" or recount.end - recount.start < DAYS_OF_HOURS):
                words["group_by"] = grain
            if name == "projects_comparison":
                words["project_ids"] = ["notes", "elsewhere", "/home/ada/compiler"]
            if name == "trends":
                words["metric"] = metric
            if name == "aggregations":
                words["aggregation_type"] = aggregation_type
            check(recorder, name, Recount(events, words, report.window, now), words)
