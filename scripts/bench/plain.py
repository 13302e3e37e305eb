"""Plain: each report's question asked of the raw events, as a good analyst would write it.

The statements of `plain/<question>.sql` share nothing with the reports: no rollups, no partial
sums, none of their words. The name of each tells where its figures stand in the report's answer, so
that the two can be held against each other: `totals` are fields of the answer itself,
`models[model]` those of the entry of `models` with the same `model`, `cells[day_of_week,hour]` has
two columns to tell entries by, `cohorts[start].periods[period]` stands in each of them, a column
`value` is all there is at its place, and `readings` how many there are. What reports make of these
figures in Python (trends, shares, sentences) is left to the tests.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from named import named

_AVERAGE, _PERCENTILE = 1e-12, 0.01
_STEP = re.compile(r"(\w+)(?:\[([\w,]+)\])?")


Place = list[tuple[str, tuple[str, ...]]]  # field by field, each with what tells entries apart


class Statement(NamedTuple):
    """One of the statements that ask a question, and where in the answer its rows stand."""

    place: Place
    sql: str
    binds: frozenset[str]


class Table(NamedTuple):
    """What came back for a statement."""

    place: Place
    columns: list[str]
    rows: list[tuple[Any, ...]]


@cache
def statements(question: str) -> list[Statement]:
    """The statements of `plain/<question>.sql`."""
    found = []
    for name, sql in named(Path(__file__).with_name("plain") / f"{question}.sql"):
        steps = [] if name == "totals" else _STEP.findall(name)
        place = [(field, tuple(keys.split(",")) if keys else ()) for field, keys in steps]
        (parsed,) = duckdb.extract_statements(sql)
        found.append(Statement(place, sql, frozenset(parsed.named_parameters)))
    return found


def ask_plainly(
    cursor: duckdb.DuckDBPyConnection, question: str, values: Mapping[str, Any]
) -> list[Table]:
    """All that `question` asks about the window and the projects in `values`."""
    tables = []
    for place, sql, binds in statements(question):
        cursor.execute(sql, {name: values[name] for name in binds})
        columns = [column[0] for column in cursor.description or ()]
        tables.append(Table(place, columns, cursor.fetchall()))
    return tables


def differences(answer: Any, tables: list[Table]) -> Iterator[str]:
    """Where the answer and the plain figures say different things."""
    for table in tables:
        entries = _entries(answer, table.place)
        keys = [name for _, names in table.place for name in names]
        told = [column for column in table.columns if column not in keys]
        known = set()
        for row in table.rows:
            figures = dict(zip(table.columns, row, strict=True))
            key = tuple(figures[name] for name in keys)
            known.add(key)
            if key not in entries:
                yield f"{_shown(table, key)}: not in the answer"
                continue
            for column in told:
                ours, plain = _figure(entries[key], column), figures[column]
                if not _same(column, ours, plain):
                    yield f"{_shown(table, key)} {column}: {ours}, plainly {plain}"
        for key in entries.keys() - known:  # reports list what there is nothing of, too
            if any(_figure(entries[key], column) for column in told):
                yield f"{_shown(table, key)}: in the answer alone"


def _entries(answer: Any, place: Place) -> dict[tuple[Any, ...], Any]:
    """All that stands at `place` in the answer, by what tells the entries apart."""
    entries = {(): answer}
    for field, names in place:
        entries = {
            (*key, *more): entry
            for key, holder in entries.items()
            for more, entry in _below(getattr(holder, field), names)
        }
    return entries


def _below(held: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if not names:
        yield (), held
    elif isinstance(held, dict):
        for name, entry in held.items():
            yield (name,), entry
    else:
        for entry in filter(None, held):
            yield tuple(_naive(getattr(entry, name)) for name in names), entry


def _figure(entry: Any, column: str) -> Any:
    if isinstance(entry, list) and column == "readings":
        return len(entry)
    is_figure = column == "value" and not hasattr(entry, column)
    return _naive(entry if is_figure else getattr(entry, column))


def _naive(value: Any) -> Any:
    """As DuckDB has it: times without a zone, in UTC."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _same(column: str, ours: Any, plain: Any) -> bool:
    if ours is None or plain is None:
        return ours is plain
    if column.startswith("p95"):
        return math.isclose(ours, plain, rel_tol=_PERCENTILE)
    if isinstance(ours, float):
        return math.isclose(ours, plain, rel_tol=_AVERAGE)
    return bool(ours == plain)


def _shown(table: Table, key: tuple[Any, ...]) -> str:
    fields = ".".join(field for field, _ in table.place) or "totals"
    return f"{fields}[{', '.join(map(str, key))}]" if key else fields
