"""Everything that can be told to a caller, and the one shape it is told in.

    LocalyticsError               status  code
    ├── InvalidInput              400     invalid_input
    │   ├── InvalidEvent          400     invalid_event
    │   ├── InvalidWindow         400     invalid_window
    │   └── InvalidParameter      400     invalid_parameter
    ├── Forbidden                 403     forbidden
    ├── NotFound                  404     not_found
    ├── MethodNotAllowed          405     method_not_allowed
    ├── TimedOut                  408     timeout
    ├── TooLarge                  413     too_large
    ├── UnsupportedType           415     unsupported_type
    ├── Busy                      503     busy          (sent with Retry-After)
    ├── NotReady                  503     not_ready     (sent with Retry-After)
    ├── TookTooLong               503     took_too_long  (sent with Retry-After)
    ├── StorageFailed             503     storage_failed  (sent with Retry-After)
    ├── DiskFull                  507     disk_full
    ├── Unexpected                500     internal_error
    └── SetupError                -       setup         (command line only: settings, ports, locks)

On the wire: `{"error": {"code", "message", "hint", "field"}}`; `hint` and `field` are null when
there is nothing to say. Messages name what the caller sent and what would be right; they never
carry a stack trace, SQL or a path of this machine.
"""

from collections.abc import Iterable
from typing import ClassVar

from msgspec import Struct


class ErrorDetail(Struct, frozen=True, kw_only=True):
    """What went wrong (`message`), what to do about it (`hint`) and where (`field`)."""

    code: str
    message: str
    hint: str | None = None
    field: str | None = None


class ErrorAnswer(Struct, frozen=True, kw_only=True):
    """The body of every answer that is not a success."""

    error: ErrorDetail


class LocalyticsError(Exception):
    """Base of all errors that a caller may see. `events` is how many were turned away."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    retry_after_seconds: ClassVar[int | None] = None
    events: int = 0

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        field: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field
        if code is not None:
            self.code = code

    def answer(self) -> ErrorAnswer:
        return ErrorAnswer(
            error=ErrorDetail(
                code=self.code, message=self.message, hint=self.hint, field=self.field
            )
        )


class InvalidInput(LocalyticsError):
    status = 400
    code = "invalid_input"


class InvalidEvent(InvalidInput):
    code = "invalid_event"


class InvalidWindow(InvalidInput):
    code = "invalid_window"


class InvalidParameter(InvalidInput):
    code = "invalid_parameter"


class Forbidden(LocalyticsError):
    status = 403
    code = "forbidden"


class NotFound(LocalyticsError):
    status = 404
    code = "not_found"


class MethodNotAllowed(LocalyticsError):
    status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, *, allow: Iterable[str]) -> None:
        self.allow = ", ".join(allow)
        super().__init__(message, hint=f"Allowed: {self.allow}")


class TimedOut(LocalyticsError):
    status = 408
    code = "timeout"


class TooLarge(LocalyticsError):
    status = 413
    code = "too_large"


class UnsupportedType(LocalyticsError):
    status = 415
    code = "unsupported_type"


class Busy(LocalyticsError):
    status = 503
    code = "busy"
    retry_after_seconds = 1


class NotReady(LocalyticsError):
    status = 503
    code = "not_ready"
    retry_after_seconds = 1


class TookTooLong(LocalyticsError):
    status = 503
    code = "took_too_long"
    retry_after_seconds = 5


class StorageFailed(LocalyticsError):
    status = 503
    code = "storage_failed"
    retry_after_seconds = 2


class DiskFull(LocalyticsError):
    status = 507
    code = "disk_full"


class Unexpected(LocalyticsError):
    """A fault of ours; the log has the details."""


class SetupError(LocalyticsError):
    """The service or a command can't start as asked; shown on the terminal."""

    code = "setup"
