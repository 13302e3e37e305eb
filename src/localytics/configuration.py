"""Configuration: the settings as a file, the environment and the command line give them.

A value is taken from the command line, else from `LOCALYTICS_SECTION__KEY`, else from the file,
else from the table in settings. Unknown names are errors.
"""

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from localytics.errors import SetupError
from localytics.settings import Settings, sections

PREFIX = "LOCALYTICS_"
CONFIG = "LOCALYTICS_CONFIG"  # names the settings file itself
URL = "LOCALYTICS_URL"  # tells clients in the same environment where the service is
_HINT = "config.toml in the repository lists every setting, its default and its meaning."
_VARIABLE_HINT = "Settings are named LOCALYTICS_SECTION__KEY, as in LOCALYTICS_SERVER__PORT."
_SWITCH = {"yes": True, "on": True, "no": False, "off": False}


def load(
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Mapping[str, Any]] | None = None,
) -> Settings:
    """Settings from `file`, the environment and the command line's `overrides`, later ones winning.

    Raises SetupError naming the setting, what was given and what it takes.
    """
    given: dict[tuple[str, str], tuple[Any, str]] = {}  # a value, and whose word that is
    if file is not None:
        for section_name, section in _read(file).items():
            if section_name not in Settings.__struct_fields__:
                raise SetupError(
                    f"[{section_name}], from {file}, is no section",
                    hint=_near(section_name, Settings.__struct_fields__, _HINT),
                )
            for key, value in section.items():
                given[section_name, key] = value, str(file)
    for section_name, key, text, variable in _environment(
        os.environ if environ is None else environ
    ):
        given[section_name, key] = text, variable
    for section_name, words in (overrides or {}).items():
        for key, value in words.items():
            given[section_name, key] = value, "the command line"
    known = {
        (section.name, setting.name): setting for section, all_ in sections() for setting in all_
    }
    values: dict[str, dict[str, Any]] = {}
    for (section_name, key), (value, source) in given.items():
        name = f"{section_name}.{key}"
        if (section_name, key) not in known:
            names = [".".join(words) for words in known]
            raise SetupError(
                f"{name}, from {source}, is no setting", hint=_near(name, names, _HINT)
            )
        values.setdefault(section_name, {})[key] = _value(
            name, known[section_name, key].type, value, source
        )
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        problem = str(error).partition(" - at ")[0]
        sources = [source for (_, key), (_, source) in given.items() if key in problem]
        told = f", in {sources[0]}" if sources else ""
        raise SetupError(f"The settings don't agree: {problem}{told}", hint=_HINT) from None


def _value(name: str, kind: Any, given: Any, source: str) -> Any:
    """`given` as the setting `name` takes it."""
    if get_args(kind)[0] is bool and isinstance(given, str):
        given = _SWITCH.get(given.strip().lower(), given)
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError:
        raise SetupError(
            f"{name} is {given!r} in {source}, and takes {_takes(kind)}", hint=_HINT
        ) from None


def _takes(kind: Any) -> str:
    """What a setting of type `kind` takes, in words."""
    plain, limits = get_args(kind)
    if plain is bool:
        return "true or false"
    if get_origin(plain) is Literal:
        *others, last = get_args(plain)
        return f"{', '.join(others)} or {last}"
    if plain in {int, float}:
        bounds = (
            ("at least", limits.ge),
            ("more than", limits.gt),
            ("at most", limits.le),
        )
        told = " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)
        return f"{'a whole number' if plain is int else 'a number'}, {told}".removesuffix(", ")
    return "text" if plain is str else "a list of texts"


def _near(word: str, known: Iterable[str], hint: str) -> str:
    """`hint`, and before it what `word` may be a slip of."""
    close = get_close_matches(word, known, n=1)
    return f"Did you mean {close[0]}? {hint}" if close else hint


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise SetupError(
            f"Can't read the settings file {file}: {error.strerror}",
            hint="It must be a file that this user can read.",
        ) from None
    except UnicodeDecodeError:
        raise SetupError(
            f"The settings file {file} is not UTF-8", hint="Save it as text in UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise SetupError(
            f"The settings file {file} is not TOML: {error}",
            hint='It has lines like [server], port = 4777 and log_level = "info".',
        ) from None
    for name, section in values.items():
        if not isinstance(section, dict):
            raise SetupError(
                f"{name} stands outside any section in {file}",
                hint="Settings live in sections: a line [server], and below it a line port = 4777",
            )
    return values


def _environment(environ: Mapping[str, str]) -> Iterator[tuple[str, str, Any, str]]:
    """Section, key and text of what is set, and the variable that says so."""
    if "ANALYTICS_ENABLED" in environ:
        yield "ingest", "enabled", environ["ANALYTICS_ENABLED"], "ANALYTICS_ENABLED"
    if "ANALYTICS_RETENTION_DAYS" in environ:
        days = environ["ANALYTICS_RETENTION_DAYS"]
        yield "retention", "raw_days", days, "ANALYTICS_RETENTION_DAYS"
    known = {
        f"{PREFIX}{section.name}__{setting.name}".upper(): (section.name, setting)
        for section, settings in sections()
        for setting in settings
    }
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable in {CONFIG, URL}:
            continue
        if variable not in known:
            raise SetupError(
                f"{variable} names no setting",
                hint=_near(variable, known, _VARIABLE_HINT),
            )
        section_name, setting = known[variable]
        is_list = isinstance(setting.default, tuple)
        yield (
            section_name,
            setting.name,
            [part for one in text.split(",") if (part := one.strip())] if is_list else text,
            variable,
        )
