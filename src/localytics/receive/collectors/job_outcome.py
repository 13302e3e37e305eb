"""Job outcome: how a job of an app ended, stored as `job.finished`."""

from typing import Annotated, Literal

from msgspec import Meta

from localytics.event import Count, Event, Name
from localytics.receive.collectors.sent import Extra, Milliseconds, Required, Sent, Text


class JobOutcome(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Failed jobs and those that ran out of time count as errors; cancelled ones do not."""

    job_id: Name | None = None
    job_type: Annotated[Required, Meta(description="The kind of job, which reports group by")]
    status: Literal["success", "failed", "timeout", "cancelled"]
    duration_ms: Milliseconds | None = None
    error_code: Name | None = None
    error_message: Text | None = None
    retry_count: Count | None = None
    initiated_by: Name | None = None
    extra_data: Extra | None = None

    def event(self) -> Event:
        return self._event(
            "job.finished",
            category=self.job_type,
            status=self.status,
            duration_ms=self.duration_ms,
            error_message=self.error_message,
            is_error=self.status in {"failed", "timeout"},
            metadata={
                "job_id": self.job_id,
                "error_code": self.error_code,
                "retry_count": self.retry_count,
                "initiated_by": self.initiated_by,
                "extra_data": self.extra_data,
            },
        )
