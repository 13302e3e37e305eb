"""Body: what a request carries, read with every limit on, whatever its headers claim."""

import logging
import zlib
from typing import Literal

from litestar.types import Receive, Scope

from localytics.errors import InvalidInput, TimedOut, TooLarge, UnsupportedType
from localytics.settings import Ingest

log = logging.getLogger(__name__)

Kind = Literal["json", "ndjson"]

_KINDS: dict[str, Kind] = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
_GZIP_WINDOW = 31


async def read_body(scope: Scope, receive: Receive, limits: Ingest) -> tuple[Kind, bytes]:
    """The kind of body that the content type names, and its bytes after inflating.

    Raises UnsupportedType for other types, charsets and encodings, TooLarge beyond the limits, and
    InvalidInput for an empty body or one that is not the gzip it says it is. One that trickles in
    is cut off by the connection.
    """
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, value)
    kind = _kind(headers.get(b"content-type", b"").decode("latin-1"))
    limit = (limits.stream_kb if kind == "ndjson" else limits.body_kb) * 1024
    encoding = headers.get(b"content-encoding", b"").decode("latin-1").strip().lower()
    announced = headers.get(b"content-length", b"")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise UnsupportedType(
            f"Content-Encoding {encoding[:40]!r} is not understood", hint="Send gzip, or none."
        )
    body = await _collect(receive, limit)
    if "gzip" in encoding:
        body = _inflate(body, limit)
    if not body:
        raise InvalidInput("The body is empty", hint="Send one event, an array, or NDJSON.")
    return kind, body


def _kind(content_type: str) -> Kind:
    name, _, parameters = content_type.partition(";")
    kind = _KINDS.get(name.strip().lower())
    if kind is None:
        raise UnsupportedType(
            f"Content-Type {name.strip()[:80]!r} is not taken here" if name else "No Content-Type",
            hint="Send application/json, or application/x-ndjson with one event per line.",
        )
    for parameter in parameters.split(";"):
        key, _, value = parameter.strip().lower().partition("=")
        if key == "charset" and value.strip('"') not in {"utf-8", "utf8"}:
            raise UnsupportedType(f"Charset {value[:40]!r} is not taken here", hint="Send UTF-8.")
    return kind


async def _collect(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            log.debug("A client left after %d bytes of its body", len(body))
            raise TimedOut("The body ends before it is complete")
        body += message["body"]
        if len(body) > limit:
            raise _too_large(limit)
        if not message["more_body"]:
            return bytes(body)


def _inflate(data: bytes, limit: int) -> bytes:
    body = bytearray()
    while data:  # gzip members may follow one another
        member = zlib.decompressobj(_GZIP_WINDOW)
        try:
            body += member.decompress(data, limit + 1 - len(body))
        except zlib.error:
            raise InvalidInput("The body is not the gzip that its encoding says") from None
        if len(body) > limit:
            raise _too_large(limit)
        if not member.eof:
            raise InvalidInput("The gzip body ends before it is complete")
        data = member.unused_data
    return bytes(body)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(
        f"The body is larger than {limit // 1024} KiB",
        hint="Send fewer events at once; NDJSON (application/x-ndjson) may be longer.",
    )
