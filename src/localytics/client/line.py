"""Line: a call as a line of NDJSON, whatever the app has put into it."""

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from traceback import TracebackException
from typing import Any
from uuid import UUID

_NUMBERS = {"duration_ms", "status_code", "is_error", "cost_usd", "message_length", "value"} | {
    f"{kind}_tokens" for kind in ("input", "output", "cache_read", "cache_write", "cache_write_1h")
}
_TEXTS = (
    {"event_type", "id", "source", "error_message", "message_type", "message_id"}
    | {f"{one}_id" for one in ("user", "session", "project", "conversation", "device")}
    | {"role", "model", "agent", "endpoint", "method", "category", "severity", "status"}
)
FIELDS = _NUMBERS | _TEXTS | {"timestamp", "metadata"}
MAX_LINE_BYTES = 256 * 1024
_MAX_ERROR_MESSAGE = 2_000
_MAX_STACK_TRACE = 16_000
_MAX_DEPTH = 12
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def line(at_ns: int, event_type: str, fields: Mapping[str, Any], source: str | None) -> bytes:
    """The event that a call at `at_ns` (nanoseconds since 1970) stands for.

    Its id and timestamp are made here, once, so that sending it again counts once. What is no field
    of an event goes to metadata. Raises ValueError where no event can be made of it.
    """
    if not isinstance(event_type, str) or not event_type:
        raise ValueError(f"event_type must be text, not {_text(event_type)[:80]!r}")
    event: dict[str, Any] = {"event_type": _clean(event_type), "id": _id(at_ns)}
    event["timestamp"] = _timestamp(at_ns, fields.get("timestamp"))
    if source is not None:
        event["source"] = source
    metadata: dict[str, Any] = {}
    for name, value in fields.items():
        if value is None or name in {"timestamp", "event_type"}:
            continue
        if name == "metadata" and isinstance(value, Mapping):
            metadata |= _plain(value, 0)
        elif name in _TEXTS:
            event[name] = _clean(_text(value))
        elif name in _NUMBERS:
            event[name] = _plain(value, 0)
        else:
            metadata[_clean(name)] = _plain(value, 1)
    if isinstance(message := event.get("error_message"), str):
        event["error_message"] = message[:_MAX_ERROR_MESSAGE]
    if metadata:
        event["metadata"] = metadata
    encoded = _encode(event).encode("utf-8")
    if len(encoded) > MAX_LINE_BYTES:
        raise ValueError(f"an event of {len(encoded):,} bytes is too large")
    return encoded


def _id(at_ns: int) -> str:
    """A UUIDv7: ids of later calls sort later."""
    chance = int.from_bytes(os.urandom(10), "big")
    high, low = chance >> 68, chance & (2**62 - 1)
    return str(UUID(int=at_ns // 1_000_000 << 80 | 7 << 76 | high << 64 | 2 << 62 | low))


def _timestamp(at_ns: int, given: Any) -> Any:
    if given is None:
        return (_EPOCH + timedelta(microseconds=at_ns // 1000)).isoformat()
    if isinstance(given, datetime):
        return (given if given.tzinfo else given.astimezone()).isoformat()
    return _plain(given, 0)


def _plain(value: Any, depth: int) -> Any:
    """`value` as JSON can hold it and the service takes it; what neither can becomes text."""
    if isinstance(value, str):
        return _clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if _SMALLEST <= value <= _LARGEST else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if depth < _MAX_DEPTH:
        # Copied in one step, for the app may be changing it at this moment.
        if isinstance(value, Mapping):
            return {_clean(_text(key)): _plain(one, depth + 1) for key, one in dict(value).items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [_plain(one, depth + 1) for one in list(value)]
    if isinstance(value, TracebackException):
        return _clean("".join(value.format())[-_MAX_STACK_TRACE:])
    return _number(value) if _is_number(value) else _clean(_text(value))


def _is_number(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, Decimal)


def _number(value: Any) -> Any:
    """A number of another kind, such as numpy's."""
    try:
        return _plain(value.__index__() if hasattr(value, "__index__") else float(value), 0)
    except Exception:  # it is the app's own object
        return _clean(_text(value))


def _text(value: Any) -> str:
    try:
        return str(value.isoformat() if hasattr(value, "isoformat") else value)
    except Exception:  # it is the app's own object
        return f"<{type(value).__name__}>"


def _clean(text: str) -> str:
    """`text` without what the service can't store: NUL, and halves of surrogate pairs."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if text.isascii():
        return str(text)
    return text.encode("utf-8", "replace").decode("utf-8")
