"""Finding transcripts, and reading them again as they grow, are cut off, replaced or copied."""

import os
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from localytics.errors import SetupError
from localytics.event import Event
from localytics.sources.claude_code import Transcripts, files, roots
from tests.sources.transcripts import append, block, encoded, read, replayed, typed, write


def ids(events: list[Event]) -> list[str]:
    return [str(event.id).removeprefix("claude-code:") for event in events]


def test_roots_are_the_usual_folders_that_exist(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path)}
    assert roots(environ) == []
    (tmp_path / ".claude").mkdir()
    assert roots(environ) == [tmp_path / ".claude"]
    (tmp_path / ".config/claude").mkdir(parents=True)
    assert roots(environ) == [tmp_path / ".config/claude", tmp_path / ".claude"]


def test_claude_config_dir_names_the_roots(tmp_path: Path) -> None:
    (tmp_path / ".claude").mkdir()
    environ = {"HOME": str(tmp_path), "CLAUDE_CONFIG_DIR": " /data/claude , ~/work,,"}
    assert roots(environ) == [Path("/data/claude"), tmp_path / "work"]
    assert roots({**environ, "CLAUDE_CONFIG_DIR": ""}) == [tmp_path / ".claude"]


@pytest.mark.parametrize(
    "path", [".", "projects", "projects/shop", "projects/shop/session-1.jsonl"]
)
def test_any_level_of_the_tree_can_be_given(tmp_path: Path, path: str) -> None:
    write(tmp_path, block())
    assert ids(read(Transcripts([tmp_path / path]))) == ["msg_1"]


def test_subagents_files_are_found_and_other_files_are_not(tmp_path: Path) -> None:
    write(tmp_path, block("msg_1"), name="shop/session-1/subagents/agent-1.jsonl")
    write(tmp_path, block("msg_2"), name="shop/notes.json")
    (tmp_path / "projects/shop/folder.jsonl").mkdir()
    os.mkfifo(tmp_path / "projects/shop/pipe.jsonl")
    (tmp_path / "projects/shop/gone.jsonl").symlink_to("nowhere")
    transcripts = Transcripts([tmp_path])
    assert ids(read(transcripts)) == ["msg_1"]
    assert transcripts.tally.files == 1


def test_links_in_a_circle_are_counted_once_and_stop_nothing(tmp_path: Path) -> None:
    transcripts = write(tmp_path, block())
    (tmp_path / "projects/shop/l.jsonl").symlink_to("l.jsonl")
    assert ids(read(transcripts)) == ["msg_1"]
    assert read(transcripts) == []
    assert transcripts.tally.not_understood == {"unreadable file": 1}


def test_a_missing_path_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="does not exist") as missing:
        Transcripts([tmp_path / "nope"])
    assert missing.value.hint is not None
    with pytest.raises(SetupError, match="no Claude Code transcripts"):
        Transcripts([])


def test_a_file_given_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, block())
    transcripts = Transcripts([tmp_path, tmp_path / "projects"])
    assert ids(read(transcripts)) == ["msg_1"]
    assert transcripts.tally.files == 1


def test_nothing_new_is_nothing_to_give(tmp_path: Path) -> None:
    transcripts = write(tmp_path, typed(), block())
    assert len(read(transcripts)) == 2
    assert read(transcripts) == []
    os.utime(tmp_path / "projects/shop/session-1.jsonl", (1, 1))
    assert read(transcripts) == []


def test_a_grown_file_gives_what_is_new_and_what_has_grown(tmp_path: Path) -> None:
    transcripts = write(tmp_path, typed(), block(output=3))
    read(transcripts)
    append(tmp_path, block(output=80, seconds=2), block("msg_2", "req_2", seconds=5))
    grown, new = read(transcripts)
    assert (grown.id, grown.output_tokens, grown.duration_ms) == ("claude-code:msg_1", 80, 2000)
    assert ids([new]) == ["msg_2"]


def test_a_copy_of_known_lines_gives_nothing(tmp_path: Path) -> None:
    transcripts = write(tmp_path, typed(), block(output=3), block(output=9))
    read(transcripts)
    write(tmp_path, typed(), block(output=3), block(output=9), name="shop/session-2.jsonl")
    assert read(transcripts) == []


def test_a_line_that_is_still_being_written_waits(tmp_path: Path) -> None:
    whole = encoded(block("msg_2"))
    path = tmp_path / "projects/shop/session-1.jsonl"
    transcripts = write(tmp_path, block("msg_1"))
    for cut in (1, 50, len(whole) - 2):
        path.write_bytes(encoded(block("msg_1")) + whole[:cut])
        read(transcripts)
    assert transcripts.tally.not_understood == {}
    path.write_bytes(encoded(block("msg_1")) + whole)
    assert ids(read(transcripts)) == ["msg_2"]
    assert transcripts.tally.lines == 2


def test_a_last_line_without_an_end_counts_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "projects/shop/session-1.jsonl"
    transcripts = write(tmp_path, block("msg_1"))
    path.write_bytes(encoded(block("msg_1")).rstrip(b"\n"))
    assert ids(read(transcripts)) == ["msg_1"]
    append(tmp_path, b"", block("msg_2"))
    assert ids(read(transcripts)) == ["msg_2"]
    assert transcripts.tally.lines == 2
    assert transcripts.tally.bytes == path.stat().st_size


def test_a_replaced_file_is_read_from_its_start(tmp_path: Path) -> None:
    transcripts = write(tmp_path, block("msg_1"), block("msg_2"))
    read(transcripts)
    path = tmp_path / "projects/shop/session-1.jsonl"
    path.rename(tmp_path / "kept")
    write(tmp_path, block("msg_3"), block("msg_2"), block("msg_4"))
    assert ids(read(transcripts)) == ["msg_3", "msg_4"]


def test_a_file_cut_short_is_read_from_its_start(tmp_path: Path) -> None:
    transcripts = write(tmp_path, block("msg_1"), block("msg_2"))
    read(transcripts)
    write(tmp_path, block("msg_5"))
    assert ids(read(transcripts)) == ["msg_5"]


def test_a_file_rewritten_in_place_is_read_from_its_start(tmp_path: Path) -> None:
    transcripts = write(tmp_path, block("msg_1"), block("msg_2"))
    read(transcripts)
    write(tmp_path, block("msg_1"), block("msg_6"), block("msg_7"))
    assert ids(read(transcripts)) == ["msg_6", "msg_7"]


def test_blocks_read_again_from_the_start_are_not_counted_twice(tmp_path: Path) -> None:
    transcripts = write(tmp_path, block("msg_1"), block("msg_1"))
    read(transcripts)
    write(tmp_path, typed("New"), block("msg_1"), block("msg_1"), block(output=20))
    _, event = read(transcripts)
    assert event.metadata is not None
    assert event.metadata["blocks"] == {"text": 3}


def test_a_deleted_file_takes_nothing_back(tmp_path: Path) -> None:
    transcripts = write(tmp_path, block())
    read(transcripts)
    shutil.rmtree(tmp_path / "projects/shop")
    assert read(transcripts) == []
    assert transcripts.tally.messages == 1


def test_an_oversized_line_is_counted_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 10_000)
    monkeypatch.setattr(files, "_CHUNK_BYTES", 1_000)
    snapshot = {"type": "file-history-snapshot", "snapshot": "x" * 50_000}
    transcripts = write(tmp_path, block("msg_1"), snapshot, block("msg_2"), snapshot)
    assert ids(read(transcripts)) == ["msg_1", "msg_2"]
    assert (transcripts.tally.oversized, transcripts.tally.lines) == (2, 4)
    append(tmp_path, block("msg_3"))
    assert ids(read(transcripts)) == ["msg_3"]


@pytest.mark.parametrize("chunk", [1, 7, 300, 1_000_000])
def test_lines_are_whole_whatever_the_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(files, "_CHUNK_BYTES", chunk)
    transcripts = write(tmp_path, typed("Grüße"), b"", b"\r", block("msg_1"), block("msg_2"))
    prompt, *rest = read(transcripts)
    assert prompt.message_length == 5
    assert ids(rest) == ["msg_1", "msg_2"]
    assert transcripts.tally.lines == 3
    assert transcripts.tally.not_understood == {}


def test_batches_have_at_most_a_thousand_events(tmp_path: Path) -> None:
    transcripts = write(tmp_path, *(block(f"msg_{n}", f"req_{n}") for n in range(2500)))
    assert [len(batch) for batch in transcripts.read()] == [1000, 1000, 500]


def test_progress_runs_to_the_end_in_bytes(tmp_path: Path) -> None:
    write(tmp_path, typed(), name="a/a.jsonl")
    transcripts = write(tmp_path, block(), name="b/b.jsonl")
    heard: list[tuple[int, int]] = []
    assert len(list(transcripts.read(lambda done, total: heard.append((done, total))))) == 1
    size = sum(path.stat().st_size for path in tmp_path.rglob("*.jsonl"))
    assert heard[-1] == (size, size)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_the_tally_says_what_was_read(tmp_path: Path) -> None:
    transcripts = write(
        tmp_path,
        typed(),
        block(output=1),
        block(output=2),
        block("msg_2", model="<synthetic>"),
        {"type": "summary", "summary": "x"},
        b"broken",
    )
    read(transcripts)
    tally = transcripts.tally
    assert (tally.files, tally.lines, tally.oversized) == (1, 6, 0)
    assert (tally.messages, tally.prompts, tally.errors) == (1, 1, 1)
    assert tally.skipped == {"summary": 1}
    assert tally.not_understood == {"not JSON": 1}


def history() -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for n in range(1300):
        start = n * 10.0
        lines.append(typed(f"Prompt {n}", uuid=f"u{n}", seconds=start))
        for part, output in enumerate((3, 50 + n, 50 + n)):
            seconds = start + part + 1
            lines.append(
                block(f"msg_{n}", f"req_{n}", output=output, seconds=seconds, parentUuid=f"u{n}")
            )
    return lines


def test_an_import_that_was_killed_and_run_again_ends_the_same(tmp_path: Path) -> None:
    lines = history()
    write(tmp_path, *lines[:3000], name="a/1.jsonl")
    write(tmp_path, *lines[2000:], name="b/2.jsonl")
    expected = replayed({}, read(Transcripts([tmp_path])))
    assert len(expected) == 2600
    store: dict[str, Event] = {}
    for taken in (1, 2):
        for batch in islice(Transcripts([tmp_path]).read(), taken):
            replayed(store, batch)
    assert 0 < len(store) < 2600
    replayed(store, read(Transcripts([tmp_path])))
    assert store == expected


def test_a_read_that_was_left_early_goes_on_where_it_was(tmp_path: Path) -> None:
    transcripts = write(tmp_path, *history())
    store: dict[str, Event] = {}
    for batch in islice(transcripts.read(), 1):
        replayed(store, batch)
    replayed(store, read(transcripts))
    assert store == replayed({}, read(Transcripts([tmp_path])))
    assert transcripts.tally.messages == 1300


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_following_a_growing_file_ends_in_the_same_bill_as_importing_it(
    tmp_path: Path, step: int
) -> None:
    lines = history()[:40]
    transcripts = write(tmp_path, *lines[:step])
    store = replayed({}, read(transcripts))
    for start in range(step, len(lines), step):
        append(tmp_path, *lines[start : start + step])
        replayed(store, read(transcripts))
    whole = replayed({}, read(Transcripts([tmp_path])))
    assert {
        key: (event.timestamp, event.output_tokens, event.message_length)
        for key, event in store.items()
    } == {
        key: (event.timestamp, event.output_tokens, event.message_length)
        for key, event in whole.items()
    }
