"""The schema, step by step: `NNNN_name.sql`, each applied once, in order, in one transaction.

A file that a release has shipped is never edited; a change is a new file.
"""

from importlib.resources import files
from typing import NamedTuple


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
