"""Ever: what is true of all events there ever were, remembered as far as they were read.

Events are numbered without gaps, and what is stored does not change. So what was found in those up
to some number is found in them again, unless some of them were removed meanwhile; and that shows,
since then fewer are left than were numbered.
"""

from collections.abc import Callable, Collection, Hashable
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T", bound=Collection[Any])

_MOST_QUESTIONS = 1_000
_MOST_FINDINGS = 100_000  # of all questions together


class _Found(NamedTuple):
    upto: int
    removed: int
    what: Any


class Ever:
    """Of each question its findings. For any number of threads: of two that ask at once one may
    read what the other did.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, _Found] = {}

    def knows(self, question: Hashable) -> bool:
        """Whether it was asked before, so that little has to be read."""
        return question in self._known

    def found(
        self,
        question: Hashable,
        *,
        last_seq: int,
        events: int,
        read_on: Callable[[int, T], T],
        nothing: T,
    ) -> T:
        """What `read_on(0, nothing)` finds in a store of so many `events`, numbered up to
        `last_seq`; it is asked to go on from what it found up to some number before.
        """
        removed = last_seq - events
        known = self._known.pop(question, None)
        if known is None or known.removed != removed or known.upto > last_seq:
            known = _Found(0, removed, nothing)
        what: T = known.what
        if known.upto < last_seq:
            what = read_on(known.upto, what)
        self._known[question] = _Found(last_seq, removed, what)
        self._forget()
        return what

    def _forget(self) -> None:
        """Those that were not asked for longest, where there are too many."""
        findings = sum(len(one.what) for one in list(self._known.values()))
        while len(self._known) > _MOST_QUESTIONS or findings > _MOST_FINDINGS:
            oldest = self._known.pop(next(iter(self._known)), None)
            findings -= len(oldest.what) if oldest else 0
