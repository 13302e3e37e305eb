"""Talk: who answered whom how soon, and how well a conversation is, once more in plain Python."""

import math
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.messenger.model import Messenger
from tests.wall_clock import window

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Words = dict[str, str]


class Talk:
    """The messages that count, of those that `words` mean."""

    def __init__(self, messenger: Messenger, words: Words) -> None:
        self.now = messenger.now
        self.start, self.end = window(words, "30d", self.now, [])
        self.events = messenger.events
        self.messages = [
            one
            for one in messenger.events
            if messenger.counts(one)
            and words.get("conversation_id", one.conversation) == one.conversation
            and words.get("source", one.wire.get("source")) == one.wire.get("source")
        ]

    def turns(self, hours: int) -> list[tuple[str, datetime, str | None, timedelta | None]]:
        """Conversation, time, and who answered after how long, of all turns of the window."""
        late = hours * HOUR
        until = max(self.end, min(self.now, self.end + late))
        said: dict[str, dict[tuple[str, object], datetime]] = defaultdict(dict)
        for one in sorted(self.messages, key=lambda one: one.at):
            if one.user is not None and self.start <= one.at < until:
                said[str(one.conversation)].setdefault((one.user, one.message), one.at)
        found: list[tuple[str, datetime, str | None, timedelta | None]] = []
        for conversation, messages in said.items():
            order = sorted((at, who) for (who, _), at in messages.items())
            for (at, who), after in zip(order, [*order[1:], None], strict=True):
                soon = after is not None and after[0] - at <= late
                if at >= self.end or (soon and after is not None and after[1] == who):
                    continue
                if soon and after is not None:
                    found.append((conversation, at, after[1], after[0] - at))
                else:
                    found.append((conversation, at, None, None))
        return found

    def response_times(self, words: Words) -> dict[str, Any]:
        hours, limit = int(words.get("max_hours", 24)), int(words.get("limit", 10))
        only = words.get("user_id")
        turns = [one for one in self.turns(hours) if only in {None, one[2]}]
        waiting = [one for one in turns if one[2] is None and one[1] + hours * HOUR > self.now]
        over = [one for one in turns if one not in waiting]
        by_conversation, by_person = defaultdict(list), defaultdict(list)
        for one in over:
            by_conversation[one[0]].append(one)
            if one[2] is not None:
                by_person[one[2]].append(one)
        conversations = [{"conversation_id": c, **told(of)} for c, of in by_conversation.items()]
        people = [
            {
                "user_id": who,
                **{k: v for k, v in told(of).items() if k not in ("turns", "unanswered")},
            }
            for who, of in by_person.items()
        ]
        everything = told(over)
        return everything | {
            "waiting": len(waiting),
            "response_rate": (Fraction(100 * everything["answered"], len(over)) if over else None),
            "conversations": sorted(
                conversations, key=lambda one: (-one["turns"], one["conversation_id"])
            )[:limit],
            "responders": sorted(people, key=lambda one: (-one["answered"], one["user_id"]))[
                :limit
            ],
        }

    def conversation_health(self, words: Words) -> dict[str, Any]:
        within = [one for one in self.messages if self.start <= one.at < self.end]
        length = self.end - self.start
        before = [one for one in self.messages if self.start - length <= one.at < self.start]
        last = max((one.at for one in self.messages if one.at < self.end), default=None)
        age = None if last is None else max(0, (min(self.end, self.now) - last) / DAY)
        senders = Counter(one.user for one in within if one.user is not None)
        shares = [count / senders.total() for count in senders.values()]
        entropy = -sum(p * math.log(p) for p in shares) if shares else None
        turns = self.turns(24)
        over = [one for one in turns if one[2] is not None or one[1] + DAY <= self.now]
        responses = {k: v for k, v in told(over).items() if k in RESPONSES}
        scores: dict[str, float | None] = {
            "recency": None if age is None else 100 / 2 ** (age / 7),
            "balance": None if entropy is None else 100 * entropy / math.log(max(2, len(senders))),
            "response": (
                100
                * (responses["answered"] / len(over))
                / (1 + float(responses["median_response_ms"] or 0) / 3.6e6)
                if over
                else None
            ),
            "trend": 100 * len(within) / (len(within) + len(before)) if within or before else None,
        }
        weights = {"recency": 3, "balance": 2, "response": 3, "trend": 2}
        known = {part for part in weights if scores[part] is not None}
        whole = sum(weights[part] for part in known)

        def part(name: str, **figures: Any) -> dict[str, Any]:
            weight = Fraction(weights[name], whole) if name in known else 0.0
            return {"score": near(scores[name]), "weight": weight, **figures}

        change = (len(within) - len(before)) / len(before) * 100 if before else 100.0 * bool(within)
        return {
            "conversation_id": words["conversation_id"],
            "health": (
                near(sum(weights[p] * (scores[p] or 0) for p in known) / whole) if whole else None
            ),
            "recency": part("recency", days_since_last_message=near(age), last_message_at=last),
            "balance": part("balance", participants=len(senders), entropy=near(entropy)),
            "response": part("response", **responses),
            "trend": part(
                "trend",
                messages=len(within),
                previous_messages=len(before),
                change_percentage=near(round(change, 2)),
            ),
        }


RESPONSES = ("answered", "unanswered", "median_response_ms")


def told(turns: list[Any]) -> dict[str, Any]:
    times = sorted(time for _, _, _, time in turns if time is not None)
    return {
        "turns": len(turns),
        "answered": len(times),
        "unanswered": len(turns) - len(times),
        "median_response_ms": rank(times, Fraction(1, 2)),
        "p95_response_ms": rank(times, Fraction(19, 20)),
    }


def rank(times: list[timedelta], share: Fraction) -> Fraction | None:
    """The nearest."""
    if not times:
        return None
    return Fraction(times[math.ceil(share * len(times)) - 1] // timedelta(microseconds=1), 1000)


def near(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)
