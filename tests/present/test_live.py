"""Live events over a real WebSocket: what is stored arrives, as each asks for it."""

import json

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.present.listening import EVENTS, SECONDS, address, heard
from tests.service import Service


def test_what_is_stored_arrives_as_it_is_listed_and_nothing_older(shared_service: Service) -> None:
    older = {"event_type": "live.older", "source": "live-arrives"}
    assert shared_service.post(EVENTS, json=older).json()["accepted"] == 1
    with connect(address(shared_service, "?source=live-arrives")) as listening:
        events = [
            {"event_type": "live.first", "source": "live-arrives", "status_code": 500},
            {
                "event_type": "message.sent",
                "source": "live-arrives",
                "model": "claude-sonnet-4-5",
                "input_tokens": 1200,
                "metadata": {"tag": "<script>"},
            },
        ]
        shared_service.post(EVENTS, json=events)
        got = heard(listening)
    listed = shared_service.get("/api/v1/analytics/events?source=live-arrives&limit=2").json()
    assert got == listed["events"][::-1]
    assert [event["event_type"] for event in got] == ["live.first", "message.sent"]
    assert got[0]["is_error"] is True
    assert got[1]["cost_usd"] == 0.0036


def test_a_duplicate_is_not_told_again(shared_service: Service) -> None:
    event = {
        "event_type": "live.twice",
        "id": "live-1",
        "timestamp": "2026-01-01T00:00:00Z",
        "source": "live-twice",
    }
    with connect(address(shared_service, "?source=live-twice")) as listening:
        shared_service.post(EVENTS, json=event)
        shared_service.post(EVENTS, json=event)
        shared_service.post(EVENTS, json={"event_type": "live.end", "source": "live-twice"})
        got: list[str] = []
        while "live.end" not in got:
            got += [event["event_type"] for event in heard(listening)]
    assert got == ["live.twice", "live.end"]


def test_a_repeated_filter_allows_each_and_different_ones_must_all_hold(
    shared_service: Service,
) -> None:
    query = "?event_type=live.a&event_type=live.b&user_id=ada"
    with connect(address(shared_service, query)) as listening:
        events = [
            {"event_type": f"live.{kind}", "user_id": user}
            for kind in "abc"
            for user in ("ada", "bob")
        ]
        shared_service.post(EVENTS, json=events)
        got = [(event["event_type"], event["user_id"]) for event in heard(listening)]
    assert got == [("live.a", "ada"), ("live.b", "ada")]


def test_one_connection_is_told_of_what_each_of_its_questions_allows(
    shared_service: Service,
) -> None:
    def send(*users: str) -> None:
        events = [{"event_type": "live.shared", "user_id": user} for user in users]
        shared_service.post(EVENTS, json=events)

    def next_of(listening: ClientConnection, many: int) -> dict[str, list[str]]:
        """The users of the next messages, by the question that each is about."""
        messages = [json.loads(listening.recv(SECONDS)) for _ in range(many)]
        return {one["of"]: [event["user_id"] for event in one["events"]] for one in messages}

    only = "event_type=live.shared"
    with connect(address(shared_service, "?event_type=live.never")) as listening:
        listening.send(json.dumps({"listen": [f"{only}&user_id=ada", only]}))
        refused = {"listen": ["colour=red"]}
        listening.send(json.dumps({"listen": [only, f"{only}&user_id=ada"]}))  # as it is
        listening.send(json.dumps(refused))
        error = json.loads(listening.recv(SECONDS))["error"]
        assert (error["code"], error["field"]) == ("invalid_parameter", "colour")
        listening.send(json.dumps({"listen": [only, "user_id"]}))
        error = json.loads(listening.recv(SECONDS))["error"]
        assert (error["code"], error["field"]) == ("invalid_parameter", "user_id")
        assert (error["message"], error["hint"]) == ("'user_id' has no value", "Write NAME=VALUE.")
        listening.send(json.dumps({"listen": [f"{only}&user_id=ada", only, only]}))
        listening.send('{"listen": "everything"}')
        assert json.loads(listening.recv(SECONDS))["error"]["code"] == "invalid_input"
        send("ada", "bob")
        assert next_of(listening, 2) == {only: ["ada", "bob"], f"{only}&user_id=ada": ["ada"]}
        listening.send(json.dumps({"listen": [f"{only}&user_id=bob"]}))
        listening.send("")
        listening.recv(SECONDS)
        send("ada", "bob")
        assert next_of(listening, 1) == {f"{only}&user_id=bob": ["bob"]}


@pytest.mark.parametrize(
    ("message", "code", "field"),
    [
        ("", "invalid_input", "listen"),
        ("{", "invalid_input", "listen"),
        ("[" * 100_000, "invalid_input", "listen"),
        ('["user_id=ada"]', "invalid_input", "listen"),
        ('{"listen": "everything"}', "invalid_input", "listen"),
        ('{"listen": {"user_id": "ada"}}', "invalid_input", "listen"),
        ('{"listen": [["user_id"]]}', "invalid_input", "listen"),
        ('{"listen": [], "also": 1}', "invalid_input", "listen"),
        (json.dumps({"listen": ["a=b"] * 33}), "invalid_input", "listen"),
        (b'{"listen": []}', "invalid_input", "listen"),
        ('{"listen": ["user_id"]}', "invalid_parameter", "user_id"),
        ('{"listen": ["source=a", "colour=red"]}', "invalid_parameter", "colour"),
        ('{"listen": ["user_id=%ff"]}', "invalid_parameter", None),
    ],
)
def test_what_can_not_be_meant_is_told_and_changes_nothing(
    shared_service: Service, message: str | bytes, code: str, field: str | None
) -> None:
    with connect(address(shared_service, "?event_type=live.kept")) as listening:
        listening.send(message)
        error = json.loads(listening.recv(SECONDS))["error"]
        assert (error["code"], error["field"]) == (code, field)
        shared_service.post(EVENTS, json={"event_type": "live.kept"})
        assert [event["event_type"] for event in heard(listening)] == ["live.kept"]
