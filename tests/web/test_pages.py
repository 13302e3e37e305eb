"""Pages: what browsers are served, under which headers, and that it works in one."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from localytics.web.asset import KINDS
from tests.browser import Site
from tests.service import Service

WEB = Path(__file__).parents[2] / "src" / "localytics" / "web"
ASSETS = {
    **{file.relative_to(WEB / "static").as_posix(): file for file in (WEB / "static").rglob("*.*")},
    **{file.relative_to(WEB).as_posix(): file for file in (WEB / "vendor").rglob("*.*")},
}
LARGEST = "vendor/swagger-ui-dist/swagger-ui-bundle.js"


def place(service: Service) -> str:
    """The path that the pages load everything from."""
    (found,) = set(re.findall(r"/ui/\w+", service.get("/").text))
    return str(found)


def watched(browser: Browser, service: Service) -> tuple[Page, list[str]]:
    """A page, and what it complains of or asks of others as it does so."""
    complaints: list[str] = []
    page = browser.new_context().new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((f"{service.url}/", "data:"))
            else complaints.append(request.url)
        ),
    )
    page.on(
        "response",
        lambda answer: None if answer.ok else complaints.append(f"{answer.status} {answer.url}"),
    )
    return page, complaints


def test_every_file_is_served_as_it_is_and_kept_for_good(shared_service: Service) -> None:
    under = place(shared_service)
    for path, file in ASSETS.items():
        if not file.is_file():
            continue
        answer = shared_service.get(f"{under}/{path}")
        assert answer.status_code == 200, path
        assert answer.content == file.read_bytes(), path
        kind = KINDS[file.suffix.removeprefix(".")]
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        again = {"if-none-match": answer.headers["etag"]}
        assert shared_service.get(f"{under}/{path}", headers=again).status_code == 304


def test_javascript_styles_pictures_and_fonts_have_their_types() -> None:
    assert KINDS["js"] == KINDS["mjs"] == "text/javascript"
    assert KINDS["css"] == "text/css"
    assert KINDS["svg"] == "image/svg+xml"
    assert KINDS["woff2"] == "font/woff2"


def test_gzip_is_for_those_who_take_it(shared_service: Service) -> None:
    path = f"{place(shared_service)}/{LARGEST}"
    plain = shared_service.get(path, headers={"accept-encoding": "br, gzip;q=0"})
    assert "content-encoding" not in plain.headers
    with httpx.stream(
        "GET", shared_service.url + path, headers={"accept-encoding": "gzip"}
    ) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "accept-encoding"
        assert packed.headers["etag"] != plain.headers["etag"]
        raw = b"".join(packed.iter_raw())
    assert gzip.decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 2


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_is_asked_for_each_time_and_may_load_only_what_is_here(
    shared_service: Service, path: str
) -> None:
    page = shared_service.get(path)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert page.headers["referrer-policy"] == "no-referrer"
    policy = dict(
        part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "__UI__" not in page.text
    again = shared_service.get(path, headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for loaded in re.findall(r'(?:src|href)="(/[^"]*)"', page.text):
        assert shared_service.get(loaded).status_code == 200, loaded


@pytest.mark.parametrize(
    "path",
    ["/ui/0000000000000000/icon.svg", "{ui}/nothing.js", "{ui}/../routes.py", "{ui}/%2e%2e/"],
)
def test_what_is_no_part_of_the_pages_is_not_served(shared_service: Service, path: str) -> None:
    asked = path.replace("{ui}", place(shared_service))
    answer = httpx.get(httpx.URL(shared_service.url).copy_with(raw_path=asked.encode()))
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_link_of_another_site_leads_to_a_page_and_to_nothing_else(
    shared_service: Service,
) -> None:
    followed = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "document"}
    framed = {"sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe"}
    assert shared_service.get("/", headers=followed).status_code == 200
    assert shared_service.get("/", headers=framed).status_code == 403
    assert shared_service.get("/api/v1/status", headers=followed).status_code == 403


def test_a_page_of_another_site_can_link_here_but_show_nothing_of_it(
    browser: Browser, shared_service: Service
) -> None:
    with Site() as site:
        host = shared_service.url.replace("127.0.0.1", "localhost")  # another site to a browser
        site.page = f'<a href="{host}/">here</a>'
        page = browser.new_context().new_page()
        page.goto(site.url)
        page.locator("a").click()
        page.wait_for_url(f"{host}/")
        assert page.title().endswith("Localytics")


def test_docs_show_every_route_and_complain_of_nothing(
    browser: Browser, shared_service: Service
) -> None:
    paths = shared_service.get("/openapi.json").json()["paths"]
    page, complaints = watched(browser, shared_service)
    page.goto(f"{shared_service.url}/docs")
    page.locator(".opblock").first.wait_for()
    shown = page.locator(".opblock").count()
    assert shown == sum(len(operations) for operations in paths.values())
    page.locator("#operations-service-status .opblock-summary-control").click()
    page.locator("#operations-service-status .execute").click()
    page.locator("#operations-service-status .live-responses-table").wait_for()
    assert complaints == []


def test_what_is_vendored_works_under_the_policy(browser: Browser, shared_service: Service) -> None:
    page, complaints = watched(browser, shared_service)
    page.goto(shared_service.url)
    drawn = page.evaluate(
        """async (ui) => {
            const { html, render } = await import(`${ui}/vendor/htm/preact.js`);
            const { useEffect, useState } = await import(`${ui}/vendor/preact/hooks.js`);
            const charts = await import(`${ui}/vendor/echarts/echarts.js`);
            document.body.textContent = "";
            const chart = document.body.appendChild(document.createElement("div"));
            chart.style.setProperty("width", "400px");
            chart.style.setProperty("height", "300px");
            charts.init(chart, null, { renderer: "svg" }).setOption({
                animation: false,
                aria: { enabled: true },
                calendar: { range: "2026" },
                visualMap: { min: 0, max: 10 },
                series: [{ type: "heatmap", coordinateSystem: "calendar",
                           data: [["2026-01-01", 3]] }],
            });
            const place = document.body.appendChild(document.createElement("div"));
            return new Promise((done) => {
                const Count = () => {
                    const [count, setCount] = useState(0);
                    useEffect(() => {
                        if (count < 3) setCount(count + 1);
                        else done([place.textContent, chart.querySelector("svg") !== null]);
                    }, [count]);
                    return html`<b>${count}</b>`;
                };
                render(html`<${Count} />`, place);
            });
        }""",
        place(shared_service),
    )
    assert drawn == ["3", True]
    assert complaints == []
