"""Analytics that stays on the machine: one process, one DuckDB file, answers in milliseconds."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from localytics.client import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]


def __getattr__(name: str) -> Any:
    """`Client` when it is first asked for: the service itself has no need of it."""
    if name == "Client":
        from localytics.client import Client  # noqa: PLC0415

        return Client
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
