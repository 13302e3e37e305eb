"""A messenger once more, in plain Python: every figure counted from the events as they were sent.

It knows no SQL and nothing of what the reports share: deliveries in their order, looked at one by
one. Figures that divide are fractions.
"""

from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.wall_clock import buckets, window

DAY = timedelta(days=1)
ARRIVALS = ("conversation.created", "conversation.joined")
FILTERS = ("user_id", "conversation_id", "source")
Wire = dict[str, Any]


class Happened:
    """An event: what was sent, and when it happened."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.at = datetime.fromisoformat(wire["timestamp"]).astimezone(UTC)
        self.type: str = wire["event_type"]
        self.user: str | None = wire.get("user_id")
        self.conversation: str | None = wire.get("conversation_id")

    def said(self, name: str) -> str | None:
        """What its metadata says by a name, where that is a name: text, or a whole number."""
        value = (self.wire.get("metadata") or {}).get(name)
        if type(value) is int:
            return str(value)
        return value if isinstance(value, str) and value else None

    @property
    def named(self) -> str | None:
        """The message that it says it is about."""
        return self.wire.get("message_id") or self.said("message_id")

    @property
    def message(self) -> tuple[str | None, str]:
        """The one it is or is about: of its source, as apps may give theirs the same names."""
        return self.wire.get("source"), self.named or str(self.wire["id"])


class Messenger:
    """The events of `deliveries`, of which the same may come twice, asked about at `now`."""

    def __init__(self, deliveries: list[Wire], now: datetime) -> None:
        first: dict[str, Happened] = {}
        for wire in deliveries:
            first.setdefault(wire["id"], Happened(wire))
        self.events = [*first.values()]
        self.now = now
        named = [one for one in self.events if one.named is not None]
        self.gone = {one.message for one in named if one.type == "message.deleted"}
        self.edits = [one for one in named if one.type == "message.edited"]

    def ask(self, report: str, words: dict[str, str], default: str) -> dict[str, Any]:
        """The answer but for its stamp; None for a 404."""
        question = _Question(self, words, default)
        answer: dict[str, Any] = getattr(question, report)()
        return answer

    def called(self, name: str, field: str, who: str | None) -> str | None:
        """What the latest event says by a `name` in metadata about whoever `field` names."""
        mine = [one for one in self.events if one.wire.get(field) == who]
        found = [(one.at, said) for one in mine if (said := one.said(name)) is not None]
        return max(found)[1] if found else None

    def counts(self, one: Happened) -> bool:
        """Whether it is a message, and still there."""
        sent = one.type == "message.sent" and one.conversation is not None
        return sent and one.message not in self.gone

    def edited(self, one: Happened, field: str) -> Any:
        """As the latest edit says; of edits of one instant the longer, or the last by name."""
        edits = [edit for edit in self.edits if edit.message == one.message]
        said = [(edit.at, edit.wire[field]) for edit in edits if field in edit.wire]
        return max(said)[1] if said else one.wire.get(field)


class _Question:
    def __init__(self, messenger: Messenger, words: dict[str, str], default: str) -> None:
        self.messenger = messenger
        self.words = words
        self.zone = ZoneInfo(words.get("timezone", "UTC"))
        times = [one.at for one in messenger.events]
        self.start, self.end = window(words, default, messenger.now, times)
        self.days = Fraction((self.end - self.start) // timedelta(microseconds=1)) / (
            86_400 * 10**6
        )

    # One method for every report.

    def messages(self) -> dict[str, Any]:
        sent = self._sent(self.start, self.end)
        types = Counter(self.messenger.edited(one, "message_type") or "unknown" for one in sent)
        lengths = [self.messenger.edited(one, "message_length") for one in sent]
        known = [length for length in lengths if length is not None]
        return {
            "total_messages": len(sent),
            **{f"{kind}_messages": types[kind] for kind in ("text", "image", "file", "system")},
            "unique_senders": len({one.user for one in sent} - {None}),
            "avg_message_length": Fraction(sum(known), len(known)) if known else None,
            "message_type_distribution": {
                kind: Fraction(100 * count, len(sent)) for kind, count in types.items()
            },
        }

    def timeline(self) -> dict[str, Any]:
        word = self.words.get("interval", "daily")
        grain = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}[word]
        starts = buckets(self.start, self.end, grain, self.zone)
        counts = [0] * len(starts)
        for one in self._sent(self.start, self.end):
            counts[bisect_right(starts, one.at) - 1] += 1
        return {
            "timeline": [
                {"timestamp": self._local(start), "count": count}
                for start, count in zip(starts, counts, strict=True)
            ]
        }

    def top_senders(self) -> dict[str, Any]:
        counts = Counter(one.user for one in self._sent(self.start, self.end) if one.user)
        ranked = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return {
            "top_senders": [
                {
                    "user_id": user,
                    "username": self.messenger.called("username", "user_id", user),
                    "message_count": count,
                }
                for user, count in ranked[: int(self.words.get("limit", 10))]
            ]
        }

    def user(self) -> dict[str, Any]:
        sent = self._sent(self.start, self.end)
        mine = self._within(self.start, self.end)
        read = {one.message for one in mine if one.type == "message.read"}
        acts = [
            one
            for one in mine
            if one.type != "message.sent" or one.conversation is None or self.messenger.counts(one)
        ]
        return {
            "user_id": self.words["user_id"],
            "period_days": self.days,
            "messages_sent": len(sent),
            "messages_read": len(read - self.messenger.gone),
            "active_conversations": len({one.conversation for one in sent}),
            "avg_messages_per_day": len(sent) / self.days,
            "first_message_date": self._first(sent),
            "last_activity_date": self._last(acts),
        }

    def engagement(self) -> dict[str, Any]:
        now = self._engaged(self.start, self.end)
        before = self._engaged(self.start - (self.end - self.start), self.start)
        return {
            "period_days": self.days,
            **now,
            **{
                f"{name}_trend": _trend(now[name], before[name])
                for name in ("total_users", "active_users", "engaged_users")
            },
            "previous": before,
        }

    def conversation(self) -> dict[str, Any]:
        who = self.words["conversation_id"]
        mine = self._within(self.start, self.end)
        sent = [one for one in mine if self.messenger.counts(one)]
        created = [one for one in mine if one.type == "conversation.created"]
        since = min((one.at for one in created or mine), default=self.messenger.now)
        age = (self.messenger.now - since) // DAY
        return {
            "conversation_id": who,
            "type": self.messenger.called("conversation_type", "conversation_id", who),
            "title": self.messenger.called("title", "conversation_id", who),
            "created_at": self._first(created),
            "participant_count": len(self._members(self.end)),
            "active_participants": len({one.user for one in sent} - {None}),
            "message_count": len(sent),
            "messages_per_day": Fraction(len(sent), max(1, age)),
            "conversation_age_days": max(0, age),
            "first_message_date": self._first(sent),
            "last_message_date": self._last(sent),
        }

    def top_conversations(self) -> dict[str, Any]:
        sent = self._sent(self.start, self.end)
        members: Counter[str | None] = Counter(
            conversation for conversation, _ in self._members(self.end)
        )
        found: list[dict[str, Any]] = []
        for conversation in {one.conversation for one in sent}:
            inside = [one for one in sent if one.conversation == conversation]
            found.append(
                {
                    "conversation_id": conversation,
                    "type": self.messenger.called(
                        "conversation_type", "conversation_id", conversation
                    ),
                    "title": self.messenger.called("title", "conversation_id", conversation),
                    "message_count": len(inside),
                    "participant_count": members[conversation],
                    "messages_per_day": len(inside) / self.days,
                    "last_message_date": self._last(inside),
                }
            )
        by: dict[str, Any] = {
            "messages": lambda one: -one["message_count"],
            "participants": lambda one: -one["participant_count"],
            "activity": lambda one: -one["last_message_date"].timestamp(),
        }
        first = by[self.words.get("sort_by", "messages")]
        found.sort(key=lambda one: (first(one), -one["message_count"], one["conversation_id"]))
        return {"conversations": found[: int(self.words.get("limit", 10))]}

    def dashboard(self) -> dict[str, Any]:
        now = self.messenger.now
        return {
            "period_days": self.days,
            "message_stats": self.messages(),
            "engagement_metrics": self.engagement(),
            "active_users_24h": {
                "period_hours": 24,
                "active_users": len({one.user for one in self._sent(now - DAY, now)} - {None}),
                "timestamp": now,
            },
            "top_senders": self.top_senders()["top_senders"][:5],
            "message_timeline": self.timeline()["timeline"],
        }

    # What they share.

    def _within(self, start: datetime | None, end: datetime) -> list[Happened]:
        wanted = {name: self.words[name] for name in FILTERS if name in self.words}
        wanted |= (
            {"user_id": self.words["user_id_filter"]} if "user_id_filter" in self.words else {}
        )
        return [
            one
            for one in self.messenger.events
            if (start is None or start <= one.at)
            and one.at < end
            and all(one.wire.get(name) == value for name, value in wanted.items())
        ]

    def _sent(self, start: datetime | None, end: datetime) -> list[Happened]:
        return [one for one in self._within(start, end) if self.messenger.counts(one)]

    def _engaged(self, start: datetime, end: datetime) -> dict[str, Any]:
        known = len({one.user for one in self._within(None, end)} - {None})
        counts = Counter(one.user for one in self._sent(start, end) if one.user)
        engaged = sum(count >= 5 for count in counts.values())
        return {
            "total_users": known,
            "active_users": len(counts),
            "engaged_users": engaged,
            "engagement_rate": Fraction(100 * len(counts), known) if known else None,
            "deep_engagement_rate": Fraction(100 * engaged, known) if known else None,
        }

    def _members(self, end: datetime) -> set[tuple[str, str]]:
        """Replayed: comings before goings, where they are of one instant."""
        moves: dict[tuple[str, str], list[tuple[datetime, bool, bool]]] = {}
        for one in self._within(None, end):
            arrives, leaves = one.type in ARRIVALS, one.type == "conversation.left"
            if one.user is None or one.conversation is None:
                continue
            if arrives or leaves or self.messenger.counts(one):
                who = (one.conversation, one.user)
                moves.setdefault(who, []).append((one.at, leaves, arrives))
        inside = set()
        for who, steps in moves.items():
            ever_joined = any(arrives for _, _, arrives in steps)
            there = False
            for _, leaves, arrives in sorted(steps):
                if leaves:
                    there = False
                elif arrives or not ever_joined:
                    there = True
            if there:
                inside.add(who)
        return inside

    def _first(self, found: list[Happened]) -> datetime | None:
        return self._local(min(one.at for one in found)) if found else None

    def _last(self, found: list[Happened]) -> datetime | None:
        return self._local(max(one.at for one in found)) if found else None

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)


def _trend(now: int, before: int) -> float:
    if before == 0:
        return 100.0 if now else 0.0
    return float(round(Fraction(now - before, before) * 100, 2))
