"""History: every line read so far, and the events that follow from all of them together."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b

import msgspec
from msgspec import Struct, field

from localytics.event import Event
from localytics.sources.claude_code import lines, meaning
from localytics.sources.claude_code.agents import Subagents
from localytics.sources.claude_code.events import event_id, failed, prompted, sent
from localytics.sources.claude_code.lines import Line, NotUnderstood
from localytics.sources.claude_code.requests import LONGEST_MS, Row, Told, requests, told_by

_REMEMBERED_LINES = 4096
_REMEMBERED_WHEN_IDLE = 64
_MAX_KINDS = 100


class Tally(Struct, kw_only=True):
    """What has been read: files, bytes and whole lines; and what it came to.

    `messages` are answers of models, `prompts` are people's, `errors` failed calls. `skipped`
    counts lines that mean no message, by kind; `not_understood` lines and files to worry about, by
    reason. `oversized` lines were too long to look at.
    """

    files: int = 0
    bytes: int = 0
    lines: int = 0
    messages: int = 0
    prompts: int = 0
    errors: int = 0
    oversized: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    not_understood: dict[str, int] = field(default_factory=dict)


class Thread(Struct, kw_only=True):
    """What has to be remembered of a file to understand its next line."""

    path: str
    seen: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)  # time, agent
    last: tuple[str, Told] | None = None  # the main thread's latest answer

    def remember(self, line: Line, at: datetime, agent: str | None) -> None:
        if line.uuid:
            self.seen[line.uuid] = at, agent
            if len(self.seen) > _REMEMBERED_LINES:
                self.forget(_REMEMBERED_LINES // 2)

    def forget(self, keep: int = _REMEMBERED_WHEN_IDLE) -> None:
        for uuid in list(self.seen)[: max(0, len(self.seen) - keep)]:
            del self.seen[uuid]


class History:
    """Takes lines, in any order of files, and gives the events that are new or have changed."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._agents = Subagents()
        self._told: dict[str, list[Told]] = {}  # by event id
        self._of_agent: dict[str, set[str]] = {}  # agent id -> event ids
        self._due: dict[str, Event | None] = {}  # None: to be made of what is told
        self._first: dict[str, datetime] = {}  # of prompts and errors
        self._given: dict[str, int] = {}  # event id -> hash of what was given

    def take(self, thread: Thread, raw: bytes) -> None:
        """Understand one line, or count why not."""
        self.tally.lines += 1
        try:
            self._take(thread, lines.parse(raw))
        except NotUnderstood as reason:
            _count(self.tally.not_understood, str(reason))

    def forget(self, path: str) -> None:
        """Unlearn what a file told, before it is read again from its start."""
        for key, told in self._told.items():
            if any(one.path == path for one in told):
                self._told[key] = [one for one in told if one.path != path]

    def batches(self, size: int) -> Iterator[list[Event]]:
        """Everything due. What the caller did not come back from stays due."""
        while self._due:
            keys: list[str] = []
            events: list[Event] = []
            for key in self._due:
                keys.append(key)
                events.extend(self._changed(key))
                if len(events) >= size:
                    break
            for start in range(0, len(events), size):
                yield events[start : start + size]
            for event in events:
                self._note(event)
            for key in keys:
                del self._due[key]

    def _take(self, thread: Thread, line: Line) -> None:
        kind = line.type
        if kind == "assistant" or (kind is None and len(line.message)):
            self._answered(thread, line, meaning.answer(line))
        elif kind == "user":
            self._asked(thread, line)
        elif kind == "progress" and (relayed := meaning.relayed_answer(line)) is not None:
            inner, answer = relayed
            self._renamed(self._agents.learn_relayed(line, inner.agent_id))
            self._answered(thread, inner, answer)
        else:
            if kind == "system" and line.subtype == "turn_duration" and line.duration_ms:
                self._turn_took(thread, line.duration_ms)
            if line.timestamp is not None and line.timestamp.tzinfo is not None:
                thread.remember(line, line.timestamp, self._agent(thread, line))
            _count(self.tally.skipped, kind or "no type")

    def _answered(self, thread: Thread, line: Line, answer: meaning.Answer) -> None:
        at = lines.moment(line)
        agent = self._agent(thread, line)
        self._agents.learn_calls(line, answer.blocks)
        asked = thread.seen.get(line.parent_uuid or "", (None, None))[0]
        if not answer.relayed:
            thread.remember(line, at, agent)
        key = event_id(answer.message_id or line.uuid or _digest(line, answer.spend))
        if answer.is_error:
            self._once(key, at, failed(key, line, at, meaning.error_status(line), agent))
            return
        row = Row(path=thread.path, line=line, at=at, answer=answer, asked=asked, agent=agent)
        told = self._tell(key, row, answer.spend)
        if not told.sidechain:
            thread.last = key, told
        if answer.advisors:
            by = msgspec.structs.replace(answer, blocks=())
            row = msgspec.structs.replace(row, answer=by, asked=None, agent="advisor")
            for number, spend in enumerate(answer.advisors):
                self._tell(f"{key}:advisor:{number}", row, spend)

    def _tell(self, key: str, row: Row, spend: meaning.Spend) -> Told:
        self._due[key] = None
        known = self._told.setdefault(key, [])
        for told in known:
            if told.is_of(row):
                told.add(row, spend)
                return told
        told = told_by(row, spend)
        known.append(told)
        if told.agent_id:
            self._of_agent.setdefault(told.agent_id, set()).add(key)
        return told

    def _asked(self, thread: Thread, line: Line) -> None:
        at = lines.moment(line)
        self._renamed(self._agents.learn_result(line))
        thread.remember(line, at, self._agent(thread, line))
        prompt = meaning.prompt(line)
        if isinstance(prompt, str):
            _count(self.tally.skipped, prompt)
            return
        key = event_id(line.uuid or _digest(line, prompt))
        self._once(key, at, prompted(key, line, at, prompt))

    def _turn_took(self, thread: Thread, duration_ms: float) -> None:
        if thread.last is not None and 0 < duration_ms <= LONGEST_MS:
            key, told = thread.last
            told.turn_ms = duration_ms
            self._due[key] = None

    def _once(self, key: str, at: datetime, event: Event) -> None:
        """Prompts and errors are told whole; a resumed session only tells them again."""
        if key not in self._first or at < self._first[key]:
            self._first[key] = at
            self._due[key] = event

    def _agent(self, thread: Thread, line: Line) -> str | None:
        """The subagent's name, as far as its own thread tells it; None on the main thread."""
        if not line.is_sidechain:
            return None
        if line.parent_uuid in thread.seen:
            return thread.seen[line.parent_uuid][1]
        return self._agents.starting(line) if line.type == "user" else None

    def _renamed(self, agent_id: str | None) -> None:
        for key in self._of_agent.get(agent_id or "", ()):
            self._due[key] = None

    def _changed(self, key: str) -> Iterator[Event]:
        event = self._due[key]
        if event is not None:
            yield event
        elif told := self._told.get(key):
            for request in requests(told):
                name = self._agents.name(request.told.agent_id) or request.told.agent
                event = sent(key, request, name)
                if self._given.get(str(event.id)) != _hash(event):
                    yield event

    def _note(self, event: Event) -> None:
        key = str(event.id)
        if key not in self._given:
            if event.event_type == "message.failed":
                self.tally.errors += 1
            elif event.role == "user":
                self.tally.prompts += 1
            else:
                self.tally.messages += 1
        self._given[key] = _hash(event)


def _count(counts: dict[str, int], kind: str) -> None:
    """Kinds are the file's own words, so their number and length are bounded."""
    if kind not in counts and len(counts) >= _MAX_KINDS:
        kind = "other"
    kind = kind[:60]
    counts[kind] = counts.get(kind, 0) + 1


def _hash(event: Event) -> int:
    return hash(msgspec.json.encode(event))


def _digest(line: Line, what: object) -> str:
    """An id for a line without one: the same line always gets the same."""
    text = f"{line.session_id}|{line.timestamp}|{line.request_id}|{what}"
    return blake2b(text.encode(), digest_size=16).hexdigest()
