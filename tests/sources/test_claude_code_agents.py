"""Who answered: the main agent, a subagent by the name it was started with, or an advisor."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.sources.transcripts import answers, block, read, started, typed, write


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
