from datetime import UTC, datetime

import pytest

from localytics.query.ever import Ever
from localytics.query.spell import Spell
from localytics.query.state import State
from localytics.rollup.rollups import DAY, HOUR

LONG_AGO, FAR_OFF = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC)


def pieces(start: str, end: str, *, oldest: datetime, newest: datetime) -> list[tuple[int, str]]:
    """The pieces that are not empty, as `day hour:minute-day hour:minute`."""
    spell = Spell("start", "end", (HOUR, DAY))
    state = State(9, 9, 9, [], None, None, oldest, newest, Ever())
    values = {"start": at(start), "end": at(end)}
    values |= spell.values(values["start"], values["end"], state)
    return [
        (one.grain, f"{values[one.since]:%d %H:%M}-{values[one.until]:%d %H:%M}")
        for one in spell.pieces
        if values[one.since] < values[one.until]
    ]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("01 00:00", "03 00:00", [(DAY, "01 00:00-03 00:00")]),
        ("01 09:00", "01 11:00", [(HOUR, "01 09:00-01 11:00")]),
        ("01 09:10", "01 09:50", [(0, "01 09:10-01 09:50")]),
        ("01 09:50", "01 10:10", [(0, "01 09:50-01 10:00"), (0, "01 10:00-01 10:10")]),
        (
            "01 22:30",
            "03 01:30",
            [
                (DAY, "02 00:00-03 00:00"),
                (HOUR, "01 23:00-02 00:00"),
                (HOUR, "03 00:00-03 01:00"),
                (0, "01 22:30-01 23:00"),
                (0, "03 01:00-03 01:30"),
            ],
        ),
    ],
)
def test_a_spell_is_cut_into_the_coarsest_slots(
    start: str, end: str, found: list[tuple[int, str]]
) -> None:
    assert pieces(start, end, oldest=LONG_AGO, newest=FAR_OFF) == found


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("01 22:30", "03 01:30", [(DAY, "01 00:00-04 00:00")]),
        ("01 22:31", "03 01:30", [(DAY, "02 00:00-04 00:00"), (HOUR, "01 23:00-02 00:00")]),
        ("01 22:00", "03 01:29", [(DAY, "01 00:00-03 00:00"), (HOUR, "03 00:00-03 01:00")]),
    ],
)
def test_slots_reach_over_an_end_beyond_which_there_is_nothing(
    start: str, end: str, found: list[tuple[int, str]]
) -> None:
    slots = pieces(start, end, oldest=at("01 22:30"), newest=at("03 01:29"))
    assert [one for one in slots if one[0]] == found
