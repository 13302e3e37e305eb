"""Wording: what a field takes, in words, read from its type."""

from typing import Any

import msgspec

_inspect = msgspec.inspect
_OF_VALUES: dict[type, str] = {
    _inspect.StrType: "texts",
    _inspect.IntType: "numbers",
    _inspect.FloatType: "numbers",
    _inspect.BoolType: "true or false",
}


def allowed(kind: msgspec.inspect.Type) -> str:
    """The values of a field of type `kind`: `a whole number of at least 0`."""
    match _alternatives(kind):
        case [_inspect.LiteralType(values=values)]:
            return f"one of: {', '.join(map(str, values))}"
        case [_inspect.BoolType()]:
            return "true or false"
        case [_inspect.StrType() as text]:
            return f"text{_length(text, 'characters')}"
        case [_inspect.IntType() as number]:
            return f"a whole number{_range(number)}"
        case [_inspect.FloatType() as number]:
            return f"a number{_range(number) or ' within ±1.8e308'}"
        case [_inspect.DecimalType()]:
            return "a number"
        case [_inspect.DictType() as found]:
            kinds = map(type, _alternatives(found.value_type))
            told = dict.fromkeys(_OF_VALUES[one] for one in kinds if one in _OF_VALUES)
            keys = _length(found.key_type, "characters")
            each = f"{_length(found, 'keys')}{keys and f', each{keys}'}"
            return f"an object{each}{', with ' if told else ''}{', '.join(told)}"
        case _:
            return "a time with an offset (2026-01-02T03:04:05Z), or whole epoch milliseconds"


def _alternatives(kind: Any) -> list[Any]:
    """The types of a union without None, or the one type, each without what describes it."""
    while isinstance(kind, _inspect.Metadata):
        kind = kind.type
    if not isinstance(kind, _inspect.UnionType):
        return [kind]
    return [
        one
        for inner in kind.types
        for one in _alternatives(inner)
        if not isinstance(one, _inspect.NoneType)
    ]


def _length(kind: Any, unit: str) -> str:
    least, most = kind.min_length or 0, kind.max_length
    if most is None:
        return f" of at least {least} {unit}" if least else ""
    return f" of {least} to {most} {unit}" if least else f" of at most {most} {unit}"


def _range(kind: Any) -> str:
    least, most, below = (
        None if bound is None else str(int(bound)) for bound in (kind.ge, kind.le, kind.lt)
    )
    if least and most:
        return f" from {least} to {most}"
    bounds = (("at least", least), ("at most", most), ("below", below))
    told = " and ".join(f"{word} {bound}" for word, bound in bounds if bound)
    return f" of {told}" if least or most else told and f" {told}"
