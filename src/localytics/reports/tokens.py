"""Tokens over time: what was read, what was written, and what came from the cache."""

from datetime import datetime

from msgspec import Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class TokenPoint(Struct, frozen=True, kw_only=True):
    """The tokens of one bucket; `total_tokens` is the sum of the other four."""

    timestamp: datetime
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    total_tokens: int = 0


class Tokens(Answer, frozen=True, kw_only=True):
    """Tokens of all messages of the window; averages over those that carry the figure."""

    data_points: list[TokenPoint]
    total_input_tokens: int
    total_output_tokens: int
    avg_input_tokens_per_message: float | None
    avg_output_tokens_per_message: float | None


def read(ask: Ask) -> Tokens:
    """One point for every bucket of the window, and the totals."""
    return Tokens(
        **ask.stamp(), data_points=ask.series("points", TokenPoint), **ask.values("totals")
    )


report = Report(
    path="analytics/tokens",
    summary="Tokens over time",
    answer=Tokens,
    read=read,
    table="data_points",
    grain="day",
)
