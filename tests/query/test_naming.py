import pytest

from localytics.query.naming import last_component, readable_model


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/ada/compiler", "compiler"),
        ("/home/ada/compiler/", "compiler"),
        ("C:\\work\\engine\\", "engine"),
        ("notes", "notes"),
        ("-home-ada-notes", "-home-ada-notes"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_project_is_named_by_the_end_of_its_path(path: str, name: str) -> None:
    assert last_component(path) == name


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("claude-opus-4-6", "Claude Opus 4 6"),
        ("anthropic/claude-opus-4-6", "Claude Opus 4 6"),
        ("/models/llama-3_8b.gguf", "Llama 3 8B"),
        ("D:\\models\\Mistral--7B.BIN", "Mistral 7B"),
        ("gpt-4.1-mini", "Gpt 4.1 Mini"),
        ("binary-bin", "Binary Bin"),
        (".gguf", ".gguf"),
        ("/", "/"),
        ("", ""),
    ],
)
def test_a_model_is_named_so_that_it_can_be_read(model: str, name: str) -> None:
    assert readable_model(model) == name
