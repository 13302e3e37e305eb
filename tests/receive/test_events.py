"""`POST /api/v1/events` on a real socket: every form that is taken, and what of it counts."""

import gzip
import json
import time

import httpx
import pytest

from tests.receive.sending import EVENT, JSON, NDJSON, send, stored

NOW = int(time.time()) // 86_400 * 86_400_000  # of today: the same in every process


@pytest.mark.parametrize(
    ("body", "content_type", "accepted"),
    [
        (json.dumps(EVENT), JSON, 1),
        (json.dumps([EVENT, EVENT]), JSON, 2),
        (json.dumps({"events": [EVENT, EVENT, EVENT]}), JSON, 3),
        ("\n".join([json.dumps(EVENT)] * 4), NDJSON, 4),
        (f"\n\n{json.dumps(EVENT)}\r\n\n", NDJSON, 1),
        (json.dumps(EVENT), "application/json; charset=utf-8", 1),
        (json.dumps({**EVENT, "metadata": {"events": "a word"}}), JSON, 1),
        (json.dumps({**EVENT, "timestamp": NOW}), JSON, 1),
        (json.dumps({**EVENT, "timestamp": "2024-02-29T23:59:59.999999+05:45"}), JSON, 1),
        ("\n".join([json.dumps(EVENT)] * 2_500), NDJSON, 2_500),
    ],
)
def test_every_form_of_body_is_stored(
    client: httpx.Client, body: str, content_type: str, accepted: int
) -> None:
    before = stored(client)
    answer = send(client, body, content_type)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "accepted": accepted,
        "duplicates": 0,
        "updated": 0,
        "rejected": [],
    }
    assert stored(client) == before + accepted


def test_gzip_is_inflated_also_in_several_members(client: httpx.Client) -> None:
    body = gzip.compress(b"[" + json.dumps(EVENT).encode()) + gzip.compress(b"]")
    assert send(client, body, content_encoding="gzip").json()["accepted"] == 1


def test_chunked_bodies_are_read(client: httpx.Client) -> None:
    chunks = iter([b'{"event_', b'type": "a"', b"}"])
    answer = client.post("/api/v1/events", content=chunks, headers={"content-type": JSON})
    assert answer.json()["accepted"] == 1


def test_one_bad_event_never_sinks_its_neighbours(client: httpx.Client) -> None:
    good = json.dumps(EVENT)
    bad = [
        '{"event_type": 1}',
        "{}",
        "7",
        '{"event_type": "a", "colour": "red"}',
        '{"event_type": "a", "timestamp": "yesterday"}',
        '{"event_type": "a", "timestamp": "2026-01-01T00:00:00"}',
        '{"event_type": "a", "timestamp": 99999999999999}',
        '{"event_type": "a", "timestamp": -1}',
        '{"event_type": "a", "status_code": 99}',
        '{"event_type": "a", "duration_ms": -0.1}',
        '{"event_type": "a", "cost_usd": -1}',
        '{"event_type": "a", "cost_usd": "NaN"}',
        '{"event_type": "a", "cost_usd": "1_0"}',
        '{"event_type": "a", "cost_usd" : " 1 "}',
        '{"event_type": "a", "metadata": {"b": 1e400}}',
        '{"event_type": "a", "input_tokens": 9223372036854775808}',
        '{"event_type": "\\u0000"}',
        '{"event_type": "a", "metadata": {"b": "\\u0000"}}',
        '{"event_type": "a", "metadata": {"b": ' + "9" * 300 + "}}",
        '{"event_type": "a", "metadata": ' + '{"b":' * 16 + "1" + "}" * 16 + ', "x": 1}',
        '{"event_type": "a", "metadata": ' + '{"b":' * 17 + "1" + "}" * 17 + "}",
        json.dumps({**EVENT, "metadata": {str(number): 1 for number in range(257)}}),
        json.dumps({**EVENT, "metadata": {"k" * 201: 1}}),
        json.dumps({"event_type": "a" * 201}),
        json.dumps({**EVENT, "metadata": {"a": "b" * 33_000}}),
        '{"event_type": "\\ud800"}',
        '{"event_type": "a", "value": NaN}',
        '{"event_type": "a", "value": 1e400}',
        '{"event_type": "a", "metadata": ' + '{"b":' * 3000 + "1" + "}" * 3001,
    ]
    lines = [line for one in bad for line in (good, one)]
    answer = send(client, "\n".join(lines), NDJSON)
    assert answer.status_code == 200
    assert answer.json()["accepted"] == len(bad)
    assert [one["index"] for one in answer.json()["rejected"]] == [
        2 * number + 1 for number in range(len(bad))
    ]
    assert all(one["code"] and one["message"] for one in answer.json()["rejected"])
    array = send(client, f"[{','.join(lines)}]")
    assert array.json()["rejected"] == answer.json()["rejected"]
    wrapped = send(client, f'{{"events": [{",".join(lines)}]}}')
    assert wrapped.json()["rejected"] == answer.json()["rejected"]


HALVES: dict[str, tuple[bytes, str, str | None]] = {
    "of an event": (rb'{"event_type": "a", "user_id": "\ud800"}', r"user_id has \ud800", "user_id"),
    "a low one": (rb'{"event_type": "\uDC00 a"}', r"event_type has \uDC00", "event_type"),
    "within metadata": (
        rb'{"event_type": "a", "source": "\ud83d\ude00", "metadata": {"b": ["c", "d \ud83d"]}}',
        r"metadata has \ud83d",
        "metadata",
    ),
    "in a name": (rb'{"event_type": "a", "\udfff": 1}', r"The event has \udfff", None),
    "of no event": (rb'"\ud800"', r"The event has \ud800", None),
}


@pytest.mark.parametrize(("event", "said", "field"), HALVES.values(), ids=HALVES.keys())
def test_half_of_a_surrogate_pair_is_told_with_its_field_and_sinks_no_neighbour(
    client: httpx.Client, event: bytes, said: str, field: str | None
) -> None:
    said += ", half of a surrogate pair, which is no text"
    lines = [json.dumps(EVENT).encode(), event, json.dumps(EVENT).encode()]
    rejected = [{"index": 1, "code": "invalid_event", "message": said}]
    for body, content_type in [
        (b"\n".join(lines), NDJSON),
        (b"[" + b",".join(lines) + b"]", JSON),
        (b'{"events": [' + b",".join(lines) + b"]}", JSON),
    ]:
        answer = client.post(
            "/api/v1/events", content=body, headers={"content-type": content_type}
        ).json()
        assert (answer["accepted"], answer["rejected"]) == (2, rejected)
    alone = send(client, b"[" + event + b"]")
    assert alone.status_code == 400
    assert alone.json()["error"] == {
        "code": "invalid_event",
        "message": said,
        "hint": r"A character beyond U+FFFF is escaped as two, \ud83d\ude00: send both or none.",
        "field": field,
    }


def test_half_of_a_surrogate_pair_is_told_where_no_event_can_be(client: httpx.Client) -> None:
    error = send(client, rb'{"events": [{"event_type": "\ud800"}], "a": 1}').json()["error"]
    assert error["code"] == "invalid_input"
    assert error["message"] == (
        r"The body is not JSON: \ud800 is half of a surrogate pair, and no text"
    )


def test_of_two_faults_the_one_that_is_no_json_is_told(client: httpx.Client) -> None:
    for body in (rb'{"event_type": "\ud800"', rb'{"event_type": "\ud800", "value": NaN}'):
        error = send(client, body).json()["error"]
        assert (error["code"], error["field"]) == ("invalid_json", None)
    escaped = rb'{"event_type": "a\\ud800", "user_id": "\ud83d\ude00"}'
    assert send(client, escaped).json()["accepted"] == 1


def test_a_resent_event_counts_once_whatever_it_says_by_then(client: httpx.Client) -> None:
    first = {**EVENT, "id": "resent", "timestamp": NOW, "user_id": "ada"}
    again = {**first, "user_id": "brendan"}
    assert send(client, json.dumps(first)).json()["accepted"] == 1
    answer = send(client, json.dumps([again, again, {**first, "timestamp": NOW + 1}])).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 2)


def test_an_id_without_a_time_counts_once_within_the_window(client: httpx.Client) -> None:
    event = json.dumps({**EVENT, "id": "timeless"})
    assert send(client, f"[{event},{event}]").json()["duplicates"] == 1
    assert send(client, event).json() == {
        "accepted": 0,
        "duplicates": 1,
        "updated": 0,
        "rejected": [],
    }


def test_a_time_of_the_far_future_is_not_believed(client: httpx.Client) -> None:
    event = {**EVENT, "event_type": "from.the.future", "timestamp": "2150-01-01T00:00:00Z"}
    assert send(client, json.dumps(event)).json()["accepted"] == 1
    answer = client.get("/api/v1/analytics/timeline?hours=1&event_type=from.the.future").json()
    assert sum(point["count"] for point in answer["timeline"]) == 1
