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

    @_harmless
    def activity(self, activity_type: str, /, page_url: str | None = None, **fields: Any) -> None:
        """Something a person did: `page_view`, `click`, `search` or `interaction`.

        Usual fields are `element_id`, `search_query`, `session_id`, `user_id` and `duration_ms`.
        """
        path = None if page_url is None else urlsplit(page_url).path
        known = {"category": activity_type, "page_url": page_url}
        if path and len(path) <= _MAX_ENDPOINT:
            known["endpoint"] = path
        self._add("user.activity", known | fields)

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
        self._add("error.reported", known | fields)

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
        self._add("job.finished", known | fields)

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
        self._add("device.state_changed", known | fields)

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
        self._add("metric.recorded", known | fields)

    @_harmless
    def count(
        self, name: str, /, by: float = 1, labels: Mapping[str, Any] | None = None, **fields: Any
    ) -> None:
        """One more of something, or `by` more: adds to the counter `name`."""
        known = {"metric_type": "counter", "temporality": "delta", "labels": labels}
        self._add("metric.recorded", {"category": name, "value": by} | known | fields)


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
