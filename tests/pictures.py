"""Pictures: what pages look like, left for people to look at."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PICTURES = Path(__file__).parents[1] / ".pictures"


def picture(page: "Page", name: str) -> None:
    """Leave a picture of the whole page."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
