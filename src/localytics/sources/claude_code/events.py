"""Events out of what a transcript means.

Only names, numbers and times get in. They are cut to the limits of an event here, so that no
transcript, however odd, makes an event that the store refuses.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from localytics.event import Event
from localytics.sources.claude_code.lines import Line
from localytics.sources.claude_code.meaning import Prompt
from localytics.sources.claude_code.requests import Request

SOURCE = "claude-code"
_MAX_NAME = 200
_MAX_WORD = 64
_MAX_COUNTED = 32


def event_id(name: str) -> str:
    """The event id of a message or line id; ids that are too long or odd are hashed."""
    text = f"{SOURCE}:{name}"
    # Room for a second request's number or an advisor's.
    if len(text) <= _MAX_NAME - 30 and "\0" not in text:
        return text
    return f"{SOURCE}:{blake2b(name.encode(), digest_size=16).hexdigest()}"


def sent(key: str, request: Request, agent: str | None) -> Event:
    """A model's answer: one request, paid for once."""
    told = request.told
    best = told.best
    spend = best.spend
    took = told.took_ms
    return Event(
        event_type="message.sent",
        id=key if request.number == 0 else f"{key}:{request.number}",
        timestamp=request.first,
        source=SOURCE,
        session_id=_name(best.session_id),
        project_id=_project(best.cwd),
        role="assistant",
        model=_name(spend.model),
        agent=_name(agent) or ("subagent" if told.sidechain else "main"),
        input_tokens=spend.input_tokens,
        output_tokens=spend.output_tokens,
        cache_read_tokens=spend.cache_read_tokens,
        cache_write_tokens=spend.cache_write_tokens,
        cache_write_1h_tokens=spend.cache_write_1h_tokens,
        cost_usd=best.cost_usd,
        duration_ms=took[0] if took else None,
        metadata=_metadata(
            blocks=_counts(told.blocks),
            tools=_counts(told.tools),
            stop_reason=_word(best.stop_reason),
            service_tier=_word(spend.service_tier),
            speed=_word(spend.speed),
            version=_word(best.version),
            git_branch=_name(best.git_branch),
            request_id=_name(told.request_id),
            sidechain=told.sidechain or None,
            duration_source=took[1] if took else None,
        ),
    )


def failed(key: str, line: Line, at: datetime, status_code: int | None, agent: str | None) -> Event:
    """An error that Claude Code wrote in place of an answer."""
    return Event(
        event_type="message.failed",
        id=key,
        timestamp=at,
        source=SOURCE,
        session_id=_name(line.session_id),
        project_id=_project(line.cwd),
        role="assistant",
        agent=_name(agent) or ("subagent" if line.is_sidechain else "main"),
        is_error=True,
        category="api",
        severity="error",
        status_code=status_code,
        metadata=_metadata(
            version=_word(line.version),
            git_branch=_name(line.git_branch),
            request_id=_name(line.request_id),
            sidechain=line.is_sidechain or None,
        ),
    )


def prompted(key: str, line: Line, at: datetime, prompt: Prompt) -> Event:
    """What a person typed, by its length."""
    return Event(
        event_type="message.sent",
        id=key,
        timestamp=at,
        source=SOURCE,
        session_id=_name(line.session_id),
        project_id=_project(line.cwd),
        role="user",
        message_length=prompt.length,
        metadata=_metadata(
            blocks=_counts(prompt.blocks),
            version=_word(line.version),
            git_branch=_name(line.git_branch),
        ),
    )


def _name(text: str | None) -> str | None:
    return text.replace("\0", "")[:_MAX_NAME] or None if text else None


def _project(cwd: str | None) -> str | None:
    """The folder; of a path that is too long the end, which tells projects apart."""
    return cwd.replace("\0", "")[-_MAX_NAME:] or None if cwd else None


def _word(text: str | None) -> str | None:
    return text.replace("\0", "")[:_MAX_WORD] or None if text else None


def _counts(counts: dict[str, int]) -> dict[str, int] | None:
    """The commonest first, then by name, so that the same counts make the same event."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MAX_COUNTED]
    return {_word(kind) or "unknown": count for kind, count in ranked} or None


def _metadata(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
