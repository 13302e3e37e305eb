"""What the lines of a transcript become."""

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localytics.event import Event
from tests.sources.transcripts import answers, at, block, encoded, read, typed, write


def only(root: Path, *lines: dict[str, Any] | bytes) -> Event:
    """The one event of a transcript."""
    (event,) = read(write(root, *lines))
    return event


def test_an_answer_is_a_message_with_its_tokens_and_where_it_was(tmp_path: Path) -> None:
    usage = {
        "cache_read_input_tokens": 300,
        "cache_creation_input_tokens": 70,
        "cache_creation": {"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 20},
        "service_tier": "standard",
        "speed": "standard",
    }
    event = only(tmp_path, block(usage=usage))
    assert event == Event(
        event_type="message.sent",
        id="claude-code:msg_1",
        timestamp=msgspec.convert(at(1), type=Event.__annotations__["timestamp"]),
        source="claude-code",
        session_id="session-1",
        project_id="/home/user/shop",
        role="assistant",
        model="claude-opus-4-6",
        agent="main",
        input_tokens=1,
        output_tokens=10,
        cache_read_tokens=300,
        cache_write_tokens=70,
        cache_write_1h_tokens=20,
        metadata={
            "blocks": {"text": 1},
            "service_tier": "standard",
            "speed": "standard",
            "version": "2.1.39",
            "git_branch": "main",
            "request_id": "req_1",
        },
    )


def test_blocks_of_one_answer_are_one_message_at_the_time_of_the_first(tmp_path: Path) -> None:
    thinking = [{"type": "thinking", "thinking": "…"}]
    tool = [{"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {"command": "ls"}}]
    event = only(
        tmp_path,
        block(seconds=1, output=3, content=thinking),
        block(seconds=2, output=90),
        block(seconds=3, output=60, content=tool),
        block(seconds=4, output=60, content=tool),
    )
    assert (event.input_tokens, event.output_tokens) == (1, 90)
    assert event.timestamp == msgspec.convert(at(1), type=Event.__annotations__["timestamp"])
    assert event.metadata is not None
    assert event.metadata["blocks"] == {"tool_use": 2, "text": 1, "thinking": 1}
    assert event.metadata["tools"] == {"Bash": 2}


def test_a_prompt_is_a_message_of_its_length(tmp_path: Path) -> None:
    parts = [
        {"type": "text", "text": "Grüße"},
        {"type": "image", "source": {"data": "AAAA"}},
        {"type": "text", "text": "!"},
    ]
    first, second = read(write(tmp_path, typed("Hi"), typed(parts, uuid="uuid-2")))
    assert (first.event_type, first.role, first.message_length) == ("message.sent", "user", 2)
    assert first.id == "claude-code:uuid-asked"
    assert (first.model, first.agent, first.input_tokens) == (None, None, None)
    assert second.message_length == 6
    assert second.metadata == {"blocks": {"text": 2, "image": 1}, "version": "2.1.39"}


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (typed([{"type": "tool_result", "tool_use_id": "t", "content": "x"}]), "tool result"),
        (typed(isMeta=True), "meta"),
        (typed(isCompactSummary=True), "meta"),
        (typed(isSidechain=True), "for a subagent"),
        (typed("<local-command-stdout>ok</local-command-stdout>"), "not typed"),
        (typed([{"type": "text", "text": "[Request interrupted by user]"}]), "not typed"),
    ],
)
def test_what_nobody_typed_is_no_message(tmp_path: Path, line: dict[str, Any], kind: str) -> None:
    transcripts = write(tmp_path, line)
    assert read(transcripts) == []
    assert transcripts.tally.skipped == {f"user ({kind})": 1}


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('API Error: 529 {"type":"error"}', 529),
        ("API Error (429 rate limited)", 429),
        ("Please run /login · API Error: 401", 401),
        ("API Error: Connection error.", None),
        ("No response requested.", None),
    ],
)
def test_an_error_in_place_of_an_answer_is_a_failed_message(
    tmp_path: Path, text: str, status: int | None
) -> None:
    event = only(
        tmp_path,
        block(
            model="<synthetic>",
            request_id=None,
            isApiErrorMessage=True,
            content=[{"type": "text", "text": text}],
        ),
    )
    assert (event.event_type, event.is_error, event.category) == ("message.failed", True, "api")
    assert (event.status_code, event.error_message, event.model) == (status, None, None)
    assert event.output_tokens is None


def test_a_reported_cost_is_kept_as_reported(tmp_path: Path) -> None:
    assert only(tmp_path, block(costUSD=0.00231255)).cost_usd == Decimal("0.00231255")


@pytest.mark.parametrize("cost", [None, "0.5", True, -1, 1e300])
def test_a_cost_that_is_no_amount_is_left_to_be_computed(tmp_path: Path, cost: Any) -> None:
    event = only(tmp_path, block(costUSD=cost))
    assert (event.cost_usd, event.output_tokens) == (None, 10)


def test_response_time_runs_from_the_answered_line_to_the_last_block(tmp_path: Path) -> None:
    lines = [typed(seconds=0.5), block(seconds=2), block(seconds=4.25, parentUuid="uuid-msg_1-2")]
    (event,) = answers(read(write(tmp_path, *lines)))
    assert event.duration_ms == 3750
    assert event.metadata is not None
    assert event.metadata["duration_source"] == "last_block"


def test_the_duration_of_the_turn_is_the_better_response_time(tmp_path: Path) -> None:
    took = {"type": "system", "subtype": "turn_duration", "durationMs": 61000, "timestamp": at(70)}
    asked, early, result = typed(), block(seconds=2), typed("", uuid="u2", seconds=3, isMeta=True)
    last = block("msg_2", "req_2", seconds=5, parentUuid="u2")
    first, second = answers(read(write(tmp_path, asked, early, result, last, took)))
    assert (first.duration_ms, second.duration_ms) == (2000, 61000)
    assert second.metadata is not None
    assert second.metadata["duration_source"] == "turn_duration"


def test_without_the_answered_line_there_is_no_response_time(tmp_path: Path) -> None:
    event = only(tmp_path, block(seconds=1), block(seconds=2, parentUuid="uuid-msg_1-1"))
    assert event.duration_ms is None


def started(agent: str = "Explore") -> dict[str, Any]:
    """An answer that starts a subagent."""
    call = {"subagent_type": agent, "prompt": "Look around", "description": "Look"}
    content = [{"type": "tool_use", "id": "toolu_1", "name": "Task", "input": call}]
    return block("msg_0", "req_0", content=content)


def test_a_subagent_in_its_own_file_is_named_by_the_prompt_it_was_started_with(
    tmp_path: Path,
) -> None:
    side: dict[str, Any] = {"isSidechain": True, "agentId": "a7be2f0"}
    write(
        tmp_path,
        typed("Look around", uuid="root", parentUuid=None, **side),
        block(parentUuid="root", seconds=3, **side),
        name="shop/session-1/subagents/agent-a7be2f0.jsonl",
    )
    main, sub = read(write(tmp_path, started()))
    assert (main.agent, sub.agent) == ("main", "Explore")
    assert sub.metadata is not None
    assert sub.metadata["sidechain"] is True


def test_a_subagent_is_named_once_the_result_of_its_call_names_it(tmp_path: Path) -> None:
    side: dict[str, Any] = {"isSidechain": True, "agentId": "a7be2f0"}
    file = "shop/session-1/subagents/agent-a7be2f0.jsonl"
    write(tmp_path, block(seconds=3, **side), name=file)
    transcripts = write(tmp_path, started())
    assert [event.agent for event in read(transcripts)] == ["main", "subagent"]
    result = [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}]
    write(tmp_path, started(), typed(result, toolUseResult={"agentId": "a7be2f0"}))
    (renamed,) = read(transcripts)
    assert (renamed.id, renamed.agent) == ("claude-code:msg_1", "Explore")


def test_a_subagent_in_the_same_file_is_named_along_its_chain(tmp_path: Path) -> None:
    side: dict[str, Any] = {"isSidechain": True}
    lines = [
        started("code-reviewer"),
        typed("Look around", uuid="root", parentUuid=None, **side),
        block(parentUuid="root", uuid="b", seconds=3, **side),
        typed("other", uuid="main-2"),
        typed([{"type": "tool_result"}], uuid="c", parentUuid="b", **side),
        block("msg_2", "req_2", parentUuid="c", seconds=4, **side),
        block("msg_3", "req_3", parentUuid="main-2", seconds=5),
    ]
    agents = [event.agent for event in answers(read(write(tmp_path, *lines)))]
    assert agents == ["main", "code-reviewer", "code-reviewer", "main"]


def test_an_advisor_that_was_asked_on_the_way_is_a_message_of_its_own(tmp_path: Path) -> None:
    advice = {"type": "advisor_message", "model": "claude-opus-4-7", "speed": "fast"}
    steps = [
        {"type": "message", "input_tokens": 1, "output_tokens": 9},
        {**advice, "input_tokens": 100, "output_tokens": 7},
    ]
    main, advisor = read(write(tmp_path, block(usage={"iterations": steps}, costUSD=1)))
    assert (main.output_tokens, main.cost_usd) == (10, Decimal(1))
    assert (advisor.id, advisor.agent) == ("claude-code:msg_1:advisor:0", "advisor")
    assert (advisor.model, advisor.cost_usd) == ("claude-opus-4-7", None)
    assert (advisor.input_tokens, advisor.output_tokens) == (100, 7)


MARKER = "s3cr3t-c0ntent"


def test_no_content_is_ever_in_an_event(tmp_path: Path) -> None:
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": MARKER},
        {"type": "thinking", "thinking": MARKER, "signature": MARKER},
        {"type": "tool_use", "id": "toolu_1", "name": "Bash", "input": {MARKER: MARKER}},
        {"type": "tool_use", "name": "Task", "input": {"prompt": MARKER, "description": MARKER}},
    ]
    failure = [{"type": "text", "text": f"API Error: 500 {MARKER}"}]
    result = [{"type": "tool_result", "tool_use_id": "toolu_1", "content": MARKER}]
    progress = block("msg_9", content=parts)
    lines: list[dict[str, Any] | bytes] = [
        {"type": "summary", "summary": MARKER, "leafUuid": "x"},
        {"type": "file-history-snapshot", "snapshot": {MARKER: MARKER}},
        {"type": "queue-operation", "content": MARKER, "timestamp": at(0)},
        {"type": "system", "content": MARKER, "timestamp": at(0)},
        typed(MARKER),
        typed([{"type": "text", "text": MARKER}], uuid="u3"),
        typed(result, toolUseResult={"stdout": MARKER, "agentId": "a"}),
        block(content=parts, toolUseResult=MARKER, error=MARKER),
        block("msg_2", model="<synthetic>", isApiErrorMessage=True, content=failure),
        {"type": "progress", "data": {"message": progress, "prompt": MARKER}},
        MARKER.encode(),
        f'{{"type": "assistant", "message": {{"usage": "{MARKER}"}}}}'.encode(),
    ]
    transcripts = write(tmp_path, *lines)
    events = read(transcripts)
    assert len(events) == 5
    assert MARKER.encode() not in msgspec.json.encode(events)
    assert MARKER.encode() not in msgspec.json.encode(transcripts.tally)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not JSON"),
        (b'{"type": "assistant"', "not JSON"),
        (b'{"type": "user", "cwd": "\\ud800"}', "not JSON"),
        (b'{"type":' + b"[" * 100_000, "wrong types"),
        (b'{"other":' + b"[" * 100_000, "not JSON"),
        (b'{"type": "user", "cwd": "\xff"}', "not UTF-8"),
        (b"[]", "wrong types"),
        (block(timestamp="yesterday"), "wrong types"),
        (block(timestamp="2026-05-01T12:00:00"), "no timestamp"),
        (block(timestamp=None), "no timestamp"),
        (block(timestamp="1969-12-31T23:59:59Z"), "timestamp outside the years 1970 to 2200"),
        (block(timestamp="2201-01-01T00:00:00Z"), "timestamp outside the years 1970 to 2200"),
        (block(timestamp="9999-12-31T23:59:59-23:00"), "timestamp outside the years 1970 to 2200"),
        (block(output=-1), "wrong types"),
        (block(output=2**64), "wrong types"),
        (block(usage={"input_tokens": 1.5}), "wrong types"),
        (block(message={"role": "assistant"}), "no usage"),
        (block(message=None), "wrong types"),
        (typed(message="x"), "wrong types"),
        (typed(message={}), "no message"),
        (typed(7), "wrong types"),
    ],
)
def test_what_is_not_understood_is_counted_and_passed_over(
    tmp_path: Path, line: dict[str, Any] | bytes, reason: str
) -> None:
    transcripts = write(tmp_path, line, block("msg_ok"))
    assert [event.id for event in read(transcripts)] == ["claude-code:msg_ok"]
    assert transcripts.tally.not_understood == {reason: 1}
    assert transcripts.tally.lines == 2


def test_names_are_cut_and_cleaned_to_what_an_event_holds(tmp_path: Path) -> None:
    tools = [{"type": "tool_use", "name": f"{n}\0" + "\x01" * 300} for n in range(100)]
    long = "é\0" * 5000
    line = block(
        long,
        long,
        model=long,
        content=tools,
        usage={"service_tier": long, "speed": long},
        cwd="/root/" + "x" * 300 + "/shop",
        gitBranch=long,
        version=long,
        sessionId="\0",
    )
    event = only(tmp_path, line)
    assert event.project_id == ("/root/" + "x" * 300 + "/shop")[-200:]
    assert event.model == "é" * 200
    assert event.session_id is None
    assert event.metadata is not None
    assert len(event.metadata["tools"]) == 32


def test_damaged_lines_never_raise(tmp_path: Path) -> None:
    chance = random.Random(7)
    usage = {"iterations": [{"type": "advisor_message", "model": "m"}], "cache_creation": {}}
    whole = encoded(
        typed(),
        started(),
        block(usage=usage),
        block(model="<synthetic>"),
        typed([{"type": "tool_result", "tool_use_id": "t"}], toolUseResult={"agentId": "a"}),
        {"type": "progress", "data": {"agentId": "a", "message": block("msg_3")}},
        {"type": "system", "subtype": "turn_duration", "durationMs": 5, "timestamp": at(9)},
    )
    damage = [b"null", b"{", b"}", b"[", b'"', b"1e999", b"-1", b"\\ud800", b"\xff", b"\0", b""]
    for _ in range(1500):
        start = chance.randrange(len(whole))
        end = start + chance.randrange(40)
        damaged = whole[:start] + chance.choice(damage) + whole[end:]
        read(write(tmp_path, damaged))


@pytest.mark.parametrize("asked", ["1980-01-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z"])
def test_a_duration_of_months_is_a_clock_that_was_set(tmp_path: Path, asked: str) -> None:
    (event,) = answers(read(write(tmp_path, typed(timestamp=asked), block())))
    assert event.duration_ms is None


def test_a_turn_of_months_is_not_believed(tmp_path: Path) -> None:
    turn = {"type": "system", "subtype": "turn_duration", "durationMs": 9e11, "timestamp": at(3)}
    (event,) = answers(read(write(tmp_path, typed(), block(), turn)))
    assert event.duration_ms == 1000
