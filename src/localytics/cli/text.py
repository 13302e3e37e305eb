"""Text: data on a terminal, as it is, and nothing in it that steers the terminal."""

import codecs
import io
import logging
import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from localytics.errors import InvalidParameter, SetupError

# Control characters, ends of lines, and what turns the direction of writing.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_NOT_TEXT = {"parquet", "arrow"}


def plain(data: str, style: str = "") -> Text:
    """Data as it is: nothing in it is markup, and what would steer a terminal is spelled out."""
    spelled = _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), data)
    return Text(spelled, style)


def counted(count: int, one: str) -> str:
    """`1 event`, `2,000 events`."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


class Formatter(logging.Formatter):
    """Lines of a log: what they quote of the data has none of its own way with a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return _STEERING.sub(_as_in_json, super().format(record))


class Output:
    """Standard output, for data in one of its formats. What goes to a file or another program goes
    as it is; on a terminal what would steer it is spelled out, as in JSON: U+001B as six letters.
    """

    def __init__(self, form: str) -> None:
        self._decoder: io.IncrementalNewlineDecoder | None = None
        if sys.stdout is None:  # as `>&-` leaves it
            raise SetupError("Standard output is closed", hint="Write it to a file: > FILE")
        if not sys.stdout.isatty():
            return
        if form in _NOT_TEXT:
            raise InvalidParameter(
                f"{form.capitalize()} is nothing to look at", hint="Write it to a file: > FILE"
            )
        utf8 = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._decoder = io.IncrementalNewlineDecoder(utf8, translate=False)

    def write(self, data: bytes) -> None:
        """Pieces may end anywhere."""
        if self._decoder is not None:
            text = self._decoder.decode(data)
            data = _STEERING.sub(_as_in_json, text).encode()
        sys.stdout.buffer.write(data)

    def flush(self) -> None:
        sys.stdout.buffer.flush()


def _as_in_json(found: re.Match[str]) -> str:
    """Lines end as they do."""
    end = found[0] == "\n" or (found[0] == "\r" and found.string.startswith("\n", found.end()))
    return found[0] if end else f"\\u{ord(found[0]):04x}"


def print_pairs(console: Console, pairs: Sequence[tuple[str, Text]]) -> None:
    """Names and values, a line each."""
    names = [plain(name, "dim") for name, _ in pairs]
    width = max((name.cell_len for name in names), default=0)
    for name, (_, value) in zip(names, pairs, strict=True):
        gap = " " * (width - name.cell_len + 2)
        console.print(Text.assemble(name, gap, value), soft_wrap=True)
