"""Listening to live events over a real WebSocket."""

import json
from typing import Any

from websockets.sync.client import ClientConnection

from tests.service import Service

PATH = "/api/v1/live"
EVENTS = "/api/v1/events"
SECONDS = 30


def address(service: Service, query: str = "") -> str:
    return f"{service.url.replace('http', 'ws', 1)}{PATH}{query}"


def heard(listening: ClientConnection) -> list[dict[str, Any]]:
    """The events of the next message, of which none was dropped."""
    message = json.loads(listening.recv(SECONDS))
    assert message["dropped"] == 0
    return list(message["events"])
