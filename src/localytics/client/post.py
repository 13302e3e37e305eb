"""Post: events to the service over one connection that is kept open."""

import contextlib
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

_PATH = "/api/v1/events"
_HEADERS = {"content-type": "application/x-ndjson", "user-agent": "localytics-client"}
_ANSWER_BYTES = 4 * 1024 * 1024
_LONGEST_RETRY_SECONDS = 300.0


class AwayError(Exception):
    """The service did not take the events, and may do so later."""

    def __init__(self, why: str, retry_seconds: float | None = None) -> None:
        super().__init__(why)
        self.retry_seconds = retry_seconds


class RefusedError(Exception):
    """The service will never take this body."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What the service did with a body: counts, and why some events were rejected."""

    accepted: int = 0
    duplicates: int = 0
    rejected: tuple[str, ...] = ()

    @property
    def events(self) -> int:
        return self.accepted + self.duplicates + len(self.rejected)

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            accepted=self.accepted + other.accepted,
            duplicates=self.duplicates + other.duplicates,
            rejected=self.rejected + other.rejected,
        )


class Post:
    """Sends from one thread at a time. No proxy is ever asked: the service is close by."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.url = url
        self._timeout = timeout_seconds
        self._connection: http.client.HTTPConnection | None = None

    def send(self, lines: list[bytes]) -> Taken:
        """Send events, one to a line; returns once the service has them durably.

        Raises AwayError where it can't say so now, and RefusedError where it never will.
        """
        status, retry_seconds, answer = self._exchange(b"\n".join(lines))
        if status == 200:
            taken = _taken(answer)
            if taken is None or taken.events != len(lines):
                raise AwayError("what answers there is not Localytics")
            return taken
        why = _why(answer) or f"the answer is {status}"
        if status in {400, 413, 422}:
            raise RefusedError(why)
        raise AwayError(why, retry_seconds)

    def close(self) -> None:
        """Close the connection; the next `send` opens another."""
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None

    def _exchange(self, body: bytes) -> tuple[int, float | None, bytes]:
        kept = self._connection is not None
        try:
            return self._request(body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if not (kept and isinstance(error, ConnectionError)):
                raise AwayError(_reason(error)) from None
        # The service closes a connection that was idle for long: that says nothing about it.
        return self._exchange(body)

    def _request(self, body: bytes) -> tuple[int, float | None, bytes]:
        address = urlsplit(self.url)
        if self._connection is None:
            kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
            if address.scheme not in kinds or not address.hostname:
                raise ValueError("a URL such as http://127.0.0.1:4777 is needed")
            self._connection = kinds[address.scheme](
                address.hostname, address.port, timeout=self._timeout
            )
        self._connection.request("POST", address.path.rstrip("/") + _PATH, body, _HEADERS)
        response = self._connection.getresponse()
        answer = response.read(_ANSWER_BYTES)
        seconds = response.headers.get("retry-after", "")
        retry_seconds = (
            min(float(seconds), _LONGEST_RETRY_SECONDS)
            if seconds.isascii() and seconds.isdigit()
            else None
        )
        if not response.isclosed():
            self.close()  # more than any answer of the service: not to be read to its end
        return response.status, retry_seconds, answer


def _taken(answer: bytes) -> Taken | None:
    try:
        said: Any = json.loads(answer)
        return Taken(
            accepted=int(said["accepted"]),
            duplicates=int(said["duplicates"]) + int(said.get("updated", 0)),
            rejected=tuple(str(one["message"]) for one in said["rejected"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _why(answer: bytes) -> str:
    """The message of an error in the service's shape."""
    try:
        return str(json.loads(answer)["error"]["message"])[:500]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
