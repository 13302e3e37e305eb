"""Words: the parameters of a query string; an unknown one is an error, here as in reports."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from localytics.errors import InvalidParameter


def pairs(query: bytes) -> list[tuple[str, str]]:
    """The words of a query string and their values, in order. Raises InvalidParameter."""
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
    given: dict[str, str] = {}
    query = request.scope["query_string"].decode("latin-1")
    for word, value in parse_qsl(query, keep_blank_values=True):
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
