"""Models: which ones were used, by a name that a person can read."""

from msgspec import Struct
from msgspec.structs import replace

from localytics.query.ask import Ask
from localytics.query.naming import readable_model
from localytics.query.report import Answer, Report


class Model(Struct, frozen=True, kw_only=True):
    """One model: `model_id` as events name it, `model_name` to show."""

    model_id: str
    model_name: str = ""
    usage_count: int
    total_tokens: int


class Models(Answer, frozen=True, kw_only=True):
    """The models of the window, the most used first; `total_usage` is all their messages."""

    models: list[Model]
    total_usage: int


def read(ask: Ask) -> Models:
    """Every model that has messages in the window."""
    models = [
        replace(model, model_name=readable_model(model.model_id))
        for model in ask.rows("models", Model)
    ]
    return Models(
        **ask.stamp(), models=models, total_usage=sum(model.usage_count for model in models)
    )


report = Report(
    path="analytics/models",
    summary="The models in use",
    answer=Models,
    read=read,
    table="models",
)
