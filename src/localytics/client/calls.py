"""Calls: what an app can say. A call is cheap, never waits and never raises.

Every call takes the fields of an event by name, `id` and `timestamp` included; what is no field of
an event becomes metadata.
"""

import functools
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from traceback import TracebackException
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

P = ParamSpec("P")

ACTIVITIES = ("page_view", "click", "search", "interaction")
SEVERITIES = ("critical", "error", "warning", "info")
OUTCOMES = ("success", "failed", "timeout", "cancelled")
METRICS = ("counter", "gauge", "histogram")

_MAX_ENDPOINT = 200


def _harmless(
    call: Callable[Concatenate["Calls", P], None],
) -> Callable[Concatenate["Calls", P], None]:
    """`call`, which drops its event where it would raise."""

    @functools.wraps(call)
    def harmless(self: "Calls", /, *words: P.args, **fields: P.kwargs) -> None:
        try:
            call(self, *words, **fields)
        except Exception as error:  # whatever it is, it is no matter of the app's
            self._drop("invalid", f"{call.__name__}: {error!r}")

    return harmless


class Calls(ABC):
    """The words for what happens, all of them on top of `_add`."""

    @abstractmethod
    def _add(self, event_type: str, fields: dict[str, Any]) -> None:
        """Take an event; `fields` are not used by the caller afterwards."""

    @abstractmethod
    def _drop(self, reason: str, why: str = "") -> None:
        """Count an event that could not be taken."""

    @_harmless
    def track(self, event_type: str, /, **fields: Any) -> None:
        """Anything that happened: `track("order.paid", user_id="ada", value=12.5, currency="EUR")`.

        `timestamp` is a datetime (local time where it has no offset) or epoch milliseconds.
        """
        self._add(event_type, fields)

    def take(self, event_type: str, fields: dict[str, Any], /) -> None:
        """The same, with a dict that the caller uses no more: half the time, for middleware."""
        try:
            self._add(event_type, fields)
        except Exception as error:  # whatever it is, it is no matter of the app's
            self._drop("invalid", f"track: {error!r}")

    @_harmless
    def activity(self, activity_type: str, /, page_url: str | None = None, **fields: Any) -> None:
        """Something a person did: `page_view`, `click`, `search` or `interaction`.

        Usual fields are `element_id`, `search_query`, `session_id`, `user_id` and `duration_ms`.
        """
        known = {"category": activity_type, "page_url": page_url, "endpoint": _path(page_url)}
        told = known | fields
        _choose(told, "category", ACTIVITIES)
        self._add("user.activity", told)

    @_harmless
    def error(
        self,
        error: BaseException | str,
        /,
        *,
        category: str = "app",
        severity: str = "error",
        resolved: bool = False,
        **fields: Any,
    ) -> None:
        """Something that went wrong: an exception with its stack trace, or a message.

        `severity` is `critical`, `error`, `warning` or `info`. Usual fields are `context` (a dict),
        `endpoint`, `user_id` and `device_id`.
        """
        known: dict[str, Any] = {
            "category": category,
            "severity": severity,
            "is_error": severity in {"critical", "error"},
            "status": "resolved" if resolved else "open",
        }
        if isinstance(error, BaseException):
            known["error_message"] = _message(error)
            if error.__traceback__ is not None:
                known["stack_trace"] = TracebackException.from_exception(error, lookup_lines=False)
        else:
            known["error_message"] = error
        told = known | fields
        _need(told, "category")
        _choose(told, "severity", SEVERITIES)
        self._add("error.reported", told)

    @_harmless
    def job(
        self,
        job_type: str,
        status: str,
        /,
        *,
        job_id: str | None = None,
        duration_ms: float | None = None,
        **fields: Any,
    ) -> None:
        """A job that has ended: `success`, `failed`, `timeout` or `cancelled`.

        Usual fields are `error_code`, `error_message`, `retry_count`, `initiated_by` and
        `device_id`.
        """
        known = {
            "category": job_type,
            "status": status,
            "job_id": job_id,
            "duration_ms": duration_ms,
            "is_error": status in {"failed", "timeout"},
        }
        told = known | fields
        _need(told, "category")
        _choose(told, "status", OUTCOMES)
        self._add("job.finished", told)

    @contextmanager
    def timed_job(self, job_type: str, /, **fields: Any) -> Iterator[dict[str, Any]]:
        """Report the block as a job, with its duration; also a decorator of functions.

        It is `failed`, `timeout` (a TimeoutError) or `cancelled` (interrupted) where an exception
        leaves it, and the exception goes on its way. Fields put into the dict it gives are added.
        """
        started = time.perf_counter()
        outcome: dict[str, Any] = {"status": "success"}
        try:
            yield fields
        except BaseException as error:
            outcome = {"status": _status(error), "error_code": type(error).__name__}
            outcome["error_message"] = _message(error)
            raise
        finally:
            outcome["duration_ms"] = (time.perf_counter() - started) * 1000
            outcome |= fields
            self.job(job_type, outcome.pop("status"), **outcome)

    @_harmless
    def device_state(
        self, device_id: str, new_state: str, /, previous_state: str | None = None, **fields: Any
    ) -> None:
        """A device that is in another state now. Usual fields are `changed_by` and `reason`."""
        known = {"device_id": device_id, "status": new_state, "previous_state": previous_state}
        told = known | fields
        _need(told, "device_id", "status")
        self._add("device.state_changed", told)

    @_harmless
    def metric(
        self,
        name: str,
        value: float,
        /,
        type: str = "gauge",  # noqa: A002  (the word for it)
        labels: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> None:
        """A figure of the app's own; `type` is `counter`, `gauge` or `histogram`.

        The value of a counter is how far it has counted since the app began; `count` adds to one.
        """
        known = {"category": name, "value": value, "metric_type": type, "labels": labels}
        self._record(known | fields)

    @_harmless
    def count(
        self, name: str, /, by: float = 1, labels: Mapping[str, Any] | None = None, **fields: Any
    ) -> None:
        """One more of something, or `by` more: adds to the counter `name`."""
        known = {"metric_type": "counter", "temporality": "delta", "labels": labels}
        self._record({"category": name, "value": by} | known | fields)

    def _record(self, told: dict[str, Any]) -> None:
        _need(told, "category", "value")
        _choose(told, "metric_type", METRICS)
        if told["metric_type"] == "counter" and told["value"] < 0:
            raise ValueError(f"a counter can't count {told['value']}")
        labels = told["labels"]
        if labels is not None and not isinstance(labels, Mapping):
            raise TypeError("labels are given by name, as {'shop': 'north'}")
        self._add("metric.recorded", told)


def _choose(told: dict[str, Any], name: str, words: tuple[str, ...]) -> None:
    """Raise ValueError where what is told is none of `words`, which the service would not take."""
    if told[name] not in words:
        raise ValueError(f"{told[name]!r} is none of {', '.join(words)}")


def _need(told: dict[str, Any], *names: str) -> None:
    """Raise ValueError where one of `names` is not told."""
    for name in names:
        value = told[name]
        if value is None or (isinstance(value, str) and not value):
            raise ValueError(f"{name} is missing")


def _path(url: str | None) -> str | None:
    """The path of an address, by which pages are told apart; None where there is none to store."""
    try:
        parts = urlsplit(url or "")
    except (ValueError, AttributeError):  # it is sent as it is all the same
        return None
    path = parts.path or ("/" if parts.netloc else "")
    return path if 0 < len(path) <= _MAX_ENDPOINT else None


def _message(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # it is the app's own class
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _status(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return "failed" if isinstance(error, Exception) else "cancelled"
