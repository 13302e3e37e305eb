"""Differences: between an answer and what was recounted; fractions are compared with its floats."""

import math
from datetime import datetime
from fractions import Fraction
from typing import Any

PERCENTILE = "p95_response_time_ms"


def differences(got: Any, expected: Any, path: str = "", *, sketched: bool = False) -> list[str]:
    """Where an answer and a recount disagree. Fractions are met to 12 digits, all else exactly.

    Percentiles that may have been `sketched` are met to 1 %, and who leads by one is anybody's.
    """
    if sketched and path.endswith(PERCENTILE):
        if path == f".leaders.{PERCENTILE}" or got is None or expected is None:
            return [] if (got is None) == (expected is None) else [f"{path}: {got!r}, {expected!r}"]
        close = math.isclose(got, expected, rel_tol=0.01)
        return [] if close else [f"{path}: {got!r} not near {expected!r}"]
    if isinstance(expected, dict) and isinstance(got, dict) and got.keys() == expected.keys():
        return [
            difference
            for key in expected
            for difference in differences(
                got[key], expected[key], f"{path}.{key}", sketched=sketched
            )
        ]
    if isinstance(expected, list) and isinstance(got, list) and len(got) == len(expected):
        return [
            difference
            for place, (one, other) in enumerate(zip(got, expected, strict=True))
            for difference in differences(one, other, f"{path}[{place}]", sketched=sketched)
        ]
    if isinstance(expected, datetime) and isinstance(got, datetime):
        same = got == expected and got.utcoffset() == expected.utcoffset()
    elif isinstance(expected, Fraction) and isinstance(got, float | int):
        same = math.isclose(got, expected, rel_tol=1e-12)
    else:
        same = bool(got == expected)
    return [] if same else [f"{path}: {got!r} instead of {expected!r}"]
