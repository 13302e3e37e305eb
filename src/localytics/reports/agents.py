"""Agents: who answered, how much, how fast and how often in vain."""

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class Agent(Struct, frozen=True, kw_only=True):
    """The answers of one agent, `unknown` where they name none; `error_rate` is in percent."""

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


def read(ask: Ask) -> Agents:
    """Every agent that has assistant messages in the window."""
    agents = ask.rows("agents", Agent)
    return Agents(
        **ask.stamp(), agents=agents, total_calls=sum(agent.usage_count for agent in agents)
    )


report = Report(
    path="analytics/agents",
    summary="Use, speed and errors of each agent",
    answer=Agents,
    read=read,
    table="agents",
)
