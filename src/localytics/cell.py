"""Cell: texts in CSV that no spreadsheet takes for a formula, and back."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


def harmless(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would work it out.

    One that already looks like that gets another, so that it can be taken away again.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def as_it_was(cell: str) -> str:
    """The text that was made `harmless`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
