"""Vendor: other people's browser code, fetched once, committed, and served as it is.

A package is pinned by its version and its published hash: the registry must still publish that hash
and the tarball must have it. Files are taken as they are, but for two things a browser asks for:
modules import each other by path, not by name, and no source map is named that is not there.
"""

import base64
import hashlib
import io
import json
import re
import shutil
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

REGISTRY = "https://registry.npmjs.org"
VENDOR = Path(__file__).parents[1] / "src" / "localytics" / "web" / "vendor"
LOCK = VENDOR / "vendor.lock.json"

_SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+\*/)\s*$")
_IMPORTS = {b'from"preact"': b'from"../preact/preact.js"', b'from"htm"': b'from"./htm.js"'}
_CHANGED = b"/* Changed by Localytics: modules are imported by path, no source map is named. */\n"


class Package(NamedTuple):
    """A release on npm; `files` says where a file of its tarball is put in the package's folder."""

    name: str
    version: str
    integrity: str
    license: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "preact",
        "11.2.0",
        "sha512-/HfHI/7N84e6GrWBJ3J280z3mLaRJiDcSvj/A+y/4AbLnND/1UlGHe1sR6oYuTGwId0nP7dqDU9OnLxMPZ7xBg==",
        "MIT",
        {
            "LICENSE": "LICENSE",
            "dist/preact.mjs": "preact.js",
            "hooks/dist/hooks.mjs": "hooks.js",
        },
    ),
    Package(
        "htm",
        "3.1.1",
        "sha512-983Vyg8NwUE7JkZ6NmOqpCZ+sh1bKv2iYTlUkzlWmA5JD2acKoxd4KVxbMmxX/85mtfdnDmTFoNKcg5DGAvxNQ==",
        "Apache-2.0",
        {
            "LICENSE": "LICENSE",
            "dist/htm.mjs": "htm.js",
            "preact/index.mjs": "preact.js",
        },
    ),
    Package(
        "echarts",
        "6.1.0",
        "sha512-q0yaFPggC9FUdsWH4blavRWFmxdrIodbkoKNAjJudAI6CA9gNPxHtV2RcZNEepZVlk4yvBYkOkbk6HIVpIyHZA==",
        "Apache-2.0",
        {
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "licenses/LICENSE-d3": "LICENSE-d3",
            "dist/echarts.esm.min.mjs": "echarts.js",
        },
    ),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "sha512-U06rpMtW9V3XPGOBeamTUSr0Z09jMX4IJuANpE/EZbAhw0G8CgwrzU4YmXkn/h0wCDNsXdGarTNNHC3sU8yVUQ==",
        "Apache-2.0",
        {
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "swagger-ui-bundle.js": "swagger-ui-bundle.js",
            "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
            "swagger-ui.css": "swagger-ui.css",
        },
    ),
)


def main() -> None:
    """Fetch all packages, and write them with their lock."""
    fetched = [(package, *_fetch(package)) for package in PACKAGES]
    shutil.rmtree(VENDOR, ignore_errors=True)
    locked = [_put(package, url, tarball) for package, url, tarball in fetched]
    LOCK.write_text(json.dumps({"packages": locked}, indent=2) + "\n", "utf-8", newline="\n")


def _fetch(package: Package) -> tuple[str, bytes]:
    """Where the tarball of `package` is, and the tarball, once its hash is what was pinned."""
    published = json.loads(_read(f"{REGISTRY}/{package.name}/{package.version}"))["dist"]
    if published["integrity"] != package.integrity:
        sys.exit(f"{package.name}: npm publishes {published['integrity']}, which is not the pin")
    tarball = _read(published["tarball"])
    found = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
    if found != package.integrity:
        sys.exit(f"{package.name}: the tarball has {found}, which is not the pin")
    return published["tarball"], tarball


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  (https, from above)
        read: bytes = answer.read()
        return read


def _put(package: Package, url: str, tarball: bytes) -> dict[str, Any]:
    """Write the files of `package`; returns its entry in the lock."""
    files = []
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for name, place in package.files.items():
            member = archive.extractfile(f"package/{name}")
            if member is None:
                sys.exit(f"{package.name}: {name} is no file")
            content = _for_browsers(member.read(), place)
            target = VENDOR / package.name / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            digest = hashlib.sha256(content).hexdigest()
            path = f"{package.name}/{place}"
            files.append({"path": path, "from": name, "size": len(content), "sha256": digest})
    return {
        "name": package.name,
        "version": package.version,
        "license": package.license,
        "tarball": url,
        "integrity": package.integrity,
        "files": files,
    }


def _for_browsers(content: bytes, place: str) -> bytes:
    if not place.endswith((".js", ".css")):
        return content
    changed = _SOURCE_MAP.sub(b"\n", content)
    for by_name, by_path in _IMPORTS.items():
        changed = changed.replace(by_name, by_path)
    return content if changed == content else _CHANGED + changed


if __name__ == "__main__":
    main()
