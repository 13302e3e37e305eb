"""Named: files of SQL that hold several statements, each under a `-- name: what it is for` line."""

import re
from pathlib import Path

_HEADING = re.compile(r"^-- ([\w.,\[\]]+):.*$", re.MULTILINE)


def named(path: Path) -> list[tuple[str, str]]:
    """The statements of a file, each with its name, in their order."""
    parts = _HEADING.split(path.read_text("utf-8"))
    texts = (text.strip().removesuffix(";") for text in parts[2::2])
    return list(zip(parts[1::2], texts, strict=True))
