"""Lines that are damaged or say what can't be: counted, cut or not believed, and never an error."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.sources.transcripts import answers, at, block, encoded, only, read, started, typed, write


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"not json", "not JSON"),
        (b'{"type": "assistant"', "not JSON"),
        (b'{"type": "user", "cwd": "\\ud800"', "not JSON"),
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


def test_a_text_that_was_cut_in_the_middle_of_an_emoji_costs_no_answer(tmp_path: Path) -> None:
    event = only(tmp_path, block(content=[{"type": "text", "text": "Hi \ud83d"}], cwd="/a/\ude00"))
    assert (event.output_tokens, event.project_id) == (10, "/a/\ufffd")


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
