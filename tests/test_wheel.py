"""The wheel: holds everything that the tree does, by way of the source distribution."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "localytics"


def test_wheel_of_the_source_distribution_holds_the_whole_package(tmp_path: Path) -> None:
    _build("sdist", ROOT, tmp_path)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    source = tmp_path / sdist.name.removesuffix(".tar.gz")
    _build("wheel", source, tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name.removeprefix("localytics/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("localytics/")
        }
    there = {
        file.relative_to(PACKAGE).as_posix(): file.read_bytes()
        for file in PACKAGE.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert packed == there


def _build(kind: str, source: Path, target: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind]
    subprocess.run(
        [*command, "--directory", str(target)], cwd=source, check=True, capture_output=True
    )
