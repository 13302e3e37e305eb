"""Answers that are told again are those that would be worked out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random
from threading import Barrier
from typing import Any

import msgspec
import pytest
import time_machine
from hypothesis import Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from localytics.configuration import load
from localytics.errors import TookTooLong
from localytics.query.lifespan import FOR_GOOD
from localytics.query.memory import Kept, Memory
from localytics.query.question import Question, understand
from localytics.query.reader import Reader
from localytics.query.report import Answer, catalogue
from localytics.query.usual import REPORTS, usual_questions, warm
from localytics.settings import Settings
from localytics.store import Store
from tests.conftest import Recorder
from tests.reports.week import message

NOW = datetime(2025, 3, 7, 12, 5, 20, tzinfo=UTC)
VERSION = """
select (select max(seq) from events), (select count(*) from events), watermark,
       (select count(*) from stale_days), (select count(*) from archive)
from rollup_state
"""


def asked(report: str, **words: Any) -> Question:
    return understand(catalogue()[report], [(word, str(value)) for word, value in words.items()])


DATES = {"start_date": "2025-03-01", "end_date": "2025-03-08"}


def told(answer: Answer) -> dict[str, Any]:
    """All of an answer but its cursor, which goes on with the window it was made for."""
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain | {"next_cursor": None}


def remembering(store: Store, settings: Settings) -> Reader:
    """A reader of `store` that asks the store itself for its version."""
    return Reader(store.database, settings.query, lambda: store.reader.figures(VERSION))


@pytest.fixture
def reader(recorder: Recorder, settings: Settings) -> Iterator[Reader]:
    reader = remembering(recorder.store, settings)
    yield reader
    reader.stop()


def counts(reader: Reader) -> tuple[int, int]:
    """Answers told again, and answers worked out."""
    assert reader.memory is not None
    return reader.memory.hits, reader.memory.misses


def total(answer: Answer) -> int:
    messages: int = told(answer)["total_messages"]
    return messages


def test_a_window_of_dates_is_worked_out_once(recorder: Recorder, reader: Reader) -> None:
    recorder.record(message("2025-03-01T10:00:00Z"))
    with time_machine.travel(NOW, tick=False):
        first = reader.read(asked("usage", **DATES))
    with time_machine.travel(NOW + timedelta(days=400), tick=False):
        second = reader.read(asked("usage", **DATES))
    assert counts(reader) == (1, 1)
    assert second.generated_at == NOW + timedelta(days=400)
    assert told(second) == told(first) | {"generated_at": "2026-04-11T12:05:20Z"}


def test_what_is_stored_is_seen_at_once(recorder: Recorder, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False):
        for number in range(1, 4):
            recorder.record(message("2025-03-07T10:00:00Z"))
            assert [total(reader.read(asked("usage", days=7))) for _ in range(2)] == [number] * 2
    assert counts(reader) == (3, 3)


def test_what_is_removed_is_gone_at_once(recorder: Recorder, reader: Reader) -> None:
    ada, bo = (message("2025-03-07T10:00:00Z", user_id=name) for name in ("ada", "bo"))
    recorder.record(ada, bo)
    recorder.store.rolling.roll_up()
    with time_machine.travel(NOW, tick=False):
        assert total(reader.read(asked("usage", days=7))) == 2
        recorder.store.remove("user_id = $who", {"who": "ada"}, archived="user_id = $who")
        assert total(reader.read(asked("usage", days=7))) == 1


def test_a_moving_window_moves_with_the_clock(recorder: Recorder, reader: Reader) -> None:
    recorder.record(message("2025-03-06T12:06:00Z"), message("2025-03-07T12:07:00Z"))
    question = asked("usage", time_range="24h")
    seen = []
    for seconds in (0, 30, 40, 41, 60, 100, 101):
        with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
            answer = reader.read(question)
        assert answer.window.end == answer.generated_at == NOW + timedelta(seconds=seconds)
        assert answer.window.start == answer.window.end - timedelta(days=1)
        seen.append((seconds, total(answer), *counts(reader)))
    # The first event leaves after 40 seconds, the second is in the window after 100.
    assert seen == [
        (0, 1, 0, 1),
        (30, 1, 1, 1),
        (40, 1, 2, 1),
        (41, 0, 2, 2),
        (60, 0, 3, 2),
        (100, 0, 4, 2),
        (101, 1, 4, 3),
    ]


def test_a_series_gets_its_next_bucket(recorder: Recorder, reader: Reader) -> None:
    question = asked("timeline", hours=2, group_by="hour")
    lengths = []
    for minute in (59, 60, 61):
        with time_machine.travel(NOW.replace(minute=0, second=1) + timedelta(minutes=minute)):
            lengths.append(len(told(reader.read(question))["timeline"]))
    assert lengths == [3, 3, 3]
    with time_machine.travel(datetime(2025, 3, 7, 13, 0, 0, 1, tzinfo=UTC), tick=False):
        assert told(reader.read(question))["timeline"][-1]["timestamp"] == "2025-03-07T13:00:00Z"


@pytest.mark.parametrize("words", [{"time_range": "all"}, {"start_date": "2025-03-01"}])
def test_a_window_that_grows_is_worked_out_anew(
    recorder: Recorder, reader: Reader, words: dict[str, str]
) -> None:
    recorder.record(message("2025-03-07T10:00:00Z"))
    for hours in (0, 1):
        with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
            assert reader.read(asked("usage", **words)).window.end == NOW + timedelta(hours=hours)
    assert counts(reader) == (0, 2)


def test_the_same_window_in_other_words_is_the_same_question(
    recorder: Recorder, reader: Reader
) -> None:
    with time_machine.travel(NOW, tick=False):
        for words in ({"time_range": "30d"}, {"days": 30}, {"hours": 720}, {"format": "csv"}, {}):
            reader.read(asked("summary", **words))
        assert counts(reader) == (4, 1)
        for words in ({"timezone": "Europe/Berlin"}, {"days": 29}, {"user_id": "ada"}):
            reader.read(asked("summary", **words))
    assert counts(reader) == (4, 4)


def test_equal_questions_of_twenty_threads_are_worked_out_once(
    recorder: Recorder, reader: Reader
) -> None:
    recorder.record(message("2025-03-07T10:00:00Z"))
    start = Barrier(20)

    def ask(_: int) -> Answer:
        start.wait()
        return reader.read(asked("summary", days=7))

    with time_machine.travel(NOW, tick=False), ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(ask, range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert total(answers[0]) == 1
    assert counts(reader) == (19, 1)


def test_what_could_not_be_worked_out_is_tried_again() -> None:
    memory, question = Memory(lambda: 1), asked("usage", days=7)

    def fail() -> Kept:
        raise TookTooLong("The answer took too long to work out")

    for attempt in (1, 2):
        with pytest.raises(TookTooLong):
            memory.answer(question, fail)
        assert (memory.hits, memory.misses) == (0, attempt)


def test_the_least_used_answers_go_first(recorder: Recorder) -> None:
    answers = {
        name: recorder.store.reader.read(asked(name, **DATES))
        for name in ("usage", "tokens", "models")
    }
    sizes = {name: len(msgspec.json.encode(answer)) for name, answer in answers.items()}
    memory = Memory(lambda: 1, most_bytes=sum(sizes.values()) - 1)

    def ask(name: str) -> None:
        kept = Kept(answer=answers[name], since=NOW, lasts=FOR_GOOD)
        assert memory.answer(asked(name, **DATES), lambda: kept)

    def known() -> set[str]:
        return {name for name in answers if memory.recall(asked(name, **DATES)) is not None}

    ask("models")
    ask("usage")
    assert memory.recall(asked("models", **DATES)) is not None
    ask("tokens")
    assert known() == {"models", "tokens"}


def test_usual_questions_are_known_once_warm(recorder: Recorder, reader: Reader) -> None:
    recorder.record(message("2025-03-07T10:00:00Z"))
    usual = len(usual_questions())
    with time_machine.travel(NOW, tick=False):
        warm(reader)
        assert counts(reader) == (0, usual)
        for report in REPORTS:
            reader.read(asked(report, days=7))
        assert counts(reader) == (len(REPORTS), usual)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Recorder, Reader, Reader]]:
    """A store, a reader that remembers and one that never does."""
    folder = tmp_path_factory.mktemp("memory")
    settings = load(environ={}, overrides={"store": {"data_dir": str(folder)}})
    with Store(settings) as store:
        reader, forgetful = remembering(store, settings), Reader(store.database, settings.query)
        yield Recorder(store), reader, forgetful
        reader.stop()
        forgetful.stop()


# Hours of a window in words, and seconds after `now` at which events meet its edges or it is asked.
WINDOWS: list[tuple[int, dict[str, Any]]] = [
    (1, {"hours": 1}),
    (24, {"time_range": "24h"}),
    (168, {"days": 7}),
]
REMEMBERED = (
    "summary",
    "timeline",
    "models_usage",
    "sessions",
    "aggregations",
    "dashboard",
    "events",
)
MOVES = (0, 0.000_001, 1, 20, 20.000_001, 60, 300, 900, 1800)


@examples(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    seed=st.integers(0, 2**32),
    window=st.sampled_from(WINDOWS),
    zone=st.sampled_from(["UTC", "Asia/Kathmandu", "America/New_York"]),
    rolled_up=st.booleans(),
)
def test_an_answer_from_memory_is_the_one_that_would_be_worked_out(
    shared: tuple[Recorder, Reader, Reader],
    seed: int,
    window: tuple[int, dict[str, Any]],
    zone: str,
    rolled_up: bool,
) -> None:
    recorder, reader, forgetful = shared
    random, (hours, words) = Random(seed), window
    now = NOW + timedelta(seconds=random.randrange(2000), microseconds=random.choice([0, 1, 7]))
    with time_machine.travel(now, tick=False):
        edges = [now - timedelta(hours=ago) for ago in (0, hours, 2 * hours, 168)]
        times = [random.choice(edges) + timedelta(seconds=random.choice(MOVES)) for _ in range(4)]
        durations = [random.randrange(1, 10**6) for _ in times]
        recorder.record(
            *(
                message(at.isoformat(), session_id=str(ms), duration_ms=ms)
                for at, ms in zip(times, durations, strict=True)
            )
        )
        if rolled_up:
            recorder.store.rolling.roll_up()
    for seconds in sorted(random.sample(MOVES, 4)):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            for report in REMEMBERED:
                takes = words if catalogue()[report].takes_window else {}
                question = asked(report, **takes, timezone=zone)
                remembered = reader.read(question)
                assert told(remembered) == told(forgetful.read(question)), report
