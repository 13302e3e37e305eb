"""The layout: imports point one way, along the data."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "localytics"

# What each may import of ours. What ties them together (app, cli, store, jobs, doctor, maintenance,
# demo) may all.
ALLOWED = {
    "errors": set[str](),
    "event": {"errors"},
    "stored": {"errors", "event"},
    "window": {"errors", "clock"},
    "clock": set[str](),
    "cell": set[str](),
    "surrogate": set[str](),
    "client": set[str](),
    "sink": {"event"},
    "settings": {"errors"},
    "pricing": {"event"},
    "receive": {
        "errors",
        "event",
        "stored",
        "sink",
        "settings",
        "openapi",
        "present.failure",
        "surrogate",
    },
    "sources": {"errors", "event", "stored", "cell", "surrogate"},
    "write": {"errors", "event", "stored", "sink", "settings", "pricing"},
    "rollup": {"errors", "event", "settings", "write"},
    "query": {"clock", "errors", "event", "window", "settings", "write.database", "rollup"},
    "reports": {"clock", "query", "errors", "window"},
}


def imports(file: Path) -> set[str]:
    tree = ast.parse(file.read_text("utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("localytics."):
            found.add((node.module or "").removeprefix("localytics."))
    return found


@pytest.mark.parametrize("name", ALLOWED)
def test_imports_point_one_way(name: str) -> None:
    place = PACKAGE / name
    files = list(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    for file in files:
        for target in imports(file):
            if target.split(".")[0] == name:
                continue
            allowed = {target, target.split(".")[0]} & ALLOWED[name]
            assert allowed, f"{file.relative_to(PACKAGE)} imports {target}"


def test_reports_never_import_each_other() -> None:
    for file in (PACKAGE / "reports").glob("*.py"):
        assert not [target for target in imports(file) if target.startswith("reports")], file


def test_no_vague_names() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service"}
    assert not [file for file in PACKAGE.rglob("*.py") if file.stem in vague]
