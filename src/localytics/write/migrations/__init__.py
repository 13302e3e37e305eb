"""The schema, step by step: `NNNN_name.sql`, each applied once, in order, in one transaction.

A file that a release has shipped is never edited; a change is a new file.
"""

from importlib.resources import files
from typing import NamedTuple

import duckdb

from localytics.errors import SetupError


class Migration(NamedTuple):
    """One step: its number (the schema's version once applied), its name and its statements."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All steps in order."""
    steps = []
    for file in files(__name__).iterdir():
        if file.name.endswith(".sql"):
            number, _, name = file.name.removesuffix(".sql").partition("_")
            steps.append(Migration(int(number), name, file.read_text("utf-8")))
    return sorted(steps)


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Apply the steps that the store has not seen. Raises SetupError for one of a newer release."""
    connection.execute("create table if not exists schema_steps (version integer, name varchar)")
    version = connection.execute("select coalesce(max(version), 0) from schema_steps").fetchall()[
        0
    ][0]
    steps = migrations()
    if version > steps[-1].version:
        raise SetupError(
            f"The store was written by a newer release (its schema is {version}, "
            f"this release knows {steps[-1].version})",
            hint="Install the newer release again; this one would not understand the data.",
        )
    for step in steps[version:]:
        connection.begin()
        try:
            connection.execute(step.sql)
            connection.execute("insert into schema_steps values (?, ?)", [step.version, step.name])
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
