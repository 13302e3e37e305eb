"""The reports once more, in plain Python: every figure counted from the events as they were sent.

Independent of the SQL, of window.py and of what the reports share. Figures that divide are
fractions; `tests.differences` compares them with the floats of an answer.
"""

from bisect import bisect_right
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.counted import Counted, Wire, counted
from tests.figures import (
    METRICS,
    busiest,
    change,
    cost,
    direction,
    distinct,
    durations,
    failed,
    grouped,
    leaders,
    mean,
    mean_duration,
    messages,
    percent,
    percentile_95,
    ranked,
    slope,
    tokens,
    trend,
)
from tests.wall_clock import buckets, window

FILTERS = (
    "project_id",
    "user_id",
    "session_id",
    "conversation_id",
    "device_id",
    "source",
    "model",
    "agent",
    "event_type",
)


ALIASES = {"user_id_filter": "user_id", "interval": "group_by"}


GRAINS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


WEEK = timedelta(days=7)


class Recount:
    """One question about a list of events, asked at `now`; `answer` has all but the stamp."""

    def __init__(
        self, events: list[Wire], words: dict[str, Any], default: str, now: datetime
    ) -> None:
        self.words = {ALIASES.get(word, word): value for word, value in words.items()}
        self.now = now
        self.everything = [counted(wire) for wire in events]
        self.zone = ZoneInfo(self.words.get("timezone", "UTC"))
        self.start, self.end = window(
            self.words, default, now, [event.at for event in self.everything]
        )
        self.events = self.between(self.start, self.end)
        self.messages = messages(self.events)

    def between(self, start: datetime, end: datetime) -> list[Counted]:
        wanted = {field: self.words[field] for field in FILTERS if field in self.words}
        return [
            event
            for event in self.everything
            if start <= event.at < end
            and all(event[field] == value for field, value in wanted.items())
        ]

    def answer(self, report: str) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self, report)()
        return found

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def by_bucket(
        self, events: list[Counted], grain: str | None = None
    ) -> list[tuple[datetime, list[Counted]]]:
        word = grain or self.words.get("group_by", "day")
        starts = buckets(self.start, self.end, GRAINS.get(word, word), self.zone)
        filled: list[tuple[datetime, list[Counted]]] = [(self.local(s), []) for s in starts]
        for event in events:
            filled[bisect_right(starts, event.at) - 1][1].append(event)
        return filled

    def after(self, end: datetime, grain: str) -> datetime:
        """The first start of a bucket at or after `end`."""
        later = buckets(end, end + timedelta(days=8), grain, self.zone)
        return self.local(next(start for start in later if start >= end))

    def whole_days(self) -> slice:
        """Of the days of the window, those that are all in it and have ended."""
        starts = buckets(self.start, self.end, "day", self.zone)
        if not starts:
            return slice(0)
        ends = [*starts[1:], self.after(self.end, "day")]
        whole = [
            start >= self.start and end <= min(self.end, self.now)
            for start, end in zip(starts, ends, strict=True)
        ]
        return slice(whole.index(True), whole.index(True) + sum(whole)) if any(whole) else slice(0)

    # One method for every report.

    def tokens(self) -> dict[str, Any]:
        kinds = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")
        return {
            "data_points": [
                {"timestamp": at}
                | {kind: sum(m[kind] or 0 for m in found) for kind in kinds}
                | {"total_tokens": tokens(found)}
                for at, found in self.by_bucket(self.messages)
            ],
            "total_input_tokens": sum(m["input_tokens"] or 0 for m in self.messages),
            "total_output_tokens": sum(m["output_tokens"] or 0 for m in self.messages),
            "avg_input_tokens_per_message": mean(m["input_tokens"] for m in self.messages),
            "avg_output_tokens_per_message": mean(m["output_tokens"] for m in self.messages),
        }

    def summary(self) -> dict[str, Any]:
        def totals(events: list[Counted]) -> dict[str, Any]:
            sent = messages(events)
            return {
                "total_messages": len(sent),
                "total_sessions": distinct(events, "session_id"),
                "total_projects": distinct(events, "project_id"),
                "total_users": distinct(events, "user_id"),
                "total_events": len(events),
                "total_tokens": tokens(sent),
                "total_cost": cost(sent),
                "avg_response_time_ms": mean_duration(sent),
            }

        now = totals(self.events)
        before = totals(self.between(self.start - (self.end - self.start), self.start))
        return now | {
            "previous": before,
            "active_sessions": distinct(self.between(self.end - WEEK, self.end), "session_id"),
            "messages_trend": trend(now["total_messages"], before["total_messages"]),
            "cost_trend": trend(now["total_cost"], before["total_cost"]),
            "most_active_project": next((k for k, _ in ranked(self.messages, "project_id")), None),
            "most_used_model": next((k for k, _ in ranked(self.messages, "model")), None),
            "period_hours": Fraction((self.end - self.start) // timedelta(microseconds=1))
            / 3_600_000_000,
            "summary": {
                kind: {
                    "count": len(found),
                    "avg_duration_ms": mean_duration(found),
                    "error_count": failed(found),
                }
                for kind, found in grouped(self.events, "event_type").items()
            },
        }

    def usage(self) -> dict[str, Any]:
        return {
            "total_messages": len(self.messages),
            "total_tokens": tokens(self.messages),
            "total_sessions": distinct(self.messages, "session_id"),
            "avg_response_time_ms": mean_duration(self.messages),
            "daily_usage": [
                {
                    "date": at.strftime("%Y-%m-%d"),
                    "messages": len(found),
                    "tokens": tokens(found),
                    "sessions": distinct(found, "session_id"),
                }
                for at, found in self.by_bucket(self.messages, "day")
            ],
        }

    def timeline(self) -> dict[str, Any]:
        return {
            "timeline": [
                {
                    "timestamp": at,
                    "count": len(found),
                    "error_count": failed(found),
                    "unique_users": distinct(found, "user_id"),
                }
                for at, found in self.by_bucket(self.events)
            ]
        }

    def aggregations(self) -> dict[str, Any]:
        grain = GRAINS[self.words.get("aggregation_type", "daily")]
        periods = self.by_bucket(self.events, grain)
        ends = [*(start for start, _ in periods[1:]), self.after(self.end, grain)]
        return {
            "aggregations": [
                {
                    "event_type": kind,
                    "period_start": start,
                    "period_end": end,
                    "count": len(found),
                    "avg_duration_ms": mean_duration(found),
                    "min_duration_ms": min(durations(found), default=None),
                    "max_duration_ms": max(durations(found), default=None),
                    "error_count": failed(found),
                    "success_rate": percent(len(found) - failed(found), len(found)),
                }
                for (start, events), end in zip(periods, ends, strict=False)
                for kind, found in sorted(grouped(events, "event_type").items())
            ]
        }

    def activity_heatmap(self) -> dict[str, Any]:
        local = [(self.local(m.at), m) for m in self.messages]
        cells = []
        for day in range(7):
            for hour in range(24):
                found = [m for at, m in local if (at.weekday(), at.hour) == (day, hour)]
                cells.append(
                    {
                        "day_of_week": day,
                        "hour": hour,
                        "count": len(found),
                        "avg_cost": mean(m.cost for m in found),
                        "avg_response_time": mean_duration(found),
                    }
                )
        return {
            "cells": cells,
            "total_messages": len(self.messages),
            "peak_hour": busiest([at.hour for at, _ in local]),
            "peak_day": busiest([at.weekday() for at, _ in local]),
        }

    def costs(self) -> dict[str, Any]:
        def split(sent: list[Counted], field: str) -> dict[str, Decimal | None]:
            billed = [m for m in sent if m.cost is not None or m.unpriced]
            return {key: cost(found) for key, found in grouped(billed, field, "unknown").items()}

        return {
            "data_points": [
                {
                    "timestamp": at,
                    "cost": cost(found),
                    "message_count": len(found),
                    "cost_by_model": split(found, "model"),
                }
                for at, found in self.by_bucket(self.messages)
            ],
            "total_cost": cost(self.messages),
            "average_cost_per_message": mean(m.cost for m in self.messages),
            "cost_by_model": split(self.messages, "model"),
            "cost_by_project": split(self.messages, "project_id"),
            "unpriced_messages": sum(m.unpriced for m in self.messages),
        }

    def models_usage(self) -> dict[str, Any]:
        before = messages(self.between(self.start - (self.end - self.start), self.start))
        models = []
        for model, found in ranked(self.messages, "model"):
            previous = sum(m["model"] == model for m in before)
            models.append(
                {
                    "model": model,
                    "message_count": len(found),
                    "total_cost": cost(found),
                    "avg_cost_per_message": mean(m.cost for m in found),
                    "avg_response_time_ms": mean_duration(found),
                    "p95_response_time_ms": percentile_95(found),
                    "avg_tokens_input": mean(m["input_tokens"] for m in found),
                    "avg_tokens_output": mean(m["output_tokens"] for m in found),
                    "previous_message_count": previous,
                    "trend_percentage": trend(len(found), previous),
                }
            )
        return {
            "models": models,
            "total_models": len(models),
            "most_used": models[0]["model"] if models else None,
            "least_used": models[-1]["model"] if models else None,
        }

    def models(self) -> dict[str, Any]:
        found = ranked(self.messages, "model")
        return {
            "models": [
                {
                    "model_id": model,
                    "model_name": NAMES[model],
                    "usage_count": len(sent),
                    "total_tokens": tokens(sent),
                }
                for model, sent in found
            ],
            "total_usage": sum(len(sent) for _, sent in found),
        }

    def agents(self) -> dict[str, Any]:
        calls = [
            one
            for one in self.events
            if one["event_type"] in ("message.sent", "message.failed")
            and one["role"] == "assistant"
        ]
        agents: list[dict[str, Any]] = []
        for agent in {one["agent"] or "unknown" for one in calls}:
            found = [one for one in calls if (one["agent"] or "unknown") == agent]
            answers, lost = messages(found), len(found) - len(messages(found))
            agents.append(
                {
                    "name": agent,
                    "usage_count": len(answers),
                    "total_tokens": tokens(answers),
                    "avg_response_time_ms": mean_duration(answers),
                    "error_count": failed(answers) + lost,
                    "error_rate": percent(failed(answers) + lost, len(found)),
                }
            )
        agents.sort(key=lambda one: (-one["usage_count"], one["name"]))
        return {"agents": agents, "total_calls": len(messages(calls))}

    def projects(self) -> dict[str, Any]:
        found = ranked(self.messages, "project_id")
        return {
            "projects": [
                {
                    "project_id": project,
                    "project_name": NAMES[project],
                    "messages": len(sent),
                    "sessions": distinct(sent, "session_id"),
                    "tokens": tokens(sent),
                    "cost": cost(sent),
                    "last_activity": self.local(max(m.at for m in sent)),
                }
                for project, sent in found
            ],
            "total_projects": len(found),
        }

    def projects_comparison(self) -> dict[str, Any]:
        projects: list[dict[str, Any]] = []
        for project in self.words["project_ids"]:
            sent = [m for m in self.messages if m["project_id"] == project]
            projects.append(
                {
                    "project_id": project,
                    "messages": len(sent),
                    "sessions": distinct(sent, "session_id"),
                    "tokens": tokens(sent),
                    "cost": cost(sent),
                    "avg_response_time_ms": mean_duration(sent),
                    "p95_response_time_ms": percentile_95(sent),
                    "error_rate": percent(failed(sent), len(sent)),
                    "daily_series": [
                        {
                            "timestamp": at,
                            "messages": len(found),
                            "tokens": tokens(found),
                            "cost": cost(found),
                        }
                        for at, found in self.by_bucket(sent, "day")
                    ],
                }
            )
        for one in projects:
            one["share"] = {}
            for figure in ("messages", "sessions", "tokens", "cost"):
                all_of_it = [other[figure] for other in projects]
                unknown = None in all_of_it or sum(all_of_it) == 0
                one["share"][figure] = None if unknown else percent(one[figure], sum(all_of_it))
        return {"projects": projects, "leaders": leaders(projects)}

    def trends(self) -> dict[str, Any]:
        metric = self.words.get("metric", "messages")
        measure, of_events = METRICS[metric]
        days = self.by_bucket(self.events if of_events else self.messages, "day")
        points = [(at, measure(found)) for at, found in days]
        # What is worked out from a daily mean starts from the float that it is answered as.
        values = [
            Fraction(float(value)) if isinstance(value, Fraction) else value for _, value in points
        ]
        averages = [mean(values[max(0, day - 6) : day + 1]) for day in range(len(values))]
        known = [value for value in values if value]
        highest = max(known) if known else None
        whole = values[self.whole_days()]
        return {
            "metric": metric,
            "data_points": [{"timestamp": at, "value": value} for at, value in points],
            "moving_average": [
                {"timestamp": at, "value": average}
                for (at, _), average in zip(points, averages, strict=True)
            ],
            "slope": slope(whole),
            "direction": direction(metric, whole),
            "change_percentage": change(metric, whole),
            "peak": next(
                (
                    {"timestamp": at, "value": value}
                    for (at, _), value in zip(points, values, strict=True)
                    if value and value == highest
                ),
                None,
            ),
        }

    def sessions(self) -> dict[str, Any]:
        """Of all pages at once."""
        sessions: list[dict[str, Any]] = []
        for session, found in grouped(self.events, "session_id").items():
            sent = messages(found)
            placed = [(event.at, event["project_id"]) for event in found]
            placed = [(at, project) for at, project in placed if project is not None]
            start, end = min(event.at for event in found), max(event.at for event in found)
            sessions.append(
                {
                    "session_id": session,
                    "project_id": max(placed)[1] if placed else None,
                    "start": self.local(start),
                    "end": self.local(end),
                    "duration_ms": Fraction((end - start) // timedelta(microseconds=1), 1000),
                    "messages": len(sent),
                    "tokens": tokens(sent),
                    "cost": cost(sent),
                    "models": sorted({m["model"] for m in sent if m["model"] is not None}),
                }
            )
        sessions.sort(key=lambda one: (one["start"].timestamp(), one["session_id"]), reverse=True)
        return {"sessions": sessions, "total_sessions": len(sessions), "next_cursor": None}


# What a model or project of the tests is called.
NAMES = {
    "claude-sonnet-4-5": "Claude Sonnet 4 5",
    "gpt-4o": "Gpt 4O",
    "models/house_model-7b.gguf": "House Model 7B",
    "tiny.bin": "Tiny",
    "/home/ada/compiler": "compiler",
    "C:\\work\\engine\\": "engine",
    "notes": "notes",
}
