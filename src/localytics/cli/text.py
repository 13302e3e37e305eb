"""Text: data on a terminal, as it is."""

import re
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(data: str, style: str = "") -> Text:
    """Data as it is: nothing in it is markup, and what would steer a terminal is spelled out."""
    spelled = _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode(), data)
    return Text(spelled, style)


def print_pairs(console: Console, pairs: Sequence[tuple[str, Text]]) -> None:
    """Names and values, a line each."""
    names = [plain(name, "dim") for name, _ in pairs]
    width = max((name.cell_len for name in names), default=0)
    for name, (_, value) in zip(names, pairs, strict=True):
        gap = " " * (width - name.cell_len + 2)
        console.print(Text.assemble(name, gap, value), soft_wrap=True)
