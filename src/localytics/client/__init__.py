"""Client: events from a Python app to the service, in the background.

Only the standard library is imported here, so that an app pays for nothing but what it uses.
"""

from localytics.client.client import Client
from localytics.client.tally import Stats

__all__ = ["Client", "Stats"]
