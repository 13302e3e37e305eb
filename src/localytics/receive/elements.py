"""Elements: the events of a JSON body that is not JSON as a whole, each by itself.

One text that is no UTF-8, a NaN or a nest too deep makes all of an array unreadable to a decoder,
though where its elements begin and end is plain from brackets and strings alone.
"""

import re

_WRAPPED = re.compile(rb'\s*\{\s*"events"\s*:(?=\s*\[)')
_MARK = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|["\[\]{},]', re.DOTALL)
_CLOSING = {b"]": b"[", b"}": b"{"}


def elements(body: bytes) -> list[bytes] | None:
    """What stands between the commas of an array, or of `{"events": [...]}`.

    None where that is not to be told: brackets that don't match, a string without an end, nothing
    between two commas, or something beside the array.
    """
    wrapped = _WRAPPED.match(body)
    array = body[wrapped.end() :] if wrapped else body
    if not array.lstrip().startswith(b"["):
        return None
    found: list[bytes] = []
    opened: list[bytes] = []
    start = 0
    for mark in _MARK.finditer(array):
        text = mark[0]
        if text in b"[{":
            opened.append(text)
            if len(opened) == 1:
                start = mark.end()
            continue
        if text == b'"' or not opened:
            return None
        if text in _CLOSING and opened.pop() != _CLOSING[text]:
            return None
        if not opened or (text == b"," and len(opened) == 1):
            found.append(array[start : mark.start()].strip())
            start = mark.end()
        if not opened:
            break
    end = b"}" if wrapped else b""
    if opened or not all(found) or array[start:].strip() != end:
        return None
    return found
