"""Transcripts as Claude Code writes them, in the few words that a test is about."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from localytics.event import Event
from localytics.sources.claude_code import Transcripts

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(seconds: float) -> str:
    """A line's timestamp, in seconds after noon."""
    moment = NOON + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def block(
    message_id: str | None = "msg_1",
    request_id: str | None = "req_1",
    *,
    seconds: float = 1,
    output: int = 10,
    usage: dict[str, Any] | None = None,
    model: str | None = "claude-opus-4-6",
    content: list[dict[str, Any]] | None = None,
    **line: Any,
) -> dict[str, Any]:
    """One line of an answer: 1 token in, `output` tokens out."""
    written = {
        "type": "assistant",
        "uuid": f"uuid-{message_id}-{seconds}",
        "parentUuid": "uuid-asked",
        "timestamp": at(seconds),
        "sessionId": "session-1",
        "cwd": "/home/user/shop",
        "gitBranch": "main",
        "version": "2.1.39",
        "isSidechain": False,
        "requestId": request_id,
        "message": {
            "id": message_id,
            "model": model,
            "role": "assistant",
            "stop_reason": None,
            "content": [{"type": "text", "text": "Hello"}] if content is None else content,
            "usage": {"input_tokens": 1, "output_tokens": output, **(usage or {})},
        },
    }
    return {**written, **line}


def typed(text: Any = "Hello", *, seconds: float = 0, **line: Any) -> dict[str, Any]:
    """A line of the user's."""
    return {
        "type": "user",
        "uuid": "uuid-asked",
        "timestamp": at(seconds),
        "sessionId": "session-1",
        "cwd": "/home/user/shop",
        "version": "2.1.39",
        "message": {"role": "user", "content": text},
        **line,
    }


def encoded(*lines: dict[str, Any] | bytes) -> bytes:
    return b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )


def write(
    root: Path, *lines: dict[str, Any] | bytes, name: str = "shop/session-1.jsonl"
) -> Transcripts:
    """A config folder with one (more) transcript in it."""
    path = root / "projects" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(*lines))
    return Transcripts([root])


def append(root: Path, *lines: dict[str, Any] | bytes, name: str = "shop/session-1.jsonl") -> None:
    with (root / "projects" / name).open("ab") as stream:
        stream.write(encoded(*lines))


def read(transcripts: Transcripts) -> list[Event]:
    """All new events, each held to what the store accepts."""
    events = [event for batch in transcripts.read() for event in batch]
    for event in events:
        event.check()
        event.check_text()
        wire = msgspec.json.encode(event)
        assert len(wire) < 32 * 1024
        assert msgspec.json.decode(wire, type=Event) == event
    assert len({event.id for event in events}) == len(events)
    return events


def answers(events: Iterable[Event]) -> list[Event]:
    return [
        event
        for event in events
        if event.event_type == "message.sent" and event.role == "assistant"
    ]


def replayed(store: dict[str, Event], events: Iterable[Event]) -> dict[str, Event]:
    """What a store keeps of a history told again: of one id the most output, at its first time."""
    for event in events:
        known = store.get(str(event.id))
        if known is None:
            store[str(event.id)] = event
            continue
        fuller = event if (event.output_tokens or 0) > (known.output_tokens or 0) else known
        assert isinstance(event.timestamp, datetime)
        assert isinstance(known.timestamp, datetime)
        first = min(event.timestamp, known.timestamp)
        store[str(event.id)] = msgspec.structs.replace(fuller, timestamp=first)
    return store


def only(root: Path, *lines: dict[str, Any] | bytes) -> Event:
    """The one event of a transcript."""
    (event,) = read(write(root, *lines))
    return event


def started(agent: str = "Explore") -> dict[str, Any]:
    """An answer that starts a subagent."""
    call = {"subagent_type": agent, "prompt": "Look around", "description": "Look"}
    content = [{"type": "tool_use", "id": "toolu_1", "name": "Task", "input": call}]
    return block("msg_0", "req_0", content=content)
