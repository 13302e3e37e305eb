"""Models usage: what each model was used for, how fast, how dear, and whether more than before."""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.trend import trend


class ModelUsage(Struct, frozen=True, kw_only=True):
    """The messages of one model; averages and percentiles over those that carry the figure.

    `p95_response_time_ms` is within 1 % where it comes from rollups.
    `trend_percentage` compares `message_count` with that of the window before of the same length.
    """

    model: str
    message_count: int
    total_cost: Decimal | None
    avg_cost_per_message: float | None
    avg_response_time_ms: float | None
    p95_response_time_ms: float | None = None
    avg_tokens_input: float | None
    avg_tokens_output: float | None
    previous_message_count: int = 0
    trend_percentage: float | None = None


class ModelsUsage(Answer, frozen=True, kw_only=True):
    """The models of the window, the most used first."""

    models: list[ModelUsage]
    total_models: int
    most_used: str | None
    least_used: str | None


class _Before(Struct, frozen=True, kw_only=True):
    model: str
    message_count: int


class _Pace(Struct, frozen=True, kw_only=True):
    model: str
    p95_response_time_ms: float


def read(ask: Ask) -> ModelsUsage:
    """Every model that has messages in the window."""
    paces = {one.model: one.p95_response_time_ms for one in ask.rows("p95", _Pace)}
    before = {one.model: one.message_count for one in ask.rows("before", _Before)}
    models = [
        replace(
            one,
            p95_response_time_ms=paces.get(one.model),
            previous_message_count=before.get(one.model, 0),
            trend_percentage=trend(one.message_count, before.get(one.model, 0)),
        )
        for one in ask.rows("models", ModelUsage)
    ]
    return ModelsUsage(
        **ask.stamp(),
        models=models,
        total_models=len(models),
        most_used=models[0].model if models else None,
        least_used=models[-1].model if models else None,
    )


report = Report(
    path="analytics/models/usage",
    summary="Use, speed and cost of each model",
    answer=ModelsUsage,
    read=read,
    looks_back=True,
    table="models",
)
