"""Elements: an array is taken apart where it can be, and nowhere else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localytics.receive.elements import elements

TEXT = st.text(alphabet=st.sampled_from('ab"\\\\[]{},:é\ud800 \n'))
VALUES = st.recursive(
    st.none() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(values=st.lists(VALUES, min_size=1, max_size=5), indent=st.sampled_from([None, 1]))
def test_elements_are_those_that_were_put_in(values: list[Any], indent: int | None) -> None:
    texts = [json.dumps(one, indent=indent).encode() for one in values]
    array = b" [ " + b" ,".join(texts) + b"] "
    assert elements(array) == texts
    assert elements(b'{ "events" : ' + array + b"}\n") == texts


def test_bytes_that_are_no_text_stay_in_their_element() -> None:
    assert elements(b'[1,"\xff",{"a":"\xc3"},2]') == [b"1", b'"\xff"', b'{"a":"\xc3"}', b"2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"]",
        b"[]",
        b"[1,]",
        b"[,1]",
        b"[1,,2]",
        b"[1]]",
        b"[1] 2",
        b"[[1}]",
        b'["a]',
        b'["a\\"]',
        b'{"a": NaN}',
        b'{"events": [NaN], "a": 1}',
        b'{"events": [NaN]',
        b'{"events": {"a": [NaN]}}',
        b"[" * 5000,
        b'["' + b"\\" * 100_000,
    ],
)
def test_what_is_no_array_of_elements_is_left_alone(body: bytes) -> None:
    assert elements(body) is None
