"""Answers: from the writer's thread to the requests that wait in the event loop."""

import asyncio
from collections import deque

from localytics.errors import LocalyticsError
from localytics.sink import Outcome

Answer = asyncio.Future[Outcome]


class Answers:
    """Wakes a loop once for all that is told before it comes to it: a group is, at once."""

    def __init__(self) -> None:
        self._told: deque[tuple[Answer, Outcome | LocalyticsError]] = deque()

    def tell(self, answer: Answer, result: Outcome | LocalyticsError) -> None:
        """Have `answer` hear `result` in its loop. From the writer's thread only, which must not
        wait: it is the loop's turn where there is something told already.
        """
        self._told.append((answer, result))
        if len(self._told) == 1:
            try:
                answer.get_loop().call_soon_threadsafe(self._hand_on)
            except RuntimeError:  # the loop has ended, and with it whoever waited
                self._told.clear()

    def _hand_on(self) -> None:
        while self._told:
            answer, result = self._told[0]
            if not answer.done():  # or its client has gone
                if isinstance(result, LocalyticsError):
                    answer.set_exception(result)
                else:
                    answer.set_result(result)
            self._told.popleft()
