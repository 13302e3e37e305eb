"""Ever: what is true of all events there ever were, remembered as far as they were read.

Events are numbered without gaps, and what is stored does not change. So what was found in those up
to some number is found in them again, unless some of them were removed meanwhile; and that shows,
since then fewer are left than were numbered.
"""

from collections.abc import Callable, Hashable
from typing import NamedTuple

_MOST = 1_000  # questions remembered


class _Found(NamedTuple):
    upto: int
    removed: int
    what: frozenset[str]


class Ever:
    """Of each question its findings. For any number of threads: of two that ask at once one may
    read what the other did.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, _Found] = {}

    def found(
        self,
        question: Hashable,
        *,
        last_seq: int,
        events: int,
        after: Callable[[int], frozenset[str]],
    ) -> frozenset[str]:
        """All that `after(0)` would find in a store of so many `events`, numbered up to `last_seq`;
        `after` is asked only for what events past a number add.
        """
        removed = last_seq - events
        upto, was_removed, what = self._known.pop(question, _Found(0, removed, frozenset()))
        if removed != was_removed or upto > last_seq:
            upto, what = 0, frozenset()
        if upto < last_seq:
            what |= after(upto)
        while len(self._known) >= _MOST:
            self._known.pop(next(iter(self._known)), None)
        self._known[question] = _Found(last_seq, removed, what)
        return what
