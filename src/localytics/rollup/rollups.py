"""Rollups: what is added up ahead of being asked, one row each.

A rollup is a table for each of its grains, made as declared here from `sql/<measures>.sql`, with a
row for every slot and every combination of keys. Rows are partial: several may share slot and keys,
and count together, until a job merges them.
"""

from typing import Literal

from msgspec import Struct

MESSAGE = "message.sent"
METRIC = "metric.recorded"
QUARTER, HOUR, DAY = 900, 3600, 86_400
GRAINS = (QUARTER, HOUR, DAY)
_SLOTS = {QUARTER: "quarters", HOUR: "hours", DAY: "days"}

Measures = Literal["figures", "sums", "names", "spans", "moments", "bins", "readings"]

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
    "message_id",
    "message_type",
    "message_length",
    "username",
    "title",
    "conversation_type",
)
# What readings of metrics are filtered by, beside what tells their series apart.
OF_READINGS = ("project_id", "user_id", "session_id", "conversation_id", "model", "agent")


class Rollup(Struct, frozen=True, kw_only=True):
    """Events added up by slot and `keys`; only those of one `event_type`, where it is given, and
    `only` those that have some columns, where these are, and then it is read by its name alone.

    `measures` says what of them: `sums` all that can be added up, `figures` the extremes as well;
    `names` nothing but which values of its last key there were, as numbers, `spans` when the first
    and the last of each was, too (where it is `counted`, how many events there were of each as
    well, and where it is `by_name`, that key stays as it is), and `moments` the same of what hardly
    ever is more than one: where the last was when the first was, it is null, which takes up
    nothing; `bins` how many durations there were of each size; `readings` of metrics are not added
    up, but each is a row, so that nobody has to look for them among all events: they go when these
    go, and what remains of them is in `metric_archive`. `grains` are lengths of slots in seconds,
    finest first, all in UTC: whole quarters of an hour serve every time zone, hours those of whole
    hours. Every rollup has hours, but for those that are read for `presence` alone, which have
    days.

    A row of a `linked` one, which has hours alone, knows the nearest slots in which its keys stood
    already when it was added: `before` (its own, if they stood there) and `after`, infinitely far
    where there was none. So of all the rows of some keys in a window exactly one has neither
    neighbour in there: the first that was added. Counting these counts what is different, without
    comparing any. How many there are of a slot with the same neighbours stands in a table of its
    own, `links`, which is far shorter.

    Merged rows of a slot stand in the `order` of these columns, and then of the keys: a number that
    is that of the row before takes up next to nothing.
    """

    name: str
    keys: tuple[str, ...]
    measures: Measures
    grains: tuple[int, ...] = (HOUR, DAY)
    event_type: str | None = None
    linked: bool = False
    counted: bool = False
    by_name: bool = False
    only: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def tables(self) -> dict[int, str]:
        """The name of the table of each of its grains: `rollup_types_days`."""
        return {grain: f"rollup_{self.name}_{_SLOTS[grain]}" for grain in self.grains}

    @property
    def links(self) -> str:
        """The name of the table that counts the rows of a linked one."""
        return f"rollup_{self.name}_links"

    @property
    def all_tables(self) -> tuple[str, ...]:
        """The names of all its tables."""
        return (*self.tables.values(), *([self.links] if self.linked else []))


def _of_messages(name: str, measures: Measures, *keys: str, finest: int = HOUR) -> Rollup:
    grains = tuple(grain for grain in GRAINS if grain >= finest)
    return Rollup(name=name, keys=keys, measures=measures, grains=grains, event_type=MESSAGE)


def _sessions(name: str, measures: Measures, *keys: str, event_type: str | None = None) -> Rollup:
    # A session is seldom longer than an hour: by days there would be hardly fewer rows.
    return Rollup(
        name=name,
        keys=(*keys, "session_id"),
        measures=measures,
        grains=(HOUR,),
        event_type=event_type,
        linked=True,
        order=("before", "after"),
    )


def _of_messenger(name: str, event_type: str, *keys: str) -> Rollup:
    # Hardly ever is there more than one event to a row: coarser slots would have as many.
    return Rollup(
        name=f"messenger_{name}",
        keys=("source", *keys),
        measures="moments",
        grains=(HOUR,),
        event_type=event_type,
        counted=True,
    )


def _names(column: str, of: str) -> Rollup:
    keys = (column, of)
    return Rollup(
        name=f"messenger_{column}", keys=keys, measures="spans", grains=(HOUR,), only=(column,)
    )


READINGS = Rollup(
    name="readings",
    keys=("metric_type", "is_delta", "series", "labels", "source", "device_id", *OF_READINGS),
    measures="readings",
    grains=(HOUR,),
    event_type=METRIC,
    order=("metric", "series", "timestamp"),
)
READINGS_TABLE = READINGS.tables[HOUR]

# The first that has what a question needs is asked, so narrow ones stand before wide ones.
ROLLUPS = (
    Rollup(name="types", keys=("event_type",), measures="figures", grains=GRAINS),
    _of_messages("models", "sums", "model", finest=QUARTER),
    Rollup(name="agents", keys=("event_type", "role", "agent"), measures="sums"),
    _of_messages("projects", "figures", "project_id"),
    _of_messages("project_models", "sums", "project_id", "model"),
    Rollup(name="seen_projects", keys=("project_id",), measures="names"),
    Rollup(name="seen_users", keys=("user_id",), measures="spans"),
    Rollup(
        name="doers",
        keys=("event_type", "source", "user_id"),
        measures="spans",
        grains=(DAY,),
        counted=True,
    ),
    _sessions("seen_sessions", "spans"),
    _sessions("message_sessions", "names", event_type=MESSAGE),
    _sessions("project_sessions", "names", "project_id", event_type=MESSAGE),
    _of_messages("model_durations", "bins", "model"),
    _of_messages("project_durations", "bins", "project_id", "model"),
    # What reports about messengers read (query/messenger.sql): message by message, so that one that
    # is deleted later leaves the counts; who came to a conversation and went; what all are called.
    _of_messenger(
        "sent",
        MESSAGE,
        "conversation_id",
        "user_id",
        "message_type",
        "message_length",
        "message_id",
    ),
    # The same by the hour: few people say something in one conversation within one.
    Rollup(
        name="messenger_talks",
        keys=("source", "conversation_id", "user_id"),
        measures="spans",
        grains=(HOUR,),
        event_type=MESSAGE,
        counted=True,
        by_name=True,
        only=("conversation_id", "message_id"),
    ),
    _of_messenger("edited", "message.edited", "message_type", "message_length", "message_id"),
    _of_messenger("deleted", "message.deleted", "message_id"),
    _of_messenger("read", "message.read", "conversation_id", "user_id", "message_id"),
    _of_messenger("created", "conversation.created", "user_id", "conversation_id"),
    _of_messenger("joined", "conversation.joined", "user_id", "conversation_id"),
    _of_messenger("left", "conversation.left", "user_id", "conversation_id"),
    _names("username", "user_id"),
    _names("title", "conversation_id"),
    _names("conversation_type", "conversation_id"),
    READINGS,
)
TABLES = tuple(table for rollup in ROLLUPS for table in rollup.all_tables)
