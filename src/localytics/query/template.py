"""Template: a report's .sql file, section by section, over the words of macros.sql.

A file holds its queries under `-- name:` headings. Values are always bound (`$start`). The words
are the seam where another source (rollups) or another engine slides in without a report noticing.
"""

import re
from functools import cache
from importlib.resources import files

import duckdb
import jinja2

from localytics.query.question import FILTERS

_HEADING = re.compile(r"^-- (\w+):.*$", re.MULTILINE)
_MACROS = files("localytics.query").joinpath("macros.sql").read_text("utf-8")
_environment = jinja2.Environment(  # noqa: S701  (SQL, not HTML: values are bound, never rendered)
    undefined=jinja2.StrictUndefined
)


class Query:
    """One rendered query and the names of the values it binds."""

    __slots__ = ("binds", "sql")

    def __init__(self, sql: str) -> None:
        self.sql = sql
        (statement,) = duckdb.extract_statements(sql)
        self.binds: frozenset[str] = frozenset(statement.named_parameters)


@cache
def sections(report: str) -> dict[str, str]:
    """The queries of `reports/<report>.sql` by name, as written."""
    text = files("localytics.reports").joinpath(f"{report}.sql").read_text("utf-8")
    parts = _HEADING.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@cache
def query(report: str, section: str, filters: frozenset[str]) -> Query:
    """A section of a report, narrowed to the columns that `filters` names."""
    if not filters <= set(FILTERS):
        raise ValueError(f"not all of {sorted(filters)} can be filtered by")
    template = _environment.from_string(_MACROS + sections(report)[section])
    return Query(template.render(filters=sorted(filters)).strip())
