"""Vendored code: what is committed is what was fetched, and nothing else."""

import hashlib
import json
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "src" / "localytics" / "web" / "vendor"
LOCK = VENDOR / "vendor.lock.json"


def test_committed_files_are_those_of_the_lock() -> None:
    locked = {
        file["path"]: (file["size"], file["sha256"])
        for package in json.loads(LOCK.read_text("utf-8"))["packages"]
        for file in package["files"]
    }
    there = {
        file.relative_to(VENDOR).as_posix(): (
            file.stat().st_size,
            hashlib.sha256(file.read_bytes()).hexdigest(),
        )
        for file in VENDOR.rglob("*")
        if file.is_file() and file != LOCK
    }
    assert there == locked


def test_every_package_is_pinned_and_brings_its_licence() -> None:
    packages = json.loads(LOCK.read_text("utf-8"))["packages"]
    assert {package["name"] for package in packages} == {
        "preact",
        "htm",
        "echarts",
        "swagger-ui-dist",
    }
    for package in packages:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert re.fullmatch(r"sha512-[\w+/]{86}==", package["integrity"])
        name = f"{package['name']}-{package['version']}.tgz"
        assert package["tarball"].startswith("https://")
        assert package["tarball"].endswith(name)
        assert f"{package['name']}/LICENSE" in {file["path"] for file in package["files"]}


def test_modules_load_nothing_by_name_and_no_source_map() -> None:
    for file in [*VENDOR.rglob("*.js"), *VENDOR.rglob("*.css")]:
        text = file.read_text("utf-8")
        assert "sourceMappingURL" not in text[-500:], file
        if file.parent.name in {"preact", "htm"}:
            for path in re.findall(r"""from\s*["']([^"']+)["']""", text):
                assert (file.parent / path).is_file(), f"{file.name} loads {path}"
