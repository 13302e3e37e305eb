"""Tally: what became of the events, counted, and told to the app's log now and then."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from localytics.client.post import Taken

log = logging.getLogger("localytics.client")

_QUIET_SECONDS = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stats:
    """Events by what became of them, since this process began to send.

    `accepted` are stored; `duplicates` had been stored before; `rejected` the service refused;
    `dropped` never reached it, by reason: `full` (too many waited), `invalid` (no event could be
    made of the call), `spool_full`, `closed`, `lost` (left at the end with no folder to keep them
    in). `waiting` are in memory and `spooled` on disk, to be sent.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    spooled: int = 0


class Tally:
    """Counts for any thread. The lock may be taken again by a signal handler of the same thread."""

    def __init__(self) -> None:
        self.accepted = self.duplicates = self.rejected = 0
        self.dropped: Counter[str] = Counter()
        self._lock = threading.RLock()
        self._unsaid: Counter[str] = Counter()
        self._why = ""
        self._said_at = float("-inf")

    def add(self, taken: Taken) -> None:
        """Count what the service did with a body."""
        with self._lock:
            self.accepted += taken.accepted
            self.duplicates += taken.duplicates
            self.rejected += len(taken.rejected)
            if taken.rejected:
                self._unsaid["rejected"] += len(taken.rejected)
                self._why = taken.rejected[0]

    def drop(self, reason: str, events: int = 1, why: str = "") -> None:
        """Count what never reached the service; `reason` is one of Stats."""
        with self._lock:
            self.dropped[reason] += events
            self._unsaid[reason] += events
            self._why = why or self._why

    def quiet_seconds(self) -> float | None:
        """How long until there is something to say; None where nothing is to be said."""
        if not self._unsaid:
            return None
        return max(0.0, self._said_at + _QUIET_SECONDS - time.monotonic())

    def say(self, *, now: bool = False) -> None:
        """Log what was dropped since it was last said, unless that was a moment ago."""
        with self._lock:
            wait = self.quiet_seconds()
            if wait is None or (wait > 0 and not now):
                return
            counts = ", ".join(f"{events} {reason}" for reason, events in self._unsaid.items())
            total, why = sum(self._unsaid.values()), self._why
            self._unsaid.clear()
            self._why = ""
            self._said_at = time.monotonic()
        log.warning("%d events were not stored (%s)%s", total, counts, f": {why}" if why else "")
