"""The lines of a Claude Code transcript, as they are written.

The format is internal to Claude Code and changes with its versions: only the needed fields are
named here, nearly all of them may be missing or null, and the decoder skips the rest unread.
Parts that matter only to some kinds of line stay raw until they are asked for.
"""

from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct, field
from msgspec.json import Decoder

from localytics.event import NEWEST, OLDEST
from localytics.surrogate import mended

# No request has a trillion tokens; below it, sums of a few counts stay within 64 bits.
Tokens = Annotated[int, Meta(ge=0, le=10**12)]
T = TypeVar("T")


class NotUnderstood(Exception):
    """A line to count and to pass over. The message is the reason, and quotes nothing."""


class Line(Struct, rename="camel"):
    """A line of any kind: a block of an answer, a prompt, a tool's result, a note of the tool."""

    type: str | None = None
    subtype: str | None = None
    uuid: str | None = None
    parent_uuid: str | None = None
    timestamp: datetime | None = None
    session_id: str | None = None
    cwd: str | None = None
    git_branch: str | None = None
    version: str | None = None
    request_id: str | None = None
    agent_id: str | None = None
    is_sidechain: bool | None = None
    is_meta: bool | None = None
    is_compact_summary: bool | None = None
    is_api_error_message: bool | None = None
    duration_ms: float | None = None
    cost_usd: Any = field(name="costUSD", default=None)
    parent_tool_use_id: str | None = field(name="parentToolUseID", default=None)
    message: Raw = Raw()
    data: Raw = Raw()
    tool_use_result: Raw = Raw()


class CacheCreation(Struct):
    ephemeral_5m_input_tokens: Tokens | None = None
    ephemeral_1h_input_tokens: Tokens | None = None


class Usage(Struct):
    """What a request used; `input_tokens` excludes cache."""

    input_tokens: Tokens
    output_tokens: Tokens
    cache_creation_input_tokens: Tokens | None = None
    cache_read_input_tokens: Tokens | None = None
    cache_creation: CacheCreation | None = None
    service_tier: str | None = None
    speed: str | None = None
    iterations: Raw = Raw()


class Iteration(Usage):
    """A step of a request; of the type `advisor_message`, it asked another model."""

    type: str = ""
    model: str | None = None


class Message(Struct):
    id: str | None = None
    model: str | None = None
    stop_reason: str | None = None
    usage: Usage | None = None
    content: Raw = Raw()


class Block(Struct):
    """One part of a message: its kind, and the names and ids around a tool call."""

    type: str = ""
    id: str | None = None
    name: str | None = None
    tool_use_id: str | None = None
    input: Raw = Raw()


class Text(Struct):
    type: str = ""
    text: str | None = None


class Progress(Struct, rename="camel"):
    """The `data` of a progress line; `message` is a whole line of a subagent, if it is that."""

    agent_id: str | None = None
    message: Raw = Raw()


class ToolResult(Struct, rename="camel"):
    agent_id: str | None = None


class Task(Struct):
    """The input of the Task (now Agent) tool, which starts a subagent."""

    subagent_type: str | None = None
    prompt: str | None = None


line_decoder = Decoder(Line)
message_decoder = Decoder(Message)
blocks_decoder = Decoder(list[Block])
texts_decoder = Decoder(str | list[Text])
iterations_decoder = Decoder(list[Iteration])
progress_decoder = Decoder(Progress)
result_decoder = Decoder(ToolResult)
task_decoder = Decoder(Task)


def parse(raw: bytes) -> Line:
    """Read one line, or raise NotUnderstood.

    Texts that Claude Code has cut in the middle of an emoji are no reason: what they say is not
    stored, and what they cost is.
    """
    try:
        if not raw.isascii():
            raw.decode()
    except UnicodeDecodeError:
        raise NotUnderstood("not UTF-8") from None
    try:
        return part(line_decoder, raw)
    except NotUnderstood:
        if (whole := mended(raw)) == raw:
            raise
        return part(line_decoder, whole)


def part(decoder: Decoder[T], raw: bytes | Raw) -> T:
    """Decode a line or a raw part of one, or raise NotUnderstood."""
    try:
        return decoder.decode(raw)
    except (msgspec.ValidationError, OverflowError):
        raise NotUnderstood("wrong types") from None
    except (msgspec.DecodeError, RecursionError):
        raise NotUnderstood("not JSON") from None


def optional(decoder: Decoder[T], raw: Raw) -> T | None:
    """Decode a part that nothing depends on."""
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, OverflowError, RecursionError):
        return None


def moment(line: Line) -> datetime:
    """When a line was written, or NotUnderstood."""
    timestamp = line.timestamp
    if timestamp is None or timestamp.tzinfo is None:
        raise NotUnderstood("no timestamp")
    if not OLDEST <= timestamp < NEWEST:
        raise NotUnderstood("timestamp outside the years 1970 to 2200")
    return timestamp
