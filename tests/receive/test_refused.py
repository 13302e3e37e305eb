"""`POST /api/v1/events` on a real socket: all that is not taken, and what is said of it."""

import asyncio
import gzip
import json
import zlib

import httpx
import pytest

from tests.receive.sending import EVENT, JSON, NDJSON, send, stored
from tests.service import Service

MALFORMED: dict[str, bytes] = {
    "empty": b"",
    "blank": b"  \n ",
    "no events": b"[]",
    "no wrapped events": b'{"events": []}',
    "not json": b"{event_type: a}",
    "cut off": b'{"event_type": "a"',
    "trailing": b'{"event_type": "a"} {"event_type": "a"}',
    "byte order mark": b'\xef\xbb\xbf{"event_type": "a"}',
    "UTF-16": '{"event_type": "a"}'.encode("utf-16"),
    "invalid UTF-8": b'{"event_type": "\xff\xfe"}',
    "lone surrogate": b'{"event_type": "\\ud800"}',
    "NUL": b'{"event_type": "a\\u0000b"}',
    "raw NUL": b'{"event_type": "a\x00b"}',
    "NaN": b'{"event_type": "a", "value": NaN}',
    "Infinity": b'{"event_type": "a", "value": Infinity}',
    "1e400": b'{"event_type": "a", "value": 1e400}',
    "1e400 in metadata": b'{"event_type": "a", "metadata": {"b": 1e400}}',
    "300 digits": b'{"event_type": "a", "input_tokens": ' + b"9" * 300 + b"}",
    "negative tokens": b'{"event_type": "a", "input_tokens": -1}',
    "wrong type": b'{"event_type": ["a"]}',
    "a string": b'"event"',
    "a number": b"1",
    "null": b"null",
    "deep": b'{"event_type": "a", "metadata": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    "deep array": b"[" * 5_000 + b"]" * 5_000,
    "year 1969": b'{"event_type": "a", "timestamp": "1969-12-31T23:59:59Z"}',
    "year 2201": b'{"event_type": "a", "timestamp": "2201-01-01T00:00:00Z"}',
    "seconds": b'{"event_type": "a", "timestamp": 99999999999999999999}',
    "empty type": b'{"event_type": ""}',
    "empty id": b'{"event_type": "a", "id": ""}',
    "unknown field": b'{"event_type": "a", "usr_id": "ada"}',
    "unknown field beside events": b'{"events": [{"event_type": "a"}], "sent_at": 1}',
    "long user": json.dumps({**EVENT, "user_id": "u" * 201}).encode(),
    "long message": json.dumps({**EVENT, "error_message": "m" * 2_001}).encode(),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_bad_input_is_a_400_in_the_one_shape(client: httpx.Client, body: bytes) -> None:
    before = stored(client)
    for content_type in (JSON, NDJSON):
        if content_type == NDJSON and body.startswith((b"[{", b'{"events"')):
            continue
        answer = send(client, body, content_type)
        assert answer.status_code == 400, (content_type, answer.text)
        error = answer.json()["error"]
        assert set(error) == {"code", "message", "hint", "field"}
        assert error["message"]
    assert stored(client) == before


def test_what_stands_beside_events_is_named(client: httpx.Client) -> None:
    error = send(client, json.dumps({"events": [EVENT], "sent_at": 1})).json()["error"]
    assert error["field"] == "sent_at"
    error = send(client, json.dumps({"events": 7})).json()["error"]
    assert "events" in error["message"]


def test_an_unknown_field_is_named_with_a_hint(client: httpx.Client) -> None:
    error = send(client, json.dumps({**EVENT, "usr_id": "ada"})).json()["error"]
    assert error["field"] == "usr_id"
    assert "metadata" in error["hint"]


TOO_LARGE: dict[str, tuple[bytes, str, dict[str, str]]] = {
    "event": (json.dumps({**EVENT, "metadata": {"a": "b" * 32_768}}).encode(), JSON, {}),
    "padded event": (b'{"event_type": "a"' + b" " * 33_000 + b"}", JSON, {}),
    "body": (b"[" + b" " * 1_048_577 + b"]", JSON, {}),
    "lines": (b" " * 10_485_761, NDJSON, {}),
    "bomb": (gzip.compress(b" " * 50_000_000, mtime=0), JSON, {"content-encoding": "gzip"}),
    "bomb of lines": (
        gzip.compress(b"\n" * 50_000_000, mtime=0),
        NDJSON,
        {"content-encoding": "gzip"},
    ),
    "batch": (json.dumps([EVENT] * 1_001).encode(), JSON, {}),
    "wrapped batch": (json.dumps({"events": [EVENT] * 1_001}).encode(), JSON, {}),
}


@pytest.mark.parametrize(
    ("body", "content_type", "headers"), TOO_LARGE.values(), ids=TOO_LARGE.keys()
)
@pytest.mark.parametrize("chunked", [False, True])
def test_too_large_is_a_413(
    client: httpx.Client, body: bytes, content_type: str, headers: dict[str, str], chunked: bool
) -> None:
    content = iter([body]) if chunked else body
    answer = client.post(
        "/api/v1/events", content=content, headers={"content-type": content_type, **headers}
    )
    assert answer.status_code == 413, answer.text
    assert set(answer.json()["error"]) == {"code", "message", "hint", "field"}


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=latin-1"},
        {"content-type": "application/jsonx"},
        {"content-type": ""},
        {"content-type": JSON, "content-encoding": "br"},
        {"content-type": JSON, "content-encoding": "gzip, gzip"},
    ],
)
def test_other_types_and_encodings_are_a_415(client: httpx.Client, headers: dict[str, str]) -> None:
    answer = client.post("/api/v1/events", content=json.dumps(EVENT), headers=headers)
    assert answer.status_code == 415, answer.text


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"{}", mtime=0)[:-4], zlib.compress(b"{}"), b"\x1f\x8b"]
)
def test_broken_gzip_is_a_400(client: httpx.Client, body: bytes) -> None:
    assert send(client, body, content_encoding="gzip").status_code == 400


def test_a_slow_body_is_cut_off(slow_service: Service) -> None:
    head = (
        b"POST /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        b"content-length: 100\r\n\r\n{"
    )
    assert b" 408 " in exchange(slow_service, head)


def test_slow_headers_are_cut_off(slow_service: Service) -> None:
    assert b" 408 " in exchange(slow_service, b"POST /api/v1/events HTTP/1.1\r\nhost: 127.")
    assert b" 408 " in exchange(slow_service, b"")


def test_what_is_not_http_is_refused_in_the_one_shape(shared_service: Service) -> None:
    answer = exchange(shared_service, b"\x16\x03\x01 hello\r\n\r\n")
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert set(json.loads(answer.partition(b"\r\n\r\n")[2])["error"]) == {
        "code",
        "message",
        "hint",
        "field",
    }


def exchange(service: Service, sent: bytes) -> bytes:
    """What the service says on a bare socket, until it hangs up."""

    async def run() -> bytes:
        url = httpx.URL(service.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(sent)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer

    return asyncio.run(run())
