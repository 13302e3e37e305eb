"""What the lines of a transcript mean: answers with their bill, prompts, errors.

Contents (prompts, answers, thinking, what tools were given and gave back) are measured or compared
here and go no further.
"""

import re
from collections import Counter
from decimal import Decimal
from sys import intern

from msgspec import Raw, Struct

from localytics.event import MAX_COST_USD
from localytics.sources.claude_code.lines import (
    Block,
    Line,
    NotUnderstood,
    Task,
    Usage,
    blocks_decoder,
    iterations_decoder,
    line_decoder,
    message_decoder,
    optional,
    part,
    progress_decoder,
    result_decoder,
    task_decoder,
    texts_decoder,
)

_SYNTHETIC = "<synthetic>"
_NANODOLLAR = Decimal("1e-9")
_API_ERROR = re.compile(r"API Error:? \(?([1-5]\d\d)\b")
# What Claude Code itself writes in the user's name.
_NOT_TYPED = (
    "[Request interrupted by user",
    "<local-command-stdout>",
    "<local-command-stderr>",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
)


class Spend(Struct, frozen=True, kw_only=True):
    """Tokens of one request; `cache_write_tokens` includes `cache_write_1h_tokens`."""

    model: str | None
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cache_write_1h_tokens: int
    service_tier: str | None
    speed: str | None

    @property
    def total(self) -> int:
        return (
            self.input_tokens
            + self.output_tokens
            + self.cache_read_tokens
            + self.cache_write_tokens
        )


class Answer(Struct, frozen=True, kw_only=True):
    """A model's answer as one line tells it; each of its blocks comes as a line of its own.

    `advisors` are other models that were asked on the way, billed by themselves. `cost_usd` is what
    Claude Code reported. A `relayed` answer is a subagent's, repeated in its parent's transcript.
    """

    message_id: str | None
    spend: Spend
    advisors: tuple[Spend, ...]
    blocks: tuple[Block, ...]
    cost_usd: Decimal | None
    stop_reason: str | None
    relayed: bool
    is_error: bool


class Prompt(Struct, frozen=True, kw_only=True):
    """What a person typed: characters of text, and blocks of each kind (text, image …)."""

    length: int
    blocks: dict[str, int]


def answer(line: Line, *, relayed: bool = False) -> Answer:
    """The answer told by a line of type `assistant`, or NotUnderstood."""
    message = part(message_decoder, line.message) if len(line.message) else None
    if message is None or message.usage is None:
        raise NotUnderstood("no usage")
    usage = message.usage
    spend = _spend(message.model, usage)
    api_error = line.is_api_error_message is True and spend.total == 0
    return Answer(
        message_id=message.id or None,
        spend=spend,
        advisors=() if relayed else _advisors(usage.iterations),
        blocks=tuple(_blocks(message.content)),
        cost_usd=_reported(line.cost_usd),
        stop_reason=_kept(message.stop_reason),
        relayed=relayed,
        is_error=message.model == _SYNTHETIC or api_error,
    )


def relayed_answer(line: Line) -> tuple[Line, Answer] | None:
    """The subagent's answer that a `progress` line repeats, as a line of its own.

    Nearly always it is told by the subagent's transcript too. Where that file is missing this is
    all there is of a request that was paid for.
    """
    if b'"usage"' not in bytes(line.data):
        return None
    progress = part(progress_decoder, line.data)
    if not len(progress.message):
        return None
    inner = part(line_decoder, progress.message)
    if inner.type not in {"assistant", None}:
        return None
    inner.is_sidechain = True
    inner.agent_id = progress.agent_id or inner.agent_id
    inner.session_id = inner.session_id or line.session_id
    inner.cwd = inner.cwd or line.cwd
    inner.git_branch = inner.git_branch or line.git_branch
    inner.version = inner.version or line.version
    return inner, answer(inner, relayed=True)


def prompt(line: Line) -> Prompt | str:
    """What the user typed, or why a `user` line is no message of the user's."""
    if line.is_meta or line.is_compact_summary:
        return "user (meta)"
    if line.is_sidechain:
        return "user (for a subagent)"
    texts, blocks = _texts(line)
    if blocks["tool_result"] and not texts:
        return "user (tool result)"
    if texts and texts[0].startswith(_NOT_TYPED):
        return "user (not typed)"
    return Prompt(length=sum(map(len, texts)), blocks=dict(blocks))


def subagent_prompt(line: Line) -> str:
    """The text that a subagent starts from, to be compared with the call that started it."""
    texts, _ = _texts(line)
    return "".join(texts)


def error_status(line: Line) -> int | None:
    """The HTTP status that an error message names, as in `API Error: 529`."""
    texts, _ = _texts(line)
    found = _API_ERROR.search(texts[0]) if texts else None
    return int(found[1]) if found else None


def task(block: Block) -> Task | None:
    """The start of a subagent, if a block is that."""
    if block.type != "tool_use" or block.name not in {"Task", "Agent"}:
        return None
    return optional(task_decoder, block.input)


def started_agent(line: Line) -> tuple[str, str] | None:
    """Ids of a tool call and of the subagent that, by its result, it had started."""
    if b'"agentId"' not in bytes(line.tool_use_result):
        return None
    result = optional(result_decoder, line.tool_use_result)
    message = optional(message_decoder, line.message)
    blocks = _blocks(message.content) if message else []
    calls = [block.tool_use_id for block in blocks if block.tool_use_id]
    return (calls[0], result.agent_id) if calls and result and result.agent_id else None


def _blocks(content: Raw) -> list[Block]:
    """The parts of a message; none where it is plain text."""
    found = optional(blocks_decoder, content)
    return found or []


def _spend(model: str | None, usage: Usage) -> Spend:
    """Where cache writes are split by how long they are kept, the split is what is billed."""
    split = usage.cache_creation
    if split is None:
        written, hour = usage.cache_creation_input_tokens or 0, 0
    else:
        hour = split.ephemeral_1h_input_tokens or 0
        written = (split.ephemeral_5m_input_tokens or 0) + hour
    return Spend(
        model=_kept(model),
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cache_read_input_tokens or 0,
        cache_write_tokens=written,
        cache_write_1h_tokens=hour,
        service_tier=_kept(usage.service_tier),
        speed=_kept(usage.speed),
    )


def _advisors(iterations: Raw) -> tuple[Spend, ...]:
    if b'"advisor_message"' not in bytes(iterations):
        return ()
    return tuple(
        _spend(step.model, step)
        for step in optional(iterations_decoder, iterations) or ()
        if step.type == "advisor_message" and step.model
    )


def _texts(line: Line) -> tuple[list[str], Counter[str]]:
    if not len(line.message):
        raise NotUnderstood("no message")
    message = part(message_decoder, line.message)
    if not len(message.content):
        raise NotUnderstood("no message")
    content = part(texts_decoder, message.content)
    if isinstance(content, str):
        return [content], Counter(text=1)
    texts = [block.text for block in content if block.type == "text" and block.text]
    return texts, Counter(block.type for block in content)


def _kept(text: str | None) -> str | None:
    return intern(text) if text else None


def _reported(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    cost = Decimal(str(value))
    return cost.quantize(_NANODOLLAR) if 0 <= cost < MAX_COST_USD else None
