from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, Struct

from localytics.errors import InvalidParameter
from localytics.query.options import listed, options, repeatable


class Some(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of each kind."""

    name: Annotated[str, Meta(min_length=1, max_length=5)]
    limit: Annotated[int, Meta(ge=1, le=1000, description="How many.")] = 100
    least: Annotated[float, Meta(ge=0)] | None = None
    share: Annotated[float, Meta(le=1)] = 1
    count: int = 0
    exact: bool = False
    order: Literal["up", "down", "flat"] = "up"
    ids: Annotated[list[str], Meta(min_length=2, max_length=3)] = []
    more: tuple[str, ...] = ()


def test_texts_become_what_the_report_takes() -> None:
    found = options(
        {"name": "a", "limit": "7", "least": "0.5", "exact": "true", "ids": ["a", "b"]}, Some
    )
    assert found == Some(name="a", limit=7, least=0.5, exact=True, ids=["a", "b"])


@pytest.mark.parametrize(
    ("word", "value", "message"),
    [
        ("limit", "0", "limit must be a whole number between 1 and 1000"),
        ("limit", "1001", "limit must be a whole number between 1 and 1000"),
        ("limit", "ten", "limit must be a whole number between 1 and 1000"),
        ("least", "-1", "least must be at least 0"),
        ("share", "2", "share must be at most 1"),
        ("count", "1.5", "count must be a whole number"),
        ("exact", "perhaps", "exact must be true or false"),
        ("order", "sideways", "order must be one of down, flat or up"),
        ("ids", ["a"], "ids must be given between 2 and 3 times"),
        ("name", "", "name must be text of between 1 and 5 characters"),
    ],
)
def test_a_wrong_value_is_told_the_right_ones(word: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        options({"name": "a"} | {word: value}, Some)
    assert str(caught.value) == message
    assert caught.value.field == word
    assert caught.value.hint == ("How many." if word == "limit" else None)


def test_a_missing_option_is_named() -> None:
    with pytest.raises(InvalidParameter) as caught:
        options({}, Some)
    assert caught.value.field == "name"


def test_lists_may_be_repeated() -> None:
    assert repeatable(Some) == {"ids", "more"}


def test_words_are_listed_as_in_english() -> None:
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a or b"
    assert listed(["a", "b", "c"]) == "a, b or c"
