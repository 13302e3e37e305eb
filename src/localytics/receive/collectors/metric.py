"""Metric: one figure of an app at one time, stored as `metric.recorded`."""

from typing import Annotated, Literal

from msgspec import Meta

from localytics.errors import InvalidEvent
from localytics.event import MAX_METADATA_KEYS, Event
from localytics.receive.collectors.sent import Required, Sent


class Metric(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A gauge's `value` is what it stands at, a histogram's one sample. A counter's is how far it
    has counted since its sender began, or with `delta` what to add.
    """

    metric_name: Required
    metric_type: Literal["counter", "gauge", "histogram"]
    value: float
    temporality: Annotated[
        Literal["cumulative", "delta"], Meta(description="Of a counter's value")
    ] = "cumulative"
    labels: (
        Annotated[
            dict[Required, str | int | float | bool],
            Meta(max_length=MAX_METADATA_KEYS, description="What tells its series apart"),
        ]
        | None
    ) = None

    def check(self) -> None:
        """Raise InvalidEvent for what types can't say: counters only count up."""
        super().check()
        if self.metric_type == "counter" and self.value < 0:
            raise InvalidEvent(
                "value of a counter must be at least 0",
                hint="What goes down as well is a gauge.",
                field="value",
            )

    def event(self) -> Event:
        return self._event(
            "metric.recorded",
            category=self.metric_name,
            value=self.value,
            metadata={
                "metric_type": self.metric_type,
                "temporality": "delta" if self.temporality == "delta" else None,
                "labels": self.labels,
            },
        )
