"""Body: what a request carries, read with every limit on, whatever its headers claim."""

import logging
import zlib
from typing import Literal

import msgspec
from litestar.types import Receive, Scope

from localytics.errors import InvalidInput, TimedOut, TooLarge, UnsupportedType
from localytics.settings import Ingest
from localytics.surrogate import lone

log = logging.getLogger(__name__)

Kind = Literal["json", "ndjson"]

_KINDS: dict[str, Kind] = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
_GZIP_WINDOW = 31
_HINT = "Send application/json, or application/x-ndjson with one event per line."
_OBJECT_HINT = "Send application/json with one object, or no body."

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


async def read_body(scope: Scope, receive: Receive, limits: Ingest) -> tuple[Kind, bytes]:
    """The kind of body that the content type names, and its bytes after inflating.

    Raises UnsupportedType for other types, charsets and encodings, TooLarge beyond the limits, and
    InvalidInput for an empty body or one that is not the gzip it says it is. One that trickles in
    is cut off by the connection.
    """
    headers = _headers(scope)
    kind = _kind(headers.get(b"content-type", b"").decode("latin-1"))
    body = await _whole(
        headers, receive, (limits.stream_kb if kind == "ndjson" else limits.body_kb) * 1024
    )
    if not body:
        raise InvalidInput("The body is empty", hint="Send one event, an array, or NDJSON.")
    return kind, body


async def read_members(scope: Scope, receive: Receive, limits: Ingest) -> dict[str, str]:
    """What is in a body that may hold one JSON object, by name, each as JSON; nothing where there
    is no body.

    Raises as `read_body` does, and InvalidInput for anything but an object.
    """
    headers = _headers(scope)
    body = await _whole(headers, receive, limits.body_kb * 1024)
    if not body:
        return {}
    if _kind(headers.get(b"content-type", b"").decode("latin-1"), _OBJECT_HINT) != "json":
        raise UnsupportedType("One JSON object is taken here, no lines", hint=_OBJECT_HINT)
    try:
        return {name: bytes(text).decode() for name, text in _object.decode(body).items()}
    except msgspec.ValidationError:
        raise InvalidInput("The body must be a JSON object", hint=_OBJECT_HINT) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The body is not JSON: {no_json(body, error)}") from None
    except RecursionError:
        raise InvalidInput("The body is nested too deep") from None


def no_json(text: bytes, error: msgspec.DecodeError | UnicodeDecodeError) -> str:
    """Why `text` could not be decoded."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    if escape := lone(text):
        return f"{escape} is half of a surrogate pair, and no text"
    return str(error).removeprefix("JSON is malformed: ")


def _headers(scope: Scope) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name, value)
    return headers


async def _whole(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """All of the body, inflated."""
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
    return body


def _kind(content_type: str, hint: str = _HINT) -> Kind:
    name, _, parameters = content_type.partition(";")
    kind = _KINDS.get(name.strip().lower())
    if kind is None:
        raise UnsupportedType(
            f"Content-Type {name.strip()[:80]!r} is not taken here" if name else "No Content-Type",
            hint=hint,
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
