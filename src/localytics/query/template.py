"""Template: a report's .sql file, section by section, over the words of macros.sql.

A file holds its queries under `-- name:` headings, after words of its own that they share. Values
are always bound (`$start`). Where a relation that it calls (`events()`, `messages()`,
`response_times()`, `seen()`, `seen_before()`) gets its rows from, rollups or events, no report
notices (see plan). Where they are `cut` at an instant they are of two windows, read as one, and the
rows of the first are `is_earlier`. `raw()` has the events themselves, with all their columns,
`presence()` who was there when; `readings()` are those of metrics in all their series, and
`increments()` what they add (rollup.sql), of which what is `filtered` is asked about. What is said
of messengers is in the words of messenger.sql.
"""

import re
from functools import cache
from importlib.resources import files
from itertools import chain, pairwise
from typing import NamedTuple

import duckdb
import jinja2

from localytics.query.needs import Needs, needs_of
from localytics.query.plan import Source, covers, links, named, plan, sighting
from localytics.query.question import FILTERS
from localytics.query.spell import Piece, Spell
from localytics.rollup.measures import MIDDLE, numbered, of_event
from localytics.rollup.rollups import HOUR, MESSAGE, OF_READINGS, READINGS_TABLE, ROLLUPS
from localytics.rollup.sql import increments
from localytics.rollup.sql import readings as raw_readings

_HEADING = re.compile(r"^-- (\w+):.*$", re.MULTILINE)
_WORDS = ("macros", "messenger")
_here = files("localytics.query")
_environment = jinja2.Environment(  # noqa: S701  (SQL, not HTML: values are bound, never rendered)
    undefined=jinja2.StrictUndefined
)
_environment.globals |= {
    "of_event": of_event,
    "numbered": numbered,
    "middle": MIDDLE,
    "increments": increments,
}
_MACROS = "".join(_here.joinpath(f"{name}.sql").read_text("utf-8") for name in _WORDS)
_ROWS = _here.joinpath("rows.sql").read_text("utf-8")
_RELATION = _environment.from_string(_ROWS + _here.joinpath("relation.sql").read_text("utf-8"))
_LINKED = _environment.from_string(_ROWS + _here.joinpath("linked.sql").read_text("utf-8"))
_BEFORE = _environment.from_string(_ROWS + _here.joinpath("before.sql").read_text("utf-8"))
_SLOTS = _environment.from_string(_here.joinpath("slots.sql").read_text("utf-8")).render()
_RAW = _environment.from_string(_here.joinpath("raw.sql").read_text("utf-8"))
_READINGS = _environment.from_string(_ROWS + _here.joinpath("readings.sql").read_text("utf-8"))
_PRESENCE = _environment.from_string(_here.joinpath("presence.sql").read_text("utf-8"))


class Shape(NamedTuple):
    """What decides how a section reads its rows, beside its own text.

    `grains` are the slots in seconds that divide no bucket; none, where nothing is rolled up yet.
    `has_fresh` says whether there are events past the watermark. Pieces that are `empty` are left
    out: every table that a statement names takes as long to plan as to read; so what is quicker to
    read from more of them is so where the window is `long`. For `even` see Times.
    """

    filters: frozenset[str]
    grains: frozenset[int]
    has_fresh: bool
    has_archive: bool
    has_stale: bool
    even: bool = False
    long: bool = False
    empty: frozenset[Piece] = frozenset()


class Query:
    """One rendered query, read by DuckDB once, the names of the values it binds, and the spells
    these come from."""

    __slots__ = ("binds", "spells", "statement")

    def __init__(self, sql: str, spells: frozenset[Spell]) -> None:
        self.spells = spells
        (self.statement,) = duckdb.extract_statements(sql)
        self.binds: frozenset[str] = frozenset(self.statement.named_parameters)

    @property
    def sql(self) -> str:
        """The query as text."""
        return self.statement.query


@cache
def sections(report: str) -> dict[str, str]:
    """The queries of `reports/<report>.sql` by name, as written."""
    text = files("localytics.reports").joinpath(f"{report}.sql").read_text("utf-8")
    parts = _HEADING.split(text)
    return {name: parts[0] + body for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def needs(report: str, section: str) -> Needs:
    """What a section of a report needs."""
    return needs_of(sections(report)[section])


@cache
def sketches(report: str) -> bool:
    """Whether a report puts durations in order, of which only sizes outlive the events."""
    return any(needs(report, section).bins for section in sections(report))


@cache
def reads_raw(report: str) -> bool:
    """Whether a report reads columns that nothing has but the events themselves."""
    return any(needs(report, section).raw for section in sections(report))


@cache
def query(report: str, section: str, shape: Shape) -> Query:
    """A section of a report, as `shape` has it read."""
    return render(sections(report)[section], shape)


@cache
def _template(text: str) -> jinja2.Template:
    return _environment.from_string(_MACROS + text)


def render(text: str, shape: Shape) -> Query:
    """The query that `text` is, as `shape` has it read."""
    if not shape.filters <= {*FILTERS}:
        raise ValueError(f"not all of {sorted(shape.filters)} can be filtered by")
    spells: set[Spell] = set()
    wanted = needs_of(text)
    sources = plan(wanted, shape.filters, shape.grains, has_stale=shape.has_stale, even=shape.even)

    def relation(
        template: jinja2.Template,
        read: list[Source],
        start: str,
        end: str,
        *,
        event_type: str | None = None,
        filters: frozenset[str] = shape.filters,
        cut: str | None = None,
        **words: str,
    ) -> str:
        conditions = [f"{column} = ${column}" for column in sorted(filters)]
        if event_type is not None:
            conditions.append(f"event_type = '{event_type}'")
        if template is _LINKED and cut is not None:
            raise ValueError("links count what there is of one window")
        edges = (start, end) if cut is None else (start, cut, end)
        of = {
            one: [Spell(*window, one.grains) for window in pairwise(edges)]
            for one in read
            if one.grains
        }
        spells.update(chain(*of.values()))
        pieces = {
            source: [piece for spell in cut_up for piece in spell.without(shape.empty)]
            for source, cut_up in of.items()
        }
        return template.render(
            sources=read,
            spells=of,
            pieces=pieces,
            start=start,
            end=end,
            cut=cut,
            conditions=conditions,
            timed=wanted.timed,
            slots=_SLOTS,
            **shape._asdict(),
            **words,
        )

    template = _template(text)
    counted = _LINKED if sources[0].linked else _RELATION

    def events(start: str = "start", end: str = "end", *, cut: str | None = None) -> str:
        return relation(counted, sources, start, end, cut=cut)

    def messages(start: str = "start", end: str = "end", *, cut: str | None = None) -> str:
        return relation(counted, sources, start, end, cut=cut, event_type=MESSAGE)

    def seen(column: str, start: str = "start", end: str = "end") -> str:
        return relation(_RELATION, [sighting(column, shape.filters, shape.grains)], start, end)

    def seen_before(column: str, start: str, end: str, until: str) -> str:
        source = sighting(column, shape.filters, shape.grains)
        keys = shape.filters | {column}
        if source.rollup is None or shape.has_stale or not links(source.rollup, keys):
            return seen(column, start, end)
        return relation(_BEFORE, [source], start, end, until=until)

    def raw(start: str = "start", end: str = "end", event_type: str | None = None) -> str:
        filters = sorted(shape.filters)
        return _RAW.render(start=start, end=end, event_type=event_type, filters=filters)

    def rolled(
        name: str, start: str, end: str, *, filtered: bool = True, without: str | None = None
    ) -> str:
        filters = shape.filters - {without} if filtered else frozenset[str]()
        source = named(name, filters, rolled_up=bool(shape.grains))
        (event_type,) = (one.event_type for one in ROLLUPS if one.name == name)
        return relation(_RELATION, [source], start, end, event_type=event_type, filters=filters)

    def presence(doing: str | None = None, *, among: str | None = None, ever: bool = False) -> str:
        return _PRESENCE.render(
            doing=doing,
            among=among,
            ever=ever,
            filters=sorted(shape.filters),
            has_archive=shape.has_archive,
            has_stale=shape.has_stale,
        )

    def readings(condition: str, *, filtered: bool = False) -> str:
        return _READINGS.render(
            condition=condition,
            columns=sorted(shape.filters & {*OF_READINGS}) if filtered else (),
            table=READINGS_TABLE,
            raw_readings=raw_readings,
            has_fresh=shape.has_fresh,
            has_stale=shape.has_stale,
        )

    relations = {
        "events": events,
        "messages": messages,
        "response_times": messages,
        "seen": seen,
        "seen_before": seen_before,
        "raw": raw,
        "rolled": rolled,
        "presence": presence,
        "readings": readings,
    }
    filtered = " and ".join(
        ["true", *(f"{column} = ${column}" for column in sorted(shape.filters))]
    )
    words = {
        "filtered": filtered,
        "filters": shape.filters,
        "long": shape.long,
        "by_hour": HOUR in shape.grains and covers("messenger_talks", shape.filters),
        "slots": _SLOTS,
        "even": shape.even,
        "has_archive": shape.has_archive,
    }
    alone = frozenset(source.counted for source in sources if source.alone)
    sql = template.render(**relations, **words, linked=sources[0].linked, alone=alone)
    return Query(sql.strip(), frozenset(spells))
