"""Body: what a request carries, read with every limit on, whatever its headers claim."""

import logging
import zlib
from collections.abc import AsyncIterator
from typing import Any, Literal

from litestar import Request
from litestar.exceptions import InternalServerException

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


async def read_body(request: Request[Any, Any, Any], limits: Ingest) -> tuple[Kind, bytes]:
    """The kind of body that the content type names, and its bytes after inflating.

    Raises UnsupportedType for other types, charsets and encodings, TooLarge beyond the limits, and
    InvalidInput for an empty body or one that is not the gzip it says it is. One that trickles in
    is cut off by the connection.
    """
    kind = _kind(request.headers.get("content-type"))
    limit = (limits.stream_kb if kind == "ndjson" else limits.body_kb) * 1024
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit:
        raise _too_large(limit)
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise UnsupportedType(
            f"Content-Encoding {encoding[:40]!r} is not understood", hint="Send gzip, or none."
        )
    body = await _collect(request.stream(), limit)
    if "gzip" in encoding:
        body = _inflate(body, limit)
    if not body:
        raise InvalidInput("The body is empty", hint="Send one event, an array, or NDJSON.")
    return kind, body


def _kind(content_type: str | None) -> Kind:
    name, _, parameters = (content_type or "").partition(";")
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


async def _collect(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                raise _too_large(limit)
    except InternalServerException:  # so Litestar says that the client has gone
        log.debug("A client left after %d bytes of its body", len(body))
        raise TimedOut("The body ends before it is complete") from None
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
