"""Options: the parameters that only one report takes, checked one by one.

An error says what would be right: the range of a number, the choices of a word.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from localytics.errors import InvalidParameter


def options(given: Mapping[str, Any], kind: type[Struct]) -> Any:
    """`given` (texts, lists where a word repeats) as a `kind`; InvalidParameter names the wrong
    one.
    """
    for field in fields(kind):
        if field.name in given:
            # Apart from the others, so that an error is known to be about this one.
            try:
                msgspec.convert(given[field.name], field.type, strict=False)
            except msgspec.ValidationError:
                raise _wrong(field) from None
        elif field.required:
            raise _wrong(field)
    return msgspec.convert(given, kind, strict=False)


def repeatable(kind: type[Struct]) -> set[str]:
    """The words that may be given more than once."""
    lists = msgspec.inspect.ListType | msgspec.inspect.VarTupleType
    return {field.name for field in fields(kind) if isinstance(_bare(field.type), lists)}


def mapped(kind: type[Struct]) -> set[str]:
    """The words that are given with a name of the caller's behind a dot: `labels.host=a`."""
    return {
        field.name
        for field in fields(kind)
        if isinstance(_bare(field.type), msgspec.inspect.DictType)
    }


def meaning(kind: Any) -> str | None:
    """What a parameter is for, in its own words."""
    info = msgspec.inspect.type_info(kind)
    while isinstance(info, msgspec.inspect.Metadata | msgspec.inspect.UnionType):
        if isinstance(info, msgspec.inspect.UnionType):
            info = _known(info)
            continue
        if info.extra_json_schema and "description" in info.extra_json_schema:
            return str(info.extra_json_schema["description"])
        info = info.type
    return None


def choices(kind: Any) -> tuple[str, ...]:
    """The words that a parameter takes, where there are only so many."""
    info = _bare(kind)
    if not isinstance(info, msgspec.inspect.LiteralType):
        return ()
    return tuple(str(value) for value in info.values)


def listed(words: Iterable[str]) -> str:
    """Words as English lists them: `a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _wrong(field: FieldInfo) -> InvalidParameter:
    return InvalidParameter(
        f"{field.name} must be {_allowed(field.type)}", hint=meaning(field.type), field=field.name
    )


def _allowed(kind: Any) -> str:
    """The values that a parameter takes, in words."""
    info = _bare(kind)
    if words := choices(kind):
        return f"one of {listed(words)}"
    if isinstance(info, msgspec.inspect.BoolType):
        return "true or false"
    if isinstance(info, msgspec.inspect.IntType):
        return f"a whole number {_range(info.ge, info.le)}".rstrip()
    if isinstance(info, msgspec.inspect.FloatType):
        return _range(info.ge, info.le) or "a number"
    if isinstance(info, msgspec.inspect.StrType):
        return f"text of {_range(info.min_length, info.max_length)} characters".replace("  ", " ")
    if isinstance(info, msgspec.inspect.ListType | msgspec.inspect.VarTupleType):
        return f"given {_range(info.min_length, info.max_length)} times".replace("  ", " ")
    return "something else"


def _range(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"between {least} and {most}"
    if least is not None:
        return f"at least {least}"
    return "" if most is None else f"at most {most}"


def _bare(kind: Any) -> msgspec.inspect.Type:
    """The type without what describes it, and without None beside it."""
    info = msgspec.inspect.type_info(kind)
    while isinstance(info, msgspec.inspect.Metadata | msgspec.inspect.UnionType):
        info = info.type if isinstance(info, msgspec.inspect.Metadata) else _known(info)
    return info


def _known(union: msgspec.inspect.UnionType) -> msgspec.inspect.Type:
    """What it is where it is not None."""
    return next(one for one in union.types if not isinstance(one, msgspec.inspect.NoneType))
