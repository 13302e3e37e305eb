"""Every page in every look: accessible, no wider than its screen, calm while it loads, pictured."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.pictures import picture
from tests.web.dashboard import PAGES, Dashboard

MOST_SHIFT = 0.05
# What comes last on pages that are compared with the period before.
COMPARED = dict.fromkeys(
    ("activity", "costs", "models", "people", "operations"), ".change .past, .legend .dashed"
) | {"overview": ".change .past"}
# Of each width, the looks that a page is drawn in, one after the other.
LOOKS: dict[int, dict[str, dict[str, Any]]] = {
    1280: {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "forced": {"color_scheme": "dark", "forced_colors": "active"},
    },
    375: {"narrow": {"color_scheme": "light", "forced_colors": "none"}},
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_fits_its_screen_and_stays_put(
    dashboard: Dashboard, page: str
) -> None:
    axe = Axe()
    broken = {}
    for width, looks in LOOKS.items():
        dashboard.page.set_viewport_size({"width": width, "height": 900})
        for look, media in looks.items():
            dashboard.page.emulate_media(**media)
            if look in {"light", "narrow"}:
                dashboard.open(page)
                dashboard.drawn(page)
                if page in COMPARED:
                    past = dashboard.page.locator(COMPARED[page]).first
                    past.wait_for(state="attached")
                shifted, parts = dashboard.shift()
                assert shifted <= MOST_SHIFT, parts
                assert dashboard.page.evaluate("document.documentElement.scrollWidth") <= width
            picture(dashboard.page, f"{page}-{look}")
            for rule in axe.run(dashboard.page).response["violations"]:
                broken[look, rule["id"]] = [node["target"] for node in rule["nodes"]]
    assert broken == {}
