"""Rollups: what is added up ahead of being asked, one row each.

A rollup has a table for each of its grains, made as declared here from `sql/<measures>.sql`, with a
row for every slot and every combination of keys. Its rows are partial: several may share slot and
keys, and count together, until a job merges them.
"""

from itertools import chain
from typing import Literal

from msgspec import Struct

MESSAGE = "message.sent"
QUARTER, HOUR, DAY = 900, 3600, 86_400
_LABELS = {QUARTER: "15m", HOUR: "1h", DAY: "1d"}

Measures = Literal["figures", "sums", "spans", "bins"]

# What partial rows of events are told apart by: whatever a report groups or filters by.
DIMENSIONS = (
    "event_type",
    "source",
    "project_id",
    "user_id",
    "session_id",
    "conversation_id",
    "device_id",
    "model",
    "agent",
    "role",
)


class Rollup(Struct, frozen=True, kw_only=True):
    """Events added up by slot and `keys`; only those of one `event_type`, where it is given.

    `measures` says what of them: `sums` all that can be added up, `figures` the extremes as well,
    `spans` when the first and the last was (such a rollup tells which values of its last key there
    were), `bins` how many durations there were of each size. `grains` are lengths of slots in
    seconds, finest first, all in UTC: whole quarters of an hour serve every time zone, hours those
    of whole hours.
    """

    name: str
    keys: tuple[str, ...]
    measures: Measures
    grains: tuple[int, ...]
    event_type: str | None = None

    def table(self, grain: int) -> str:
        """The name of the table for `grain`."""
        return f"rollup_{self.name}_{_LABELS[grain]}"


# The first that has what a question needs is asked, so narrow ones stand before wide ones.
ROLLUPS = (
    Rollup(name="types", keys=("event_type",), measures="figures", grains=(QUARTER, DAY)),
    Rollup(
        name="models", keys=("model",), measures="sums", grains=(QUARTER, DAY), event_type=MESSAGE
    ),
    Rollup(
        name="agents",
        keys=("role", "agent"),
        measures="sums",
        grains=(HOUR, DAY),
        event_type=MESSAGE,
    ),
    Rollup(
        name="projects",
        keys=("project_id",),
        measures="figures",
        grains=(HOUR, DAY),
        event_type=MESSAGE,
    ),
    Rollup(
        name="project_models",
        keys=("project_id", "model"),
        measures="sums",
        grains=(HOUR, DAY),
        event_type=MESSAGE,
    ),
    Rollup(name="seen_projects", keys=("project_id",), measures="spans", grains=(HOUR, DAY)),
    Rollup(name="seen_users", keys=("user_id",), measures="spans", grains=(QUARTER, DAY)),
    Rollup(name="seen_sessions", keys=("session_id",), measures="spans", grains=(HOUR, DAY)),
    Rollup(
        name="message_sessions",
        keys=("project_id", "session_id"),
        measures="spans",
        grains=(HOUR, DAY),
        event_type=MESSAGE,
    ),
    Rollup(
        name="model_durations",
        keys=("model",),
        measures="bins",
        grains=(HOUR, DAY),
        event_type=MESSAGE,
    ),
    Rollup(
        name="project_durations",
        keys=("project_id", "model"),
        measures="bins",
        grains=(DAY,),
        event_type=MESSAGE,
    ),
)


def tables() -> list[tuple[Rollup, int]]:
    """Every rollup with each of its grains."""
    return list(chain.from_iterable([(one, grain) for grain in one.grains] for one in ROLLUPS))
