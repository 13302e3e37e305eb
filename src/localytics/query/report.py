"""Report: a question with a name; the catalogue is whatever stands in the folder `reports`.

A report is two sibling files. `<name>.sql` holds its queries, `<name>.py` its parameters, the
structs of its answer and one `Report(...)` called `report`. Route, OpenAPI, command and formats
derive from that.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from localytics.clock import Grain

if TYPE_CHECKING:
    from localytics.query.ask import Ask

_IN_BRACES = re.compile(r"{(\w+)}")


class WindowAnswer(Struct, frozen=True, kw_only=True):
    """The window that was asked about: [start, end), with the zone of its days and hours."""

    start: datetime
    end: datetime
    timezone: str


class Answer(Struct, frozen=True, kw_only=True):
    """What every answer says about itself.

    `exact` is false where a sketch stood in for events that retention has removed.
    """

    window: WindowAnswer
    generated_at: datetime
    exact: bool = True


class Moment(Struct, frozen=True, kw_only=True):
    """Figures of an answer that end at the moment at which it is told, whatever its window."""

    timestamp: datetime


def moments(answer: Answer) -> list[tuple[str, Moment]]:
    """Those fields of an answer that are such figures, by name."""
    values = ((name, getattr(answer, name)) for name in answer.__struct_fields__)
    return [(name, value) for name, value in values if isinstance(value, Moment)]


class NoOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report that takes the window, `group_by` and the filters, and nothing else."""


class Report(Struct, frozen=True, kw_only=True):
    """One question. `read` answers it; `table` names the field of the answer that is its rows,
    where these are not spread over it: then it makes them, and says of which kind they are.

    `path` is where it is asked, below /api/v1. `window` is the default window, or the only
    one, where it `takes_window` no other. `grain` is the
    default `group_by`; a report without it has no series, or one whose buckets are always of the
    `fixed_grain`. One that `looks_back` also reads the window before. `options` are the parameters
    that only this report takes; `grain_option` names the one of them that says what `group_by` says
    elsewhere. `longest` is the most that the window may be, as `("hours", 168)`; its number is then
    a range that errors name.

    A name in braces in `path`, as `{user_id}`, is given by the path over HTTP and has to be: it is
    a filter, or one of the options.
    """

    path: str
    summary: str
    answer: type[Answer]
    read: Callable[["Ask"], Answer]
    table: str | Callable[[Any], tuple[type[Struct], list[Any]]] | None = None
    window: str = "30d"
    takes_window: bool = True
    grain: Grain | None = None
    fixed_grain: Grain | None = None
    longest: tuple[Literal["hours", "days"], int] | None = None
    looks_back: bool = False
    options: type[Struct] = NoOptions
    grain_option: str | None = None
    module: str = ""

    @property
    def name(self) -> str:
        """The report's module, which is also its name on the command line: `models_usage`."""
        return self.read.__module__.rpartition(".")[2]

    @property
    def path_words(self) -> list[str]:
        """The words that its path gives: `user_id`."""
        return _IN_BRACES.findall(self.path)


@cache
def catalogue() -> dict[str, Report]:
    """Every report by name, in alphabetical order."""
    package: Any = importlib.import_module("localytics.reports")
    found: dict[str, Report] = {}
    for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda module: module.name):
        report: Report = importlib.import_module(f"localytics.reports.{module.name}").report
        found[report.name] = report
    return found
