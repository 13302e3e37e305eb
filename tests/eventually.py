"""Eventually: waiting for a thing by looking at the thing."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], what: str, seconds: float = 20.0) -> T:
    """The first true value that `look` gives; a failure naming `what` where there is none."""
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > until:
            raise AssertionError(f"waited {seconds:g} s for: {what}")
        time.sleep(0.005)
