"""Costs over time, by model and by project, and what they leave out for want of a price."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report


class CostPoint(Struct, frozen=True, kw_only=True):
    """The cost of one bucket; null where something was billed and nothing of it has a price."""

    timestamp: datetime
    cost: Decimal | None = Decimal(0)
    message_count: int = 0
    cost_by_model: dict[str, Decimal | None] = {}


class Costs(Answer, frozen=True, kw_only=True):
    """US dollars, exact. `unpriced_messages` were billed and have no known price: not in any sum.

    Models and projects are those that were billed for, `unknown` where a message names none.
    """

    data_points: list[CostPoint]
    total_cost: Decimal | None
    average_cost_per_message: float | None
    cost_by_model: dict[str, Decimal | None]
    cost_by_project: dict[str, Decimal | None]
    unpriced_messages: int


class _Cost(Struct, frozen=True, kw_only=True):
    name: str
    cost: Decimal | None


def read(ask: Ask) -> Costs:
    """One point for every bucket of the window, and the totals."""
    points = ask.series("points", CostPoint)
    models = ask.rows_by_bucket("models_of_points", _Cost)
    return Costs(
        **ask.stamp(),
        data_points=[
            replace(point, cost_by_model=_by_name(costs))
            for point, costs in zip(points, models, strict=True)
        ],
        **ask.values("totals"),
        cost_by_model=_by_name(ask.rows("models", _Cost)),
        cost_by_project=_by_name(ask.rows("projects", _Cost)),
    )


def _by_name(costs: list[_Cost]) -> dict[str, Decimal | None]:
    return {one.name: one.cost for one in costs}


report = Report(
    path="analytics/costs",
    summary="Costs over time, by model and project",
    answer=Costs,
    read=read,
    table="data_points",
    grain="day",
)
