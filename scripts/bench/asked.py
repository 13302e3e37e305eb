"""Asked: every report of the catalogue, answered from the rollups, and from the raw events.

Both are asked on the same store, so with its memory and its threads, about the same window, one way
several times and then the other: who looks at a dashboard reads no raw events in between, which
would take what rollups are read from out of DuckDB's memory, and out of the processor's. A report
is answered as `Reader.read` does it, past whatever answers are kept: the question understood, its
window worked out, all its queries run and the answer made; the moment that counts as now is that at
which the last event arrived. The plain statements are timed until their last row is fetched. What
both say is compared.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from typing import Any, NamedTuple

from plain import ask_plainly, differences

from localytics.query.ask import Ask
from localytics.query.question import Question, understand
from localytics.query.report import Answer, Report, catalogue
from localytics.query.template import reads_raw
from localytics.store import Store

WINDOWS = ("30d", "all")
AIMS = {"30d": 5.0, "all": 10.0}
AIM_MS = 50.0
COMPARED = ("project-7", "project-5")  # two of the busiest
# What reports take beside the window, where they take any.
_MORE = {
    "projects_comparison": {"": [("project_ids", project) for project in COMPARED]},
    "trends": {f"_{metric}": [("metric", metric)] for metric in ("messages", "sessions")},
    "funnel": {
        "": [("steps", step) for step in ("page.viewed", "message.sent", "tool.used")],
        "_four": [
            ("steps", step) for step in ("page.viewed", "message.sent", "tool.used", "api.request")
        ],
        "_rare": [("steps", step) for step in ("user.activity", "error.reported", "job.finished")],
        "_mixed": [("steps", step) for step in ("page.viewed", "message.sent", "error.reported")],
        "_narrowed": [("steps", "page.viewed;source=web"), ("steps", "message.sent")],
    },
    "retention": {
        "": [],
        "_typed": [("cohort_event", "user.activity"), ("return_event", "message.sent")],
    },
    "stickiness": {"": [], "_typed": [("event_type", "job.finished")]},
    "user": {"": [("user_id", "person-3")]},
    "device_metrics": {"": [("device_id", "device-3")]},
    "device_state_history": {"": [("device_id", "device-3")]},
    "messenger_conversation": {"": [("conversation_id", "conversation-3")]},
    "messenger_conversation_health": {"": [("conversation_id", "conversation-3")]},
    "messenger_top_conversations": {
        f"_{order}": [("sort_by", order)] for order in ("messages", "participants")
    },
    "messenger_user": {"": [("user_id", "person-3")]},
    "metric": {f"_{name}": [("metric_name", name)] for name in ("jobs_done", "queue_ms")},
}
_FROM_EVENTS = {*(name for name in catalogue() if reads_raw(name)), "user"}


class Asked(NamedTuple):
    """One question about one window, and how long it took in milliseconds, each time."""

    name: str
    window: str
    rolled_up: list[float]
    plain: list[float]
    wrong: list[str]
    from_events: bool  # themselves: no rollup has what it asks about, so there is no ratio to reach

    @property
    def ratio(self) -> float:
        """How many times as long the plain statements take."""
        return median(self.plain) / median(self.rolled_up)

    @property
    def misses(self) -> bool:
        slow = median(self.rolled_up) > AIM_MS
        return slow or (not self.from_events and self.ratio < AIMS.get(self.window, 0))


def questions(reports: list[str]) -> Iterator[tuple[str, str, Question]]:
    """Name, window and question of all that is asked; only of `reports`, if there are any."""
    for name, report in catalogue().items():
        for suffix, words in _MORE.get(name, {"": []}).items():
            for window in _windows(report):
                if not reports or name in reports or name + suffix in reports:
                    yield (
                        name + suffix,
                        window,
                        understand(report, [*_window(report, window), *words]),
                    )


def _windows(report: Report) -> tuple[str, ...]:
    if not report.takes_window:
        return (report.window,)
    unit, most = report.longest or ("", 0)
    by_longest = {"": WINDOWS, "hours": ("24h", "7d"), "days": ("7d", "30d")}
    windows = ("30d", "90d") if unit == "days" and most > 90 else by_longest[unit]
    return tuple(dict.fromkeys((report.window, *windows)))


def _window(report: Report, window: str) -> list[tuple[str, str]]:
    return [("time_range", window)] if report.takes_window else []


def compare(store: Store, now: datetime, rounds: int, reports: list[str]) -> Iterator[Asked]:
    """Every question both ways, each several times in a row, the first of them unmeasured."""
    for name, window, question in questions(reports):
        asked = Asked(name, window, [], [], [], question.report.name in _FROM_EVENTS)
        answers = [_answered(store, question, now) for _ in range(rounds + 1)]
        asked.rolled_up.extend(took for took, _, _ in answers[1:])
        _, answer, values = answers[-1]
        with store.database.cursor() as cursor:
            for round_ in range(rounds + 1):
                started = time.perf_counter()
                tables = ask_plainly(cursor, name, values)
                if round_:
                    asked.plain.append(1000 * (time.perf_counter() - started))
        asked.wrong.extend(differences(answer, tables))
        yield asked


def answer_alone(
    store: Store, now: datetime, rounds: int, reports: list[str]
) -> Iterator[tuple[str, str, float]]:
    """Every question from the rollups only: name, window and the median of its milliseconds."""
    for name, window, question in questions(reports):
        times = [_answered(store, question, now)[0] for _ in range(rounds + 1)]
        yield name, window, median(times[1:])


def _answered(
    store: Store, question: Question, now: datetime
) -> tuple[float, Answer, dict[str, Any]]:
    """How long the answer took, the answer, and what the plain statements bind to mean the same."""
    with store.database.cursor() as cursor:
        started = time.perf_counter()
        state = store.reader.states.begin(cursor)
        ask = Ask(question, cursor, now, state)
        answer = question.report.read(ask)
        cursor.rollback()
        took = 1000 * (time.perf_counter() - started)
        window = ask.window
    values = {
        "start": _naive(window.start),
        "end": _naive(window.end),
        "previous_start": _naive(window.previous().start),
        "one": COMPARED[0],
        "other": COMPARED[1],
        "user": "person-3",
        "device": "device-3",
        "conversation": "conversation-3",
    }
    return took, answer, values


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
