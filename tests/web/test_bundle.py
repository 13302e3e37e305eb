"""Bundles: many files as one that says the same, or none where that can't be."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from localytics.web import bundle

MODULES = {
    "start.js": """// Start: its path is looked for from where it is.
import Page from "./pages/page.js";
import * as words from "./words.js";
import { shout as loud } from "./html.js";
const later = () => import("./vendor/late.js");
console.log(loud(new Page().text), words.number, typeof later);
""",
    "pages/page.js": """import { said,
  number } from "../words.js";

export default function Page() {
  this.text = ` import nothing of "${said()}" ${number}`;
}
""",
    "words.js": """export const number = 7;
const hidden = "said";
export function said() {
  return hidden;
}
""",
    "html.js": 'export { shout } from "./vendor/shout.js";\n',
}


def test_modules_run_after_those_they_import() -> None:
    text = bundle.script(MODULES, "start.js")
    assert [line for line in text.splitlines() if line.startswith("modules")] == [
        'modules["vendor/shout.js"] = vendored0;',
        'modules["words.js"] = (() => {',
        'modules["pages/page.js"] = (() => {',
        'modules["html.js"] = (() => {',
        'modules["start.js"] = (() => {',
    ]


@pytest.mark.skipif(which("node") is None, reason="no node to run it alone")
def test_what_is_put_together_does_the_same(tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    shout = "export const shout = (text) => text.trim().toUpperCase();"
    (tmp_path / "vendor" / "shout.js").write_text(shout, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")
    (tmp_path / "bundle.js").write_text(bundle.script(MODULES, "start.js"), "utf-8")
    ran = subprocess.run(
        ["node", "bundle.js"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout == 'IMPORT NOTHING OF "SAID" 7 7 function\n'


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ('import { said } from "./words.js"\n', "not written as bundles need it"),
        ("export let changing = 1;\n", "not written as bundles need it"),
        ('import { first } from "./app.js";\n', "import each other"),
    ],
)
def test_a_module_that_can_not_be_put_together_is_told(source: str, wrong: str) -> None:
    modules = {"app.js": 'import { first } from "./first.js";\n', "first.js": source}
    with pytest.raises(ValueError, match=wrong):
        bundle.script(modules | {"words.js": MODULES["words.js"]}, "app.js")


def test_sheets_stand_where_they_are_imported() -> None:
    sheets = {
        "css/index.css": '@import "a.css";\n@import "b.css" print;\n',
        "css/a.css": "a { color: red; }\n",
        "css/b.css": "b { color: blue; }\n",
    }
    assert bundle.sheet(sheets, "css/index.css") == (
        "a { color: red; }\n@media print {\nb { color: blue; }\n}\n"
    )
