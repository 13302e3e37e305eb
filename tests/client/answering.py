"""What ASGI apps of tests have in common: how they stream, how they break, and who asks."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

CHUNKS = 5
CHUNK = b"x" * 1000


class OutOfPaperError(Exception):
    """What an app has of its own."""


def who(scope: Any) -> str | None:
    """The user that a request names."""
    return next((value.decode() for name, value in scope["headers"] if name == b"x-user"), None)


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(CHUNKS):
        yield CHUNK
        await asyncio.sleep(0)
