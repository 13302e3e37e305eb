"""Every figure of every report equals a recount in plain Python, for whatever is stored and asked.

Events cluster around the instants at which a clock can go wrong; windows, zones and filters come
in all their forms. One store serves all examples.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from localytics.query.report import catalogue
from localytics.settings import load
from localytics.store import Store
from tests.conftest import Recorder
from tests.query.truth import untrue
from tests.recount import METRICS, NAMES, Recount, differences
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
NONE = st.none()
MICROSECOND = timedelta(microseconds=1)
DAYS_OF_HOURS = timedelta(days=45)


def nothing_or(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


tokens = NONE | st.integers(0, 20_000) | st.just(2**63 - 1)
# In eighths of a millisecond: their sums are exact as floats too, so that ties are ties.
duration = NONE | st.integers(0, 800_000).map(lambda eighths: eighths / 8)
reported = NONE | st.integers(0, 10**12).map(lambda units: str(Decimal(units).scaleb(-10)))
when = st.tuples(
    st.sampled_from([-400, -60, -20, -8, -7, -2, -1, 0, 0, 0, 0, 1]),  # days
    st.sampled_from([-120, -60, -45, -30, -15, 0, 0, 15, 30, 45, 60, 120]),  # minutes
    st.sampled_from([-1, 0, 0, 1]) | st.integers(-(10**9), 10**9),  # microseconds
).map(lambda parts: timedelta(days=parts[0], minutes=parts[1], microseconds=parts[2]))
shape = st.fixed_dictionaries(
    {
        "event_type": st.sampled_from(
            ["message.sent", "message.sent", "message.sent", "api.request", "job.finished"]
        ),
        "timestamp": when,
        "source": nothing_or("app"),
        "user_id": nothing_or("ada", "bo", "cy"),
        "session_id": nothing_or("s1", "s2", "s3", "é"),
        "project_id": nothing_or(*PROJECTS),
        "duration_ms": duration,
        "status_code": nothing_or(200, 399, 400, 503),
        "is_error": nothing_or(True, False),
        "role": nothing_or("assistant", "assistant", "user"),
        "model": nothing_or(*MODELS),
        "agent": nothing_or("coder", "critic"),
        "input_tokens": tokens,
        "output_tokens": tokens,
        "cache_read_tokens": NONE | st.integers(0, 9_000),
        "cache_write_tokens": NONE | st.integers(0, 9_000),
        "cost_usd": NONE | reported,
    }
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "project_id": st.sampled_from([*PROJECTS, "elsewhere"]),
        "user_id_filter": st.just("ada"),
        "session_id": st.just("s1"),
        "source": st.just("app"),
        "model": st.sampled_from(MODELS),
        "agent": st.just("coder"),
        "event_type": st.sampled_from(["message.sent", "api.request"]),
    },
)
length = st.integers(1, 40 * 86400)


@st.composite
def windows(draw: st.DrawFn, now: datetime, zone: str) -> dict[str, str]:
    """One of the forms in which a window is given, or none."""
    form = draw(st.sampled_from(["none", "range", "hours", "days", "dates", "times", "open"]))
    if form == "range":
        return {"time_range": draw(st.sampled_from(["24h", "7d", "30d", "90d", "1y", "all"]))}
    if form == "hours":
        return {"hours": str(draw(st.integers(1, 500)))}
    if form == "days":
        return {"days": str(draw(st.integers(1, 90)))}
    if form == "none":
        return {}
    start = now + draw(when) - timedelta(seconds=draw(length))
    local = start.astimezone(ZoneInfo(zone))
    if form == "dates":
        end = local.date() + timedelta(days=draw(st.integers(1, 40)))
        return {"start_date": local.date().isoformat(), "end_date": end.isoformat()}
    if form == "open":
        return {"start_date": min(start, now - MICROSECOND).isoformat()}
    # Half of them without an offset, to be read in the zone.
    whole = start.replace(microsecond=0)
    end = whole + timedelta(seconds=draw(length) + 7200)
    if draw(st.booleans()):
        return {
            "start_date": local.replace(microsecond=0, tzinfo=None).isoformat(),
            "end_date": end.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat(),
        }
    return {"start_date": whole.isoformat(), "end_date": end.isoformat()}


@st.composite
def examples(draw: st.DrawFn) -> tuple[datetime, list[dict[str, Any]], list[dict[str, Any]]]:
    """When it is asked, what is stored, and the words of some questions."""
    turn = draw(st.sampled_from(TURNS))
    now = turn + draw(st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=3)]))
    events = []
    for event in draw(st.lists(shape, max_size=25)):
        at = min(turn + event["timestamp"], now + timedelta(hours=23))
        given = event | {"timestamp": at.isoformat()}
        events.append({field: value for field, value in given.items() if value is not None})
    questions = []
    for _ in range(2):
        zone = draw(st.sampled_from(ZONES))
        words = draw(windows(now, zone)) | draw(filters | st.just({}))
        questions.append(words | {"timezone": zone})
    return now, events, questions


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorder]:
    folder = tmp_path_factory.mktemp("every_figure")
    with Store(load(environ={}, overrides={"store": {"data_dir": str(folder)}})) as store:
        yield Recorder(store)


def forget(recorder: Recorder) -> None:
    with recorder.store.database.cursor() as cursor:
        cursor.execute("delete from events")


def check(recorder: Recorder, report: str, recount: Recount, words: dict[str, Any]) -> None:
    got = figures(recorder, report, words)
    if report == "trends":
        days = [(at.date(), value) for at, value in map(dict.values, got["data_points"])]
        assert untrue(words["metric"], days, got.pop("insights")) == []
    assert differences(got, recount.answer(report)) == [], (report, words)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink takes minutes
    print_blob=True,
)
@given(
    example=examples(),
    grain=st.sampled_from(["hour", "day", "weekly", "month"]),
    metric=st.sampled_from(sorted(METRICS)),
)
def test_every_figure_equals_its_recount(
    recorder: Recorder,
    example: tuple[datetime, list[dict[str, Any]], list[dict[str, Any]]],
    grain: str,
    metric: str,
) -> None:
    now, events, questions = example
    forget(recorder)
    with time_machine.travel(now, tick=False):
        recorder.record(*events)
        for asked in questions:
            for name, report in catalogue().items():
                if not hasattr(Recount, name):
                    continue
                words: dict[str, Any] = dict(asked)
                recount = Recount(events, words, report.window, now)
                if report.grain and (
                    grain != "hour" or recount.end - recount.start < DAYS_OF_HOURS
                ):
                    words["group_by"] = grain
                if name == "projects_comparison":
                    words["project_ids"] = ["notes", "elsewhere", "/home/ada/compiler"]
                if name == "trends":
                    words["metric"] = metric
                check(recorder, name, Recount(events, words, report.window, now), words)
