"""Stored: what is in the file of a service, read once it has stopped."""

import json
from typing import Any

import duckdb

from tests.service import Service


def stored(service: Service) -> list[dict[str, Any]]:
    """Stop the service; its events in order of commit, without what is null or its own."""
    assert service.stop() == 0
    with duckdb.connect(service.file, read_only=True) as connection:
        found = connection.execute("select * from events order by seq")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        if row["metadata"] is not None:
            row["metadata"] = json.loads(row["metadata"])
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def ids(service: Service, name: str = "number") -> list[Any]:
    """`stored`, but of each event only that part of its metadata."""
    return [row["metadata"][name] for row in stored(service)]
