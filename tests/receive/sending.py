"""Sending: events as tests post them on a real socket."""

from typing import Any

import httpx

EVENT: dict[str, Any] = {"event_type": "page.viewed"}
JSON = "application/json"
NDJSON = "application/x-ndjson"


def send(
    client: httpx.Client, body: bytes | str, content_type: str = JSON, **headers: str
) -> httpx.Response:
    return client.post(
        "/api/v1/events",
        content=body,
        headers={"content-type": content_type}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )


def stored(client: httpx.Client) -> int:
    events: int = client.get("/api/v1/status").json()["events"]
    return events
