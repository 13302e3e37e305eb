"""Who answers: the names of subagents.

A subagent's transcript does not say what kind of agent it is. The call that started it does
(`subagent_type` of the Task or Agent tool), and is found again by the prompt, which the subagent's
first line repeats, or by the agent's id, which the call's result names. Prompts are kept as hashes,
while the program runs.
"""

from hashlib import blake2b

from localytics.sources.claude_code.lines import Block, Line, NotUnderstood
from localytics.sources.claude_code.meaning import started_agent, subagent_prompt, task


class Subagents:
    """Learns names line by line; a name may become known after the answers it belongs to."""

    def __init__(self) -> None:
        self._by_prompt: dict[tuple[str | None, bytes], str] = {}
        self._by_call: dict[str, str] = {}
        self._by_id: dict[str, str] = {}

    def name(self, agent_id: str | None) -> str | None:
        return self._by_id.get(agent_id) if agent_id else None

    def learn_calls(self, line: Line, blocks: tuple[Block, ...]) -> None:
        """From an answer: which subagents it starts."""
        for block in blocks:
            started = task(block)
            if started is None or not started.subagent_type:
                continue
            if block.id:
                self._by_call[block.id] = started.subagent_type
            if started.prompt:
                self._by_prompt[line.session_id, _digest(started.prompt)] = started.subagent_type

    def learn_result(self, line: Line) -> str | None:
        """From the result of a call: the id of a subagent whose name is news, if it is one."""
        started = started_agent(line)
        return self._bind(started[1], self._by_call.get(started[0])) if started else None

    def learn_relayed(self, line: Line, agent_id: str | None) -> str | None:
        """From a progress line: the same."""
        return self._bind(agent_id, self._by_call.get(line.parent_tool_use_id or ""))

    def starting(self, line: Line) -> str | None:
        """The name of the subagent whose first line this is."""
        try:
            name = self._by_prompt.get((line.session_id, _digest(subagent_prompt(line))))
        except NotUnderstood:
            return None
        self._bind(line.agent_id, name)
        return name

    def _bind(self, agent_id: str | None, name: str | None) -> str | None:
        if not agent_id or not name or self._by_id.get(agent_id) == name:
            return None
        self._by_id[agent_id] = name
        return agent_id


def _digest(prompt: str) -> bytes:
    return blake2b(prompt.encode(), digest_size=16).digest()
