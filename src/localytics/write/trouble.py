"""Trouble: what keeps events from being stored, and how callers are told."""

import duckdb

from localytics.errors import DiskFull, LocalyticsError, StorageFailed

# What one event can cause, as opposed to the machine: such a group is taken apart to find it.
POISON = (
    duckdb.DataError,
    duckdb.IntegrityError,
    duckdb.InvalidInputException,
    ValueError,
    TypeError,
    ArithmeticError,
    RecursionError,
)
_FULL = ("no space left", "not enough space", "quota exceeded")


def is_full(error: BaseException | None) -> bool:
    """Whether it is the disk that has no room."""
    return any(sign in str(error).lower() for sign in _FULL)


def told(error: BaseException | None) -> LocalyticsError:
    """An error of DuckDB or of opening the store, without its paths."""
    if is_full(error):
        return disk_full()
    return StorageFailed("The store is not available at the moment", hint="The log says why.")


def disk_full() -> DiskFull:
    """The disk has no room for another group."""
    return DiskFull(
        "The disk is full: nothing of this request was stored",
        hint="Free some space; the service goes on by itself.",
    )
