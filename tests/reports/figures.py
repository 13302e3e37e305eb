"""The figures of an answer before a format rounds them, to compare with a recount."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from localytics.query.question import understand
from localytics.query.report import Answer, catalogue
from tests.conftest import Recorder

STAMP = ("window", "generated_at", "exact")


def answered(recorder: Recorder, report: str, words: dict[str, Any]) -> Answer:
    """What the report answers; lists repeat the word."""
    pairs = [
        (word, str(one))
        for word, value in words.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return recorder.store.reader.read(understand(catalogue()[report], pairs))


def figures(recorder: Recorder, report: str, words: dict[str, Any]) -> dict[str, Any]:
    """The answer without its stamp, money still decimal and times still times."""
    plain: dict[str, Any] = msgspec.to_builtins(
        answered(recorder, report, words), builtin_types=(datetime, Decimal)
    )
    return {name: value for name, value in plain.items() if name not in STAMP}
