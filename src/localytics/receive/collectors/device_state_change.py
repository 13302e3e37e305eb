"""Device state change: a device came into another state, stored as `device.state_changed`."""

from typing import Annotated

from msgspec import Meta

from localytics.event import Event, Name
from localytics.receive.collectors.sent import Extra, Required, Sent


class DeviceStateChange(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state that begins is the event's `status`."""

    device_id: Required
    previous_state: Name | None = None
    new_state: Required
    changed_by: Annotated[Name, Meta(description="Who or what changed it")] | None = None
    reason: str | None = None
    extra_data: Extra | None = None

    def event(self) -> Event:
        return self._event(
            "device.state_changed",
            status=self.new_state,
            metadata={
                "previous_state": self.previous_state,
                "changed_by": self.changed_by,
                "reason": self.reason,
                "extra_data": self.extra_data,
            },
        )
