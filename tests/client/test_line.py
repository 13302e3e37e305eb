"""Whatever an app puts into a call, a line is an event that the service takes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from localytics.client.line import FIELDS, line
from localytics.event import Event

DECODER = msgspec.json.Decoder(Event)
AT = 1_767_225_600_123_456_789

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]))
    | st.binary()
    | st.decimals()
    | st.complex_numbers()
    | st.datetimes()
    | st.uuids(),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner)
        | st.frozensets(st.integers())
        | st.dictionaries(st.text(max_size=50) | st.integers() | st.none(), inner, max_size=20)
    ),
    max_leaves=30,
)


def read(text: bytes) -> Event:
    """A line as the service reads it."""
    event = DECODER.decode(text)
    event.check()
    event.check_text()
    return event


def test_fields_are_those_of_the_event() -> None:
    assert set(Event.__struct_fields__) == FIELDS


@given(st.dictionaries(st.text(max_size=50).filter(lambda name: name not in FIELDS), anything))
def test_any_value_of_any_other_name_is_taken_as_metadata(fields: dict[str, Any]) -> None:
    event = read(line(AT, "a", fields, "app"))
    given_names = {name for name, value in fields.items() if value is not None}
    assert len(event.metadata or {}) <= len(given_names)
    assert bool(event.metadata) == bool(given_names)


@given(anything)
def test_any_metadata_is_taken(metadata: Any) -> None:
    read(line(AT, "a", {"metadata": metadata}, None))


@given(
    st.dictionaries(
        st.text('aé€😀 "', max_size=20),
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text('aé€😀 \n\t"\\'),
        max_size=20,
    )
)
def test_what_json_can_hold_arrives_as_it_is(metadata: dict[str, Any]) -> None:
    assert (read(line(AT, "a", {"metadata": metadata}, None)).metadata or {}) == metadata


def test_deep_nesting_ends_as_text() -> None:
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    read(line(AT, "a", {"deep": deep}, None))
    read(line(AT, "a", {"metadata": {"deep": {"deeper": deep}}}, None))


def test_money_stays_exact_and_time_keeps_its_microseconds() -> None:
    event = read(line(AT, "a", {"cost_usd": Decimal("0.000000001")}, None))
    assert event.cost_usd == Decimal("0.000000001")
    assert event.timestamp == datetime.fromisoformat("2026-01-01T00:00:00.123456+00:00")


def test_ids_of_later_calls_sort_later() -> None:
    ids = [read(line(AT + ms * 1_000_000, "a", {}, None)).id or "" for ms in range(100)]
    assert sorted(ids) == ids
    assert len(set(ids)) == 100
    assert {one[14] for one in ids} == {"7"}
