"""Memory: answers that are still what would be worked out now.

An answer is told again while nothing has been committed since it was worked out, and while the
clock has not moved an edge of its window over anything (see lifespan). It then carries the window
and the time of the moment it is told. What grows with the clock (`all`, or a `start_date` alone) is
not kept. Equal questions at one time are worked out once, and all who asked get that answer.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from localytics.query.lifespan import FOR_GOOD, course
from localytics.query.question import Question
from localytics.query.report import Answer, WindowAnswer, moments
from localytics.window import window_of

MOST_BYTES = 16 * 1024 * 1024
_NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)  # any moment: what moves is told apart by its length
_encode = msgspec.json.Encoder(order="deterministic").encode


class Kept(Struct, frozen=True, kw_only=True):
    """An answer, when it was worked out, and for how long from then on it is true."""

    answer: Answer
    since: datetime
    lasts: timedelta

    def at(self, now: datetime) -> Answer | None:
        """The answer as it is at `now`; None where that is to be found out."""
        elapsed = now - self.since
        if not timedelta(0) <= elapsed <= self.lasts:
            return None
        window = self.answer.window
        if self.lasts != FOR_GOOD:
            window = WindowAnswer(
                start=_later(window.start, elapsed),
                end=_later(window.end, elapsed),
                timezone=window.timezone,
            )
        told: dict[str, Any] = {"window": window, "generated_at": now}
        if "timestamp" in self.answer.__struct_fields__:
            told["timestamp"] = now  # the same, where a contract has it by this name as well
        told |= {name: replace(one, timestamp=now) for name, one in moments(self.answer)}
        return replace(self.answer, **told)


class Memory:
    """Answers of one version of the data, the latest used of them, up to `most_bytes` as JSON.

    `version` says which version there is: another one after every commit that changes an answer,
    before anyone is told of the commit. `hits` counts answers told again, `misses` those worked
    out. Any thread may ask.
    """

    def __init__(self, version: Callable[[], Hashable], most_bytes: int = MOST_BYTES) -> None:
        self._version = version
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._of: Hashable = None
        self._kept: OrderedDict[bytes, tuple[Kept, int]] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[tuple[bytes, Hashable], Future[Kept]] = {}
        self.hits = 0
        self.misses = 0

    def recall(self, question: Question) -> Answer | None:
        """The answer, where there is one that is still true."""
        if course(question) == "growing":
            return None
        key, version = _key(question), self._version()
        with self._lock:
            return self._recall(key, version)

    def answer(self, question: Question, work_out: Callable[[], Kept]) -> Answer:
        """The answer, from memory, from whoever is working it out already, or from `work_out`."""
        if course(question) == "growing":
            with self._lock:
                self.misses += 1
            return work_out().answer
        # The version is read first: the answer may know of later commits, never of fewer.
        key, version = _key(question), self._version()
        with self._lock:
            if (known := self._recall(key, version)) is not None:
                return known
            ahead = self._under_way.get((key, version))
            if ahead is None:
                mine = self._under_way[key, version] = Future()
        if ahead is not None:
            if (shared := ahead.result().at(datetime.now(UTC))) is not None:
                with self._lock:
                    self.hits += 1
                return shared
            return self._work_out(work_out)[0].answer
        try:
            kept, size = self._work_out(work_out)
        except BaseException as error:
            with self._lock:
                del self._under_way[key, version]
            mine.set_exception(error)
            raise
        with self._lock:
            del self._under_way[key, version]
            self._keep(key, version, kept, size)
        mine.set_result(kept)
        return kept.answer

    def _work_out(self, work_out: Callable[[], Kept]) -> tuple[Kept, int]:
        with self._lock:
            self.misses += 1
        kept = work_out()
        return kept, len(_encode(kept.answer))

    def _recall(self, key: bytes, version: Hashable) -> Answer | None:
        if version != self._of:
            return None
        kept, _ = self._kept.get(key, (None, 0))
        if kept is None or (answer := kept.at(datetime.now(UTC))) is None:
            return None
        self._kept.move_to_end(key)
        self.hits += 1
        return answer

    def _keep(self, key: bytes, version: Hashable, kept: Kept, size: int) -> None:
        if version != self._of:
            if version != self._version():
                return  # outdated before it was done
            self._kept.clear()
            self._bytes = 0
            self._of = version
        _, before = self._kept.pop(key, (None, 0))
        self._kept[key] = kept, size
        self._bytes += size - before
        while self._bytes > self._most_bytes:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._bytes -= dropped


def _key(question: Question) -> bytes:
    """All that an answer depends on besides the data and the clock; the format is none of it."""
    report = question.report
    window = window_of(question.window, default=report.window, now=_NOON, oldest=None, newest=None)
    asked = (report.name, course(question), window, question.grain, question.filters)
    return _encode((*asked, question.options))


def _later(instant: datetime, elapsed: timedelta) -> datetime:
    """By time elapsed, not by what the clock of its zone shows."""
    return (instant.astimezone(UTC) + elapsed).astimezone(instant.tzinfo)
