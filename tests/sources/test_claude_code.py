"""What the lines of a transcript become."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from localytics.event import Event
from tests.sources.transcripts import answers, at, block, only, read, typed, write


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
