r"""Surrogates: JSON escapes a character beyond U+FFFF as two of them, `\ud83d\ude00`.

One without the other is no text, though the grammar of JSON lets it through. Whoever cuts a text in
the middle of an emoji makes one, and JavaScript writes it down as it is.
"""

import re

import msgspec

_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.",
    re.DOTALL,
)
_REPLACEMENT = rb"\ufffd"
_any = msgspec.json.Decoder(msgspec.Raw)


def mended(text: bytes) -> bytes:
    """JSON with the replacement character, U+FFFD, in place of each surrogate that is alone."""
    return _ESCAPE.sub(lambda found: _REPLACEMENT if found["lone"] else found[0], text)


def lone(text: bytes) -> str | None:
    """The escape of the first surrogate that is alone in a text that is JSON but for those."""
    first = next((found for found in _ESCAPE.finditer(text) if found["lone"]), None)
    if first is None:
        return None
    try:
        _any.decode(mended(text))
    except (msgspec.DecodeError, RecursionError):
        return None
    return first["lone"].decode()
