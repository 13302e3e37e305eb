"""Odd events: one of each kind that a store can hold, and texts that formats trip over."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

ODD_TEXTS = (
    "=1+1",
    "'=1+1",
    "''=1+1",
    "+49 30 1",
    "-5",
    "@name",
    "\ttab",
    "\r\nline",
    "\nline",
    "'quoted'",
    '"quoted"',
    "a,b;c",
    "",
    " ",
    "null",
    "1.50",
    "true",
    "<script>alert(1)</script>",
    "Ä 🙂 \u2028 \x7f",
)


@cache
def odd_events() -> tuple[dict[str, Any], ...]:
    """The same ones each time."""
    now = datetime.now(UTC)
    at = (now - timedelta(days=3)).isoformat()
    texts: list[dict[str, Any]] = [
        {
            "id": f"text-{number}",
            "event_type": "odd.text",
            "timestamp": at,
            "user_id": text,
            "error_message": text,
            "category": f"{text}{text}",
            "metadata": {"text": text, text or "empty": [text]},
        }
        for number, text in enumerate(ODD_TEXTS)
    ]
    kinds: list[dict[str, Any]] = [
        {"event_type": "odd.arrival"},
        {"event_type": "odd.arrival", "id": "=arrival"},
        {"event_type": "odd.future", "timestamp": (now + timedelta(days=900)).isoformat()},
        {"event_type": "odd.old", "timestamp": "1970-01-01T00:00:00.000001Z"},
        {"event_type": "odd.failed", "timestamp": at, "status_code": 500},
        {"event_type": "odd.failed", "timestamp": at, "is_error": True, "status_code": 200},
        {
            "event_type": "message.sent",
            "timestamp": at,
            "role": "assistant",
            "model": "claude-sonnet-4-5",
            "input_tokens": 1,
            "output_tokens": 0,
            "cache_read_tokens": 2**63 - 1,
        },
        {
            "event_type": "message.sent",
            "timestamp": at,
            "model": "claude-sonnet-4-5",
            "input_tokens": 1234,
            "output_tokens": 567,
        },
        {
            "event_type": "message.sent",
            "timestamp": at,
            "model": "claude-sonnet-4-5",
            "input_tokens": 1234,
            "cost_usd": 0.000000001,
        },
        {"event_type": "message.sent", "timestamp": at, "cost_usd": 999999.123456789},
        {"event_type": "odd.number", "timestamp": at, "duration_ms": 0.000001, "value": -0.1},
        {"event_type": "odd.number", "timestamp": at, "duration_ms": 98765432109.87, "value": 5},
        {"event_type": "odd.number", "timestamp": at, "value": 1.7976931348623157e308},
        {"event_type": "odd.metadata", "timestamp": at, "metadata": {}},
        {
            "event_type": "odd.metadata",
            "timestamp": at,
            "metadata": {
                "message_id": 7,
                "username": "=ada",
                "title": "Tea",
                "conversation_type": "group",
            },
        },
        {
            "event_type": "odd.metadata",
            "timestamp": at,
            "metadata": {"z": 1, "a": [1e-7, 2**64 - 1, None, {"ü": False}], "n": 1.0},
        },
    ]
    return (*texts, *kinds)
