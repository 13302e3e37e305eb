"""Agents: who answered, how much, how fast and how often in vain."""

from msgspec import Struct
from msgspec.structs import asdict

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class Agent(Struct, frozen=True, kw_only=True):
    """The answers of one agent, `unknown` where they name none.

    Its errors are answers that were errors and calls that failed (`message.failed`), of which no
    answer came; `error_rate` is their percentage of all its calls, answered or not.
    """

    name: str
    usage_count: int
    total_tokens: int
    avg_response_time_ms: float | None
    error_count: int
    error_rate: float


class Agents(Answer, frozen=True, kw_only=True):
    """The agents of the window, the busiest first; `total_calls` is all their answers."""

    agents: list[Agent]
    total_calls: int


class _Answers(Struct, frozen=True, kw_only=True):
    name: str
    usage_count: int = 0
    total_tokens: int = 0
    avg_response_time_ms: float | None = None
    error_count: int = 0


class _Failures(Struct, frozen=True, kw_only=True):
    name: str
    count: int


def read(ask: Ask) -> Agents:
    """Every agent that was called in the window."""
    answered = {one.name: one for one in ask.rows("agents", _Answers)}
    failed = {one.name: one.count for one in ask.rows("failures", _Failures)}
    agents = [
        _agent(answered.get(name) or _Answers(name=name), failed.get(name, 0))
        for name in answered | failed
    ]
    agents.sort(key=lambda agent: (-agent.usage_count, agent.name))
    return Agents(
        **ask.stamp(), agents=agents, total_calls=sum(agent.usage_count for agent in agents)
    )


def _agent(answers: _Answers, failures: int) -> Agent:
    errors = answers.error_count + failures
    told = asdict(answers) | {"error_count": errors}
    return Agent(**told, error_rate=100.0 * errors / (answers.usage_count + failures))


report = Report(
    path="analytics/agents",
    summary="Use, speed and errors of each agent",
    answer=Agents,
    read=read,
    table="agents",
)
