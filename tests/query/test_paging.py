from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localytics.errors import InvalidParameter
from localytics.query.paging import Place, cursor_of, place_of
from localytics.query.question import MAX_VALUE

PLACE = Place(
    start=datetime(2025, 3, 1, tzinfo=UTC),
    end=datetime(2025, 3, 8, tzinfo=UTC),
    at=datetime(2025, 3, 2, 12, 0, 0, 1, tzinfo=UTC),
    id="é/s1",
)


@given(st.text(max_size=200))
def test_a_cursor_leads_back_to_its_place_and_fits_into_a_url(name: str) -> None:
    place = Place(start=PLACE.start, end=PLACE.end, at=PLACE.at, id=name)
    cursor = cursor_of(place)
    assert place_of(cursor) == place
    assert len(cursor) <= MAX_VALUE
    assert cursor.isascii()


def made_of(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "!!!!",
        cursor_of(PLACE)[:-4],
        made_of("[]"),
        made_of('["2025-03-01","2025-03-08","2025-03-02","s"]'),
        made_of('["2025-03-01T00:00:00","2025-03-08T00:00:00","2025-03-02T00:00:00","s"]'),
        made_of('["2025-03-01T00:00:00Z","2025-03-08T00:00:00Z","2025-03-02T00:00:00Z",1]'),
        # a window backwards, and years in which a window could not be worked with
        made_of('["2025-03-08T00:00:00Z","2025-03-01T00:00:00Z","2025-03-02T00:00:00Z","s"]'),
        made_of('["0001-01-01T00:00:00Z","2025-03-01T00:00:00Z","2025-03-02T00:00:00Z","s"]'),
        made_of('["2025-03-01T00:00:00Z","9999-12-31T00:00:00Z","2025-03-02T00:00:00Z","s"]'),
    ],
)
def test_a_cursor_that_was_never_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        place_of(cursor)
    assert caught.value.field == "cursor"


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=80))
def test_no_text_is_an_error_of_ours(text: str) -> None:
    with pytest.raises(InvalidParameter):
        place_of(text)
