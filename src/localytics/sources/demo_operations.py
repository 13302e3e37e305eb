"""Demo of operations: the machines of the team that never was: jobs, devices, errors, a metric.

What happens is stored as the collectors store it, so that the operations reports read it.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from localytics.event import Event


class _Job(NamedTuple):
    """Runs every so many hours from its first hour on; takes about so many seconds."""

    hour: int
    every: int
    seconds: float
    trouble: float  # share that does not end well


_JOBS = {
    "backup": _Job(2, 24, 400.0, 0.05),
    "search-index": _Job(1, 6, 90.0, 0.08),
    "invoice-sync": _Job(0, 2, 12.0, 0.04),
    "weekly-digest": _Job(6, 24, 35.0, 0.02),
}
_ENDINGS = {"failed": 6, "timeout": 2, "cancelled": 1}
_CODES = {
    "E_UPSTREAM": "The other side did not answer",
    "E_DISK": "No space left on the device",
    "E_LOCKED": "Another run holds the lock",
}
_ERRORS = {
    "api": ("Request body is not valid JSON", "Rate limit reached"),
    "database": ("Deadlock, the transaction was repeated", "Connection pool is exhausted"),
    "external_service": ("The payment service answered 503", "The mail service timed out"),
    "frontend": ("Cannot read properties of undefined", "Chunk could not be loaded"),
}
_SEVERITIES = {"critical": 1, "error": 9, "warning": 6, "info": 2}
_BUILDERS = ("build-agent-1", "build-agent-2")


def operations(dice: random.Random, day: datetime, source: str) -> Iterator[Event]:
    """The events of one day."""
    for kind, fields in (*_jobs(dice), *_devices(dice), *_errors(dice), *_depths(dice, day)):
        told = {name: value for name, value in fields.items() if value is not None}
        after = told.pop("after")
        number = f"demo-{day:%Y%m%d}-{told.pop('key')}"
        yield Event(
            event_type=kind,
            id=number,
            timestamp=day + timedelta(hours=after),
            source=source,
            **told,
        )


_Told = Iterator[tuple[str, dict[str, Any]]]  # event type, and the fields; `after` is in hours


def _jobs(dice: random.Random) -> _Told:
    for name, job in _JOBS.items():
        for hour in range(job.hour, 24, job.every):
            status, code = "success", None
            if dice.random() < job.trouble:
                (status,) = dice.choices(list(_ENDINGS), list(_ENDINGS.values()))
                code = dice.choice(list(_CODES)) if status == "failed" else None
            took = 600.0 if status == "timeout" else job.seconds * dice.lognormvariate(0, 0.3)
            metadata: dict[str, Any] = {"job_id": f"{name}-{hour}", "initiated_by": "timetable"}
            if code:
                metadata |= {"error_code": code, "retry_count": dice.randint(1, 3)}
            yield (
                "job.finished",
                {
                    "key": f"job-{name}-{hour}",
                    "after": hour + took / 3600,
                    "category": name,
                    "status": status,
                    "duration_ms": round(took * 1000, 1),
                    "is_error": status in {"failed", "timeout"},
                    "error_message": _CODES[code] if code else None,
                    "metadata": metadata,
                },
            )


def _devices(dice: random.Random) -> _Told:
    """Agents that build, rest and are away for an hour at times; a display with office hours."""
    for device in _BUILDERS:
        hour = 6.0 + dice.random() * 3
        while hour < 21:
            busy = "offline" if dice.random() < 0.06 else "building"
            lasts = dice.uniform(0.5, 1.5) if busy == "offline" else dice.uniform(0.2, 1.2)
            reason = "no heartbeat" if busy == "offline" else "a commit"
            yield _state(device, hour, ("idle", busy), reason)
            yield _state(device, hour + lasts, (busy, "idle"))
            hour += lasts + dice.uniform(0.3, 2.5)
    yield _state("office-display", 7.0, ("off", "on"), "timetable")
    yield _state("office-display", 19.5, ("on", "off"), "timetable")


def _state(
    device: str, hour: float, states: tuple[str, str], reason: str | None = None
) -> tuple[str, dict[str, Any]]:
    before, after = states
    metadata = {"previous_state": before, "reason": reason, "changed_by": "monitor"}
    return (
        "device.state_changed",
        {
            "key": f"{device}-{hour:.4f}",
            "after": hour,
            "device_id": device,
            "status": after,
            "metadata": {name: value for name, value in metadata.items() if value},
        },
    )


def _errors(dice: random.Random) -> _Told:
    for number in range(dice.randint(1, 9)):
        category = dice.choice(list(_ERRORS))
        (severity,) = dice.choices(list(_SEVERITIES), list(_SEVERITIES.values()))
        yield (
            "error.reported",
            {
                "key": f"error-{number}",
                "after": dice.triangular(0, 24, 14),
                "category": category,
                "severity": severity,
                "error_message": dice.choice(_ERRORS[category]),
                "is_error": severity in {"critical", "error"},
                "status": "resolved" if dice.random() < 0.6 else "open",
            },
        )


def _depths(dice: random.Random, day: datetime) -> _Told:
    """How much waits in a queue: most in the afternoon of a working day."""
    for hour in range(0, 24, 2):
        busy = max(0.0, 1 - abs(hour - 14) / 9) * (1.0 if day.weekday() < 5 else 0.2)
        yield (
            "metric.recorded",
            {
                "key": f"depth-{hour}",
                "after": float(hour),
                "category": "queue.depth",
                "value": float(round(60 * busy * dice.lognormvariate(0, 0.4))),
                "metadata": {"metric_type": "gauge"},
            },
        )
