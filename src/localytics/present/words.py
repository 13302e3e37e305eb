"""Words: the parameters of a query string, and of a body where one may hold them; an unknown one is
an error, here as in reports.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from litestar import Request

from localytics.errors import InvalidParameter
from localytics.receive.body import read_members
from localytics.settings import Ingest


def pairs(query: bytes) -> list[tuple[str, str]]:
    """The words of a query string and their values, in order. Raises InvalidParameter, also for a
    word without a value: `user_id=` asks for the events whose user is the empty text, `user_id` was
    hardly meant to.
    """
    for part in query.split(b"&"):
        if part and b"=" not in part:
            word = unquote_plus(part[:80].decode("ascii", "replace"))
            raise InvalidParameter(f"{word!r} has no value", hint="Write NAME=VALUE.", field=word)
    try:
        return parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200
        )
    except ValueError:
        raise InvalidParameter("The query string could not be understood") from None


def words(request: Request[Any, Any, Any], *known: str) -> dict[str, str]:
    """The parameters of the query string by name. Raises InvalidParameter for any but the `known`,
    and for one that is given twice.
    """
    return _known(pairs(request.scope["query_string"]), known)


async def told(request: Request[Any, Any, Any], limits: Ingest, *known: str) -> dict[str, str]:
    """The same, also of a body where there is one: the members of an object, each as JSON, which
    for numbers, true and false is how they are written in a query string, too.

    Raises UnsupportedType and InvalidInput as well, for a body that is no such object.
    """
    members = await read_members(request.scope, request.receive, limits)
    return _known([*pairs(request.scope["query_string"]), *members.items()], known)


def whole_number(
    given: Mapping[str, str], word: str, most: int, *, default: int, hint: str | None = None
) -> int:
    """The number that `word` is given as: from 1 to `most`, which has 9 digits at most."""
    text = given.get(word, str(default))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise InvalidParameter(
            f"{word} must be a whole number between 1 and {most}", hint=hint, field=word
        )
    return int(text)


def _known(given_words: Iterable[tuple[str, str]], known: Collection[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for word, value in given_words:
        if word not in known:
            raise InvalidParameter(
                f"{word[:80]!r} is not a parameter here",
                hint=f"It takes {', '.join(known)}." if known else "It takes none.",
                field=word[:80],
            )
        if word in given:
            raise InvalidParameter(f"{word} is given twice", field=word)
        given[word] = value
    return given
