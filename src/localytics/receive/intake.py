"""Intake: what has come in since the start, counted for the service's own metrics.

For the event loop's thread only.
"""

from collections import Counter

from localytics.errors import LocalyticsError
from localytics.sink import Outcome


class Intake:
    """`events` are by what became of them: accepted, duplicate, updated, rejected, or
    unchanged, which the smart filter left out. `refused` are batches of which nothing was stored,
    because the service could not, by the code of the error.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.events = Counter(accepted=0, duplicate=0, updated=0, rejected=0, unchanged=0)
        self.refused: Counter[str] = Counter()

    def add(self, outcome: Outcome) -> Outcome:
        """Count the events of a batch, and give its outcome on."""
        self.events["accepted"] += outcome.accepted
        self.events["duplicate"] += outcome.duplicates
        self.events["updated"] += outcome.updated
        self.events["rejected"] += len(outcome.rejected)
        return outcome

    def refuse(self, error: LocalyticsError) -> None:
        """Count a batch of which nothing could be stored."""
        self.refused[error.code] += 1

    def reject(self, events: int) -> None:
        """Count events that were turned away before they were part of a batch."""
        self.events["rejected"] += events

    def leave_out(self) -> None:
        """Count a snapshot of a device that says nothing new."""
        self.events["unchanged"] += 1
