"""The browser script as a file: small, cached, and shared with pages of other origins."""

import gzip

import httpx

from localytics.web.script import PATH
from tests.eventually import eventually
from tests.service import Service


def test_the_script_is_small_and_served_as_it_should_be(configured_service: Service) -> None:
    url = configured_service.url + PATH
    page = {"sec-fetch-site": "cross-site"}
    packed = httpx.get(url, headers={**page, "accept-encoding": "br, gzip"})
    plain = httpx.get(url, headers={**page, "accept-encoding": "gzip;q=0"})
    assert packed.content == plain.content
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < 3000
    assert len(gzip.compress(plain.content, 9)) < 3000
    for answer in (packed, plain):
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["cache-control"] == "public, max-age=3600"
        assert answer.headers["vary"] == "accept-encoding"
        again = httpx.get(
            url,
            headers={
                "if-none-match": answer.headers["etag"],
                "accept-encoding": "gzip" if answer is packed else "identity",
            },
        )
        assert (again.status_code, again.content) == (304, b"")
    assert packed.headers["etag"] != plain.headers["etag"]
    assert b"cookie" not in plain.content


def test_only_the_script_is_shared_with_pages_of_other_sites(
    configured_service: Service, shared_service: Service
) -> None:
    page = {"sec-fetch-site": "cross-site"}
    for service, path, status in (
        (configured_service, PATH, 200),
        (configured_service, "/api/v1/status", 403),
        (shared_service, PATH, 403),  # which allows no origin
    ):
        assert httpx.get(service.url + path, headers=page).status_code == status
    foreign = {**page, "origin": "https://evil.com"}
    assert httpx.get(configured_service.url + PATH, headers=foreign).status_code == 403
    assert eventually(lambda: shared_service.get(PATH).status_code, "the script") == 200
