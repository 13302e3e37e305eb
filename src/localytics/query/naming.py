"""Naming: what a person calls the things that events name by path or file."""

import re

_SEPARATORS = re.compile(r"[\\/]+")
_ENDINGS = re.compile(r"\.(gguf|bin)$", re.IGNORECASE)
_DASHES = re.compile(r"[-_\s]+")


def last_component(path: str) -> str:
    """The end of a path: `/home/ada/compiler/` is `compiler`. A plain name is itself."""
    components = [component for component in _SEPARATORS.split(path) if component]
    return components[-1] if components else path


def readable_model(model: str) -> str:
    """`models/llama-3_8b.gguf` is `Llama 3 8B`."""
    name = _ENDINGS.sub("", last_component(model))
    return _DASHES.sub(" ", name).strip().title() or model
