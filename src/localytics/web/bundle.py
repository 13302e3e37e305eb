"""Bundle: the dashboard's modules as one script, and its style sheets as one sheet.

Every file works as it is, one by one. But a browser that asks for seventy, most of them only once
it has read the one before, draws its first chart so much later. So they are put together when they
are first asked for: each module as a function, after those it imports; each sheet in the place of
its import. No tool but this is needed for it, because the modules are written plainly: what is
imported and exported stands at the start of a line, and no two modules import each other.
"""

import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r'^import (\w+|\* as \w+|\{[^}]*\}) from "([^"]+)";$', re.MULTILINE)
_PASSED_ON = re.compile(r'^export (\{[^}]*\}) from "([^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (default )?((?:async )?function|const) (\w+)", re.MULTILINE)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_SHEET = re.compile(r'^@import "([^"]+)"(?: (\w+))?;\n', re.MULTILINE)
_VENDOR = "vendor/"


def script(modules: Mapping[str, str], entry: str) -> str:
    """`entry` and those of `modules`, sources by path, that it needs; what is vendored is imported.

    Raises ValueError where a module is not written as this needs it.
    """
    vendored: list[str] = []
    parts: dict[str, str | None] = {}

    def add(path: str, needed_by: str) -> None:
        if path in parts:
            if parts[path] is None:
                raise ValueError(f"{path} and {needed_by} import each other")
            return
        if path.startswith(_VENDOR):
            vendored.append(path)
            parts[path] = ""
            return
        parts[path] = None
        source = modules[path]
        for found in sorted([*_IMPORT.finditer(source), *_PASSED_ON.finditer(source)], key=_place):
            add(_resolved(path, found[2]), path)
        del parts[path]  # to stand behind what it imports
        parts[path] = _function(path, source)

    add(entry, "")
    imports = [
        f'import * as vendored{number} from "./{path}";\nmodules["{path}"] = vendored{number};\n'
        for number, path in enumerate(vendored)
    ]
    return "".join(["const modules = {};\n", *imports, *(part or "" for part in parts.values())])


def _function(path: str, source: str) -> str:
    """A module as a function that is run at once and returns what the module exports."""
    exported: list[str] = []

    def imported(found: re.Match[str]) -> str:
        names = found[1].replace(" as ", ": ")
        if found[1].startswith("*"):
            names = found[1].removeprefix("* as ")
        elif not found[1].startswith("{"):
            names = f"{{ default: {found[1]} }}"
        return f'const {names} = modules["{_resolved(path, found[2])}"];'

    def passed_on(found: re.Match[str]) -> str:
        exported.extend(name.split(" as ")[-1].strip() for name in _names(found[1]))
        return imported(found)

    def declared(found: re.Match[str]) -> str:
        exported.append(f"default: {found[3]}" if found[1] else found[3])
        return f"{found[2]} {found[3]}"

    body = _EXPORT.sub(declared, _PASSED_ON.sub(passed_on, _IMPORT.sub(imported, source)))
    body = _LATER.sub(lambda found: f'import("./{_resolved(path, found[1])}")', body)
    if left_over := _LEFT_OVER.search(body):
        raise ValueError(f"{path}: {left_over[0]!r} is not written as bundles need it")
    return f'modules["{path}"] = (() => {{\n{body}return {{ {", ".join(exported)} }};\n}})();\n'


def sheet(sheets: Mapping[str, str], entry: str) -> str:
    """The sheet at `entry` of `sheets`, texts by path, with those that it imports in it."""

    def imported(found: re.Match[str]) -> str:
        text = sheet(sheets, _resolved(entry, found[1]))
        return f"@media {found[2]} {{\n{text}}}\n" if found[2] else text

    return _SHEET.sub(imported, sheets[entry])


def _place(found: re.Match[str]) -> int:
    return found.start()


def _names(braced: str) -> list[str]:
    return [name.strip() for name in braced.strip("{}").split(",") if name.strip()]


def _resolved(path: str, relative: str) -> str:
    return normpath(join(dirname(path), relative))
