"""Conversation health: how alive one conversation is, from 0 to 100, and why.

Four parts of 0 to 100 each, over the messages of the window, and of them the weighted mean:

    recency   100 * 2 ^ (-d / 7)               d days since the last message ever
    balance   100 * H / ln(max(k, 2))          H = -sum(p * ln(p)) over the shares p of messages of
                                               the k people who sent any: alone is 0, evenly 100
    response  100 * a / (a + u) / (1 + m / h)  a turns that were answered within 24 hours, in the
                                               median time m; u that were not; h an hour
    trend     100 * n / (n + b)                n messages, b in the window before: level is 50

A part of which nothing is known is null, and its weight goes to the others. What is asked about one
person's messages has their balance and trend, but the response of the whole conversation.
"""

import math
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from localytics.errors import NotFound
from localytics.query.ask import Ask
from localytics.query.report import Answer, Report
from localytics.query.trend import trend

WEIGHTS = {"recency": 0.3, "balance": 0.2, "response": 0.3, "trend": 0.2}
MAX_HOURS = 24
_HALF_LIFE = timedelta(days=7)
_HOUR_MS = 3_600_000
_DAY = timedelta(days=1)


class Recency(Struct, frozen=True, kw_only=True):
    """How long ago the last message was, at the end of the window or now."""

    score: float | None
    weight: float
    days_since_last_message: float | None
    last_message_at: datetime | None


class Balance(Struct, frozen=True, kw_only=True):
    """How evenly people take part; `entropy` is in nats."""

    score: float | None
    weight: float
    participants: int
    entropy: float | None


class Response(Struct, frozen=True, kw_only=True):
    """How many turns were answered, and how soon."""

    score: float | None
    weight: float
    answered: int
    unanswered: int
    median_response_ms: float | None


class Momentum(Struct, frozen=True, kw_only=True):
    """How many messages there are, beside the window before."""

    score: float | None
    weight: float
    messages: int
    previous_messages: int
    change_percentage: float | None


class ConversationHealth(Answer, frozen=True, kw_only=True):
    """The weighted mean of its parts, null where none of them is known."""

    conversation_id: str
    health: float | None
    recency: Recency
    balance: Balance
    response: Response
    trend: Momentum


def read(ask: Ask) -> ConversationHealth:
    """The parts and their mean; NotFound for a conversation that no event names."""
    if not ask.values("known")["known"]:
        raise NotFound(
            "There is no such conversation", hint="No event names it.", field="conversation_id"
        )
    hours = timedelta(hours=MAX_HOURS)
    latest = ask.window.end + hours
    ask.fleeting = latest > ask.now  # the last message grows older with the clock
    last: datetime | None = ask.values("last")["last_message_at"]
    shares = [one["messages"] for one in ask.rows("senders", dict[str, Any])]
    responses = ask.values(
        "responses",
        max_hours=MAX_HOURS,
        until=max(ask.window.end, min(ask.now, latest)),
        waiting_since=ask.now - hours,
    )
    messages: int = ask.values("messages")["messages"]
    previous: int = ask.values("previous")["messages"]
    age = None if last is None else max(ask.until - last, timedelta(0))
    entropy = _entropy(shares)
    scores = {
        "recency": None if age is None else 100 * 2 ** -(age / _HALF_LIFE),
        "balance": None if entropy is None else 100 * entropy / math.log(max(len(shares), 2)),
        "response": _response(**responses),
        "trend": 100 * messages / (messages + previous) if messages + previous else None,
    }
    known = sum(WEIGHTS[part] for part, score in scores.items() if score is not None)
    weights = {
        part: 0.0 if scores[part] is None else weight / known for part, weight in WEIGHTS.items()
    }
    return ConversationHealth(
        **ask.stamp(),
        conversation_id=ask.question.filters["conversation_id"],
        health=sum(weights[part] * (scores[part] or 0) for part in WEIGHTS) if known else None,
        recency=Recency(
            score=scores["recency"],
            weight=weights["recency"],
            days_since_last_message=None if age is None else age / _DAY,
            last_message_at=last,
        ),
        balance=Balance(
            score=scores["balance"],
            weight=weights["balance"],
            participants=len(shares),
            entropy=entropy,
        ),
        response=Response(
            score=scores["response"],
            weight=weights["response"],
            answered=responses["answered"],
            unanswered=responses["unanswered"],
            median_response_ms=responses["median_response_ms"],
        ),
        trend=Momentum(
            score=scores["trend"],
            weight=weights["trend"],
            messages=messages,
            previous_messages=previous,
            change_percentage=trend(messages, previous),
        ),
    )


def _entropy(messages: list[int]) -> float | None:
    whole = sum(messages)
    if not whole:
        return None
    return math.fsum(-(n / whole) * math.log(n / whole) for n in messages) + 0.0


def _response(answered: int, unanswered: int, median_response_ms: float | None) -> float | None:
    if not answered + unanswered:
        return None
    answered_share = answered / (answered + unanswered)
    return 100 * answered_share / (1 + (median_response_ms or 0) / _HOUR_MS)


report = Report(
    path="messenger/analytics/conversation-health/{conversation_id}",
    summary="How alive one conversation is, and why",
    answer=ConversationHealth,
    read=read,
    window="30d",
    longest=("days", 365),
    looks_back=True,
)
