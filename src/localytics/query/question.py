"""Question: the words of a query string, understood.

The same words mean the same on every report: the window, `timezone`, `group_by` (or `interval`),
the filters and `format`. A word that a report does not know is an error, never ignored: a typing
mistake must not change what a number means.
"""

import re
from collections.abc import Iterable
from typing import Any, Literal, get_args

from msgspec import Struct
from msgspec.structs import fields

from localytics.clock import Grain
from localytics.errors import InvalidParameter, InvalidWindow
from localytics.query.options import listed, mapped, options, repeatable
from localytics.query.report import Report
from localytics.window import WindowQuery, grain_of

Format = Literal["json", "csv", "parquet", "arrow"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
WINDOW_WORDS = tuple(field.name for field in fields(WindowQuery))
# Each filter is the column of the same name.
FILTERS = (
    "project_id",
    "user_id",
    "session_id",
    "conversation_id",
    "device_id",
    "source",
    "model",
    "agent",
    "event_type",
)
ALIASES = {"user_id_filter": "user_id", "interval": "group_by"}
_WHOLE = re.compile(r"-?[0-9]+")  # int() takes digits of any script, and 1_0
MAX_VALUE = 2000
MAX_NAME = 200  # of what a path names


class Question(Struct, frozen=True, kw_only=True):
    """A report, asked for. `filters` maps columns to the one value they must have."""

    report: Report
    window: WindowQuery
    grain: Grain | None
    filters: dict[str, str]
    options: Any
    format: Format


def understand(report: Report, words: Iterable[tuple[str, str]]) -> Question:
    """The question that `words`, the pairs of a query string in their order, ask of `report`.

    Raises InvalidParameter or InvalidWindow naming the word that is wrong.
    """
    lists = repeatable(report.options)
    given: dict[str, Any] = {}
    grouped_by = "group_by"  # or as the caller calls it
    for word, value in words:
        name, key = _named(report, word)
        if name == "group_by":
            grouped_by = word
        if len(value) > MAX_VALUE or "\0" in value:
            raise InvalidParameter(f"{word} has a value that can't be meant", field=word)
        if name in lists:
            given.setdefault(name, []).append(value)
        elif key:
            pairs = given.setdefault(name, {})
            if key in pairs:
                raise InvalidParameter(f"{word[:80]} is given twice", field=word[:80])
            pairs[key] = value
        elif name in given:
            raise InvalidParameter(f"{word} is given twice", field=word)
        else:
            given[name] = value
    _check_path(report, given)
    asked_for = [word for word in WINDOW_WORDS if word in given and word != "timezone"]
    if asked_for and not report.takes_window:
        raise InvalidParameter(
            f"{report.path} has a window of its own",
            hint=f"Leave {asked_for[0]} out.",
            field=asked_for[0],
        )
    window = _window({word: given.pop(word) for word in WINDOW_WORDS if word in given}, report)
    group_by = given.pop("group_by", None)
    form = given.pop("format", "json")
    if form not in FORMATS:
        raise InvalidParameter(
            f"format {form!r} is not known",
            hint=f"Choose one of {listed(FORMATS)}.",
            field="format",
        )
    filters = {word: given.pop(word) for word in FILTERS if word in given}
    chosen = _options(report, given)
    return Question(
        report=report,
        window=window,
        grain=_grain(report, group_by, chosen, grouped_by),
        filters=filters,
        options=chosen,
        format=form,
    )


def _named(report: Report, word: str) -> tuple[str, str]:
    """A word's name; of one like `labels.host` also what stands behind the dot."""
    name, _, key = word.partition(".")
    return (name, key) if key and name in mapped(report.options) else (ALIASES.get(word, word), "")


def _check_path(report: Report, given: dict[str, Any]) -> None:
    for word in report.path_words:
        if not 1 <= len(given.get(word, "")) <= MAX_NAME:
            raise InvalidParameter(
                f"{word} must be text of between 1 and {MAX_NAME} characters", field=word
            )


def _window(given: dict[str, str], report: Report) -> WindowQuery:
    numbers: dict[str, Any] = dict(given)
    for word in ("hours", "days"):
        if word in given:
            if not _WHOLE.fullmatch(given[word]):
                raise InvalidWindow(
                    f"{word} must be a whole number, not {given[word][:40]!r}", field=word
                )
            numbers[word] = int(given[word])
            if report.longest and report.longest[0] == word:
                most = report.longest[1]
                if not 1 <= numbers[word] <= most:
                    raise InvalidWindow(f"{word} must be between 1 and {most}", field=word)
    return WindowQuery(**numbers)


def _grain(report: Report, word: str | None, chosen: Any, name: str) -> Grain | None:
    if report.grain_option is not None:
        if word is not None:
            raise InvalidParameter(
                f"{report.path} is not grouped by {name}",
                hint=f"Use {report.grain_option}.",
                field=name,
            )
        return grain_of(getattr(chosen, report.grain_option))
    if word is None:
        return report.grain or report.fixed_grain
    if report.grain is None:
        raise InvalidParameter(
            f"{report.path} has a point for every {report.fixed_grain}, always"
            if report.fixed_grain
            else f"{report.path} has no series to group",
            hint=f"Leave {name} out.",
            field=name,
        )
    return grain_of(word, name)


def _options(report: Report, given: dict[str, Any]) -> Any:
    known = [field.name for field in fields(report.options)]
    prefixed = mapped(report.options)
    for word, value in given.items():
        if word not in known or (word in prefixed and isinstance(value, str)):
            names = [f"{name}.NAME" if name in prefixed else name for name in known]
            words = [*WINDOW_WORDS, *(["group_by"] if report.grain else []), *FILTERS, *names]
            raise InvalidParameter(
                f"{word[:80]!r} is not a parameter of {report.path}",
                hint=f"It takes {listed([*words, 'format'])}.",
                field=word[:80],
            )
    return options(given, report.options)
