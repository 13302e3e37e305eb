"""Device metrics: figures of a device, stored as `device.metrics` where they say something new."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta, Struct

from localytics.errors import InvalidEvent
from localytics.event import MAX_METADATA_KEYS, Event, epoch_us
from localytics.receive.collectors.sent import Required, Sent
from localytics.receive.smart_filter import Reason, SmartFilter
from localytics.sink import Sink

_DAY_US = 24 * 3600 * 1_000_000


class DeviceMetrics(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A snapshot of a device; which ones are stored, the smart filter decides."""

    device_id: Required
    metrics: Annotated[
        dict[Required, float],
        Meta(
            min_length=1,
            max_length=MAX_METADATA_KEYS,
            description="Numbers by name",
            examples=[{"cpu": 12.5, "temperature": 41.0}],
        ),
    ]

    def event(self, reason: Reason | None = None) -> Event:
        return self._event("device.metrics", metadata={"metrics": self.metrics, "reason": reason})


class Noticed(Struct, frozen=True, kw_only=True):
    """Whether a snapshot was stored, and why or why not; `changed` are metrics that moved."""

    stored: bool
    reason: Reason
    changed: tuple[str, ...]


async def notice(sent: DeviceMetrics, size: int, smart: SmartFilter, sink: Sink) -> Noticed:
    """Store `sent` where the filter says so. Raises what the sink raises, and nothing moved then.

    A snapshot that is stored already, by its id, is told to be stored; the filter goes on from the
    last that it saw accepted.
    """
    arrival = epoch_us(datetime.now(UTC))
    at = arrival if sent.timestamp is None else epoch_us(sent.timestamp)
    if at > arrival + _DAY_US:  # not believed, as the writer does not
        at = arrival
    async with smart.device(sent.device_id) as device:
        verdict = smart.judge(device.last, sent.metrics, at)
        if verdict.stored:
            outcome = await sink([sent.event(verdict.reason)], size)
            if outcome.rejected:
                refused = outcome.rejected[0]
                raise InvalidEvent(refused.message, code=refused.code)
            if outcome.accepted:
                device.last = verdict.last
    return Noticed(stored=verdict.stored, reason=verdict.reason, changed=verdict.changed)
