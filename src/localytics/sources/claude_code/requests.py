"""Which lines tell of the same request, and what they tell together.

One answer is written as a line per content block, with the same message id and request id and a
growing number of output tokens; resumed sessions, subagents' progress and side questions write it
again. A request is (message id, request id). The message id alone names it where a line has no
request id, and where a sidechain repeats a message under a request id of its own.

Nothing here depends on the order in which files are read.
"""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from sys import intern

from msgspec import Struct, field

from localytics.sources.claude_code.lines import Line
from localytics.sources.claude_code.meaning import Answer, Spend

# An answer that took longer was written by a clock that had been set, or to a copied session.
LONGEST_MS = 30 * 24 * 60 * 60 * 1000.0


class Version(Struct, frozen=True, kw_only=True):
    """A request as one line had it. Of several the best is kept whole."""

    spend: Spend
    cost_usd: Decimal | None
    stop_reason: str | None
    session_id: str | None
    cwd: str | None
    git_branch: str | None
    version: str | None


class Row(Struct, frozen=True, kw_only=True):
    """A line that tells of an answer, and what the lines before it add."""

    path: str
    line: Line
    at: datetime
    answer: Answer
    asked: datetime | None  # when the line was written that is answered
    agent: str | None


class Told(Struct, kw_only=True):
    """All that one file tells of one request."""

    path: str
    request_id: str | None
    sidechain: bool
    relayed: bool
    best: Version
    first: datetime
    last: datetime
    asked: datetime | None
    turn_ms: float | None = None  # how long the whole turn took that this ended
    blocks: dict[str, int] = field(default_factory=dict)
    tools: dict[str, int] = field(default_factory=dict)
    agent_id: str | None
    agent: str | None

    def is_of(self, row: Row) -> bool:
        return (self.path, self.request_id, self.sidechain, self.relayed) == (
            row.path,
            row.line.request_id or None,
            row.line.is_sidechain is True,
            row.answer.relayed,
        )

    def add(self, row: Row, spend: Spend) -> None:
        """Take in a further line of the same request."""
        found = _version(row, spend)
        if _order(found) > _order(self.best):
            self.best = found
        self.first = min(self.first, row.at)
        self.last = max(self.last, row.at)
        self.count(row)

    def count(self, row: Row) -> None:
        for block in row.answer.blocks:
            _count(self.blocks, block.type)
            if block.name and block.type.endswith("tool_use"):
                _count(self.tools, block.name)

    @property
    def took_ms(self) -> tuple[float, str] | None:
        """The response time, and where it is from.

        The turn's own figure includes its tools. The time from the answered line to the last block
        is an upper bound of what the model took.
        """
        if self.turn_ms is not None:
            return self.turn_ms, "turn_duration"
        if self.asked is None:
            return None
        took_ms = (self.last - self.asked).total_seconds() * 1000
        return (took_ms, "last_block") if 0 <= took_ms <= LONGEST_MS else None


class Request(Struct, frozen=True, kw_only=True):
    """A request that was paid for once, however often it is told."""

    told: Told  # by the file that tells it best
    first: datetime
    number: int  # among the requests of one message; nearly always 0, the only one


def told_by(row: Row, spend: Spend) -> Told:
    """The beginning of what a file tells: its first line of a request."""
    told = Told(
        path=row.path,
        request_id=row.line.request_id or None,
        sidechain=row.line.is_sidechain is True,
        relayed=row.answer.relayed,
        best=_version(row, spend),
        first=row.at,
        last=row.at,
        asked=row.asked,
        agent_id=row.line.agent_id,
        agent=row.agent,
    )
    told.count(row)
    return told


def requests(told: list[Told]) -> list[Request]:
    """The requests behind everything that is told of one message."""
    own: defaultdict[str, list[Told]] = defaultdict(list)
    for one in told:
        if one.request_id and not one.sidechain:
            own[one.request_id].append(one)
    if len(own) < 2:
        return [_request(0, told)]
    order = sorted(own, key=lambda request_id: (min(t.first for t in own[request_id]), request_id))
    for one in told:
        if one.sidechain or not one.request_id:
            exact = one.request_id if one.request_id in own else None
            own[exact or order[0]].append(one)
    return [_request(number, own[request_id]) for number, request_id in enumerate(order)]


def _request(number: int, told: list[Told]) -> Request:
    best = told[0] if len(told) == 1 else max(sorted(told, key=lambda t: t.path), key=_rank)
    return Request(told=best, first=min(t.first for t in told), number=number)


def _rank(told: Told) -> tuple[object, ...]:
    """The most output first. Of equals the original: no sidechain, not relayed, the fullest."""
    return (
        told.best.spend.output_tokens,
        not told.sidechain,
        not told.relayed,
        *_order(told.best),
        told.took_ms is not None,
        sum(told.blocks.values()),
    )


def _order(version: Version) -> tuple[object, ...]:
    return (
        version.spend.output_tokens,
        version.spend.total,
        version.cost_usd is not None,
        version.stop_reason is not None,
        version.spend.speed is not None,
    )


def _version(row: Row, spend: Spend) -> Version:
    line, answer = row.line, row.answer
    return Version(
        spend=spend,
        cost_usd=answer.cost_usd if spend is answer.spend else None,
        stop_reason=answer.stop_reason,
        session_id=_kept(line.session_id),
        cwd=_kept(line.cwd),
        git_branch=_kept(line.git_branch),
        version=_kept(line.version),
    )


def _count(counts: dict[str, int], kind: str) -> None:
    counts[intern(kind)] = counts.get(kind, 0) + 1


def _kept(text: str | None) -> str | None:
    """Sessions, folders and versions recur on every line; one copy of each is kept."""
    return intern(text) if text else None
