"""Response times: how soon people in conversations answer each other.

A turn is what one person says in a row: messages of theirs with nobody else's in between, none more
than `max_hours` after the one before. It is answered by the first message of somebody else that
follows within `max_hours` of its last one, and that is the time it takes: who asks once more is
answered from then on. What nobody answered in time is unanswered; it is waiting as long as that can
still change, and counts for nothing yet. Turns are those whose last message lies in the window;
answers may come after it. Messages at the same instant stand in an order that is always the same.
"""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct

from localytics.query.ask import Ask
from localytics.query.report import Answer, Report

# Where more messages were sent twice, to know which takes longer than to look at all of them.
MOST_AGAIN = 1_000


class ResponseTimesOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How late an answer may be, and how much is listed."""

    max_hours: Annotated[
        int, Meta(ge=1, le=720, description="Hours after which a message is no answer any more.")
    ] = 24
    limit: Annotated[
        int, Meta(ge=1, le=100, description="Most conversations and responders that are listed.")
    ] = 10


class ConversationPace(Struct, frozen=True, kw_only=True):
    """The turns of one conversation; percentiles by nearest rank, null where none was answered."""

    conversation_id: str
    turns: int
    answered: int
    unanswered: int
    median_response_ms: float | None
    p95_response_ms: float | None


class Responder(Struct, frozen=True, kw_only=True):
    """The answers of one person."""

    user_id: str
    answered: int
    median_response_ms: float
    p95_response_ms: float


class ResponseTimes(Answer, frozen=True, kw_only=True):
    """All turns, the conversations with most of them, and the people who answered most.

    With `user_id` only what that person answered is told, so that nothing is unanswered.
    """

    turns: int
    answered: int
    unanswered: int
    waiting: int
    response_rate: float | None
    median_response_ms: float | None
    p95_response_ms: float | None
    conversations: list[ConversationPace]
    responders: list[Responder]


class _Totals(Struct, frozen=True, kw_only=True):
    turns: int
    answered: int
    unanswered: int
    waiting: int
    median_response_ms: float | None
    p95_response_ms: float | None


class _Again(Struct, frozen=True, kw_only=True):
    message_id: int


def read(ask: Ask) -> ResponseTimes:
    """The turns, added up in three ways."""
    hours = timedelta(hours=ask.options.max_hours)
    latest = ask.window.end + hours
    if ask.question.window.start_date is not None and latest > ask.now:
        ask.fleeting = True  # answers after the window, as the clock moves on
    again = _again(ask) if ask.binds("turns", "again") else frozenset[int]()
    ask.values(
        "turns" if len(again) <= MOST_AGAIN else "turns_one_by_one",
        again=[*again],
        until=max(ask.window.end, min(ask.now, latest)),
        waiting_since=ask.now - hours,
        responder=ask.question.filters.get("user_id"),
    )
    totals = _Totals(**ask.values("totals"))
    return ResponseTimes(
        **ask.stamp(),
        turns=totals.turns,
        answered=totals.answered,
        unanswered=totals.unanswered,
        waiting=totals.waiting,
        response_rate=100 * totals.answered / totals.turns if totals.turns else None,
        median_response_ms=totals.median_response_ms,
        p95_response_ms=totals.p95_response_ms,
        conversations=ask.rows("conversations", ConversationPace),
        responders=ask.rows("responders", Responder),
    )


def _again(ask: Ask) -> frozenset[int]:
    """Messages that were sent more than once, by their numbers: all, or more than MOST_AGAIN."""

    def read_on(after: int, known: frozenset[int]) -> frozenset[int]:
        if len(known) > MOST_AGAIN:
            return known
        return known | {
            one.message_id for one in ask.rows("again", _Again, after=after, most=MOST_AGAIN + 1)
        }

    return ask.remembered(("again", MOST_AGAIN), read_on, frozenset[int]())


report = Report(
    path="messenger/analytics/response-times",
    summary="How soon people answer each other",
    answer=ResponseTimes,
    read=read,
    table="conversations",
    window="30d",
    longest=("days", 365),
    options=ResponseTimesOptions,
)
