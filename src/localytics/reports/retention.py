"""Retention: of the people that each period brought, how many came back in the later ones.

A person belongs to the period in which they did `cohort_event` for the first time of all that is
stored, and came back in every later period in which they did `return_event`; filters narrow both.
Periods are local days, weeks (Monday first) or months. Those that share time with the window are
what is looked at, and each is counted whole, also where the window cuts it: half a first week would
make newcomers of half the people.
"""

from collections import defaultdict
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from msgspec import Meta, Struct

from localytics.errors import InvalidWindow
from localytics.query.ask import Ask
from localytics.query.presence import days_of
from localytics.query.report import Answer, Report

MOST_PERIODS = 200
Period = Literal["day", "week", "month"]
_EventType = Annotated[str, Meta(min_length=1, max_length=200)]


class RetentionOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a period is, what makes a newcomer, and what counts as coming back."""

    period: Annotated[Period, Meta(description="How long a period is.")] = "week"
    cohort_event: Annotated[
        _EventType | None,
        Meta(description="The event type that makes a newcomer the first time. Default: any."),
    ] = None
    return_event: Annotated[
        _EventType | None, Meta(description="The event type that counts as a return. Default: any.")
    ] = None


class Returned(Struct, frozen=True, kw_only=True):
    """How many of a cohort were there in a later period, the `period`th after its own; so far,
    where the period has not ended yet and is `unfinished`. `percentage` is of the cohort's size.
    """

    period: int
    start: datetime
    users: int
    percentage: float | None
    unfinished: bool


class Cohort(Struct, frozen=True, kw_only=True):
    """The people whose first time was in the period that begins at `start`.

    `periods` has a place for every later period of the longest cohort; null where that period has
    not begun yet, or lies behind the window.
    """

    start: datetime
    size: int
    unfinished: bool
    periods: list[Returned | None]


class AverageReturn(Struct, frozen=True, kw_only=True):
    """Of all people whose `period`th period after their first has ended, the share that was there
    in it: the mean of the cohorts, weighted by their sizes. Null where there is nobody."""

    period: int
    users: int
    returned: int
    percentage: float | None


class Retention(Answer, frozen=True, kw_only=True):
    """One cohort for each period that has begun, and the line of their weighted averages."""

    period: Period
    cohort_event: str | None
    return_event: str | None
    total_users: int
    cohorts: list[Cohort]
    average: list[AverageReturn]


class _Counted(Struct, frozen=True, kw_only=True):
    cohort: int
    period: int | None
    users: int


def read(ask: Ask) -> Retention:
    """The cohorts of the window's periods; InvalidWindow where these are too many for a table."""
    begun = [one for one in ask.periods if one[0] <= ask.now]
    if len(begun) > MOST_PERIODS:
        raise InvalidWindow(
            f"The window has more than {MOST_PERIODS} periods of one {ask.options.period}",
            hint="Choose a longer period (day, week or month) or a shorter window.",
            field="period",
        )
    if ask.question.window.start_date is not None and any(end > ask.now for _, end in ask.periods):
        ask.fleeting = True  # periods that the clock begins and ends, in a window that stays
    sizes: dict[int, int] = defaultdict(int)
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for one in ask.rows("cohorts", _Counted, **days_of(begun)):
        if one.period is None:
            sizes[one.cohort] = one.users
        else:
            counts[one.cohort, one.period] = one.users
    ended = [until <= ask.now for _, until in begun]
    return Retention(
        **ask.stamp() | {"exact": True},
        period=ask.options.period,
        cohort_event=ask.options.cohort_event,
        return_event=ask.options.return_event,
        total_users=sum(sizes.values()),
        cohorts=[
            Cohort(
                start=ask.local(since),
                size=sizes[cohort],
                unfinished=not ended[cohort],
                periods=[
                    Returned(
                        period=later - cohort,
                        start=ask.local(begun[later][0]),
                        users=counts[cohort, later],
                        percentage=_percentage(counts[cohort, later], sizes[cohort]),
                        unfinished=not ended[later],
                    )
                    if later < len(begun)
                    else None
                    for later in range(cohort + 1, cohort + len(begun))
                ],
            )
            for cohort, (since, _) in enumerate(begun)
        ],
        average=[
            _average(
                number, [c for c in range(len(begun) - number) if ended[c + number]], sizes, counts
            )
            for number in range(1, len(begun))
        ],
    )


def _average(
    period: int, cohorts: list[int], sizes: dict[int, int], counts: dict[tuple[int, int], int]
) -> AverageReturn:
    users = sum(sizes[cohort] for cohort in cohorts)
    returned = sum(counts[cohort, cohort + period] for cohort in cohorts)
    return AverageReturn(
        period=period, users=users, returned=returned, percentage=_percentage(returned, users)
    )


def _percentage(part: int, whole: int) -> float | None:
    return float(Fraction(100 * part, whole)) if whole else None


report = Report(
    path="analytics/retention",
    summary="Who came back, by when they first came",
    answer=Retention,
    read=read,
    table="cohorts",
    window="90d",
    options=RetentionOptions,
    grain_option="period",
)
