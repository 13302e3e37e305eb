"""Snippets: what the README says about middleware records requests when it is copied."""

import os
import subprocess
import sys
from pathlib import Path

from tests.client.serving import events
from tests.service import Service
from tests.test_readme import blocks

ROOT = Path(__file__).parents[2]
ROUTES = {
    "fastapi-shop": "/orders/{number}",
    "starlette-shop": "/orders/{number:int}",
    "litestar-shop": "/orders/{number}",
    "flask-shop": "/orders/<int:number>",
    "django-shop": "/orders/<int:number>",
}
SETTINGS = 'ROOT_URLCONF = "shop.urls"\nALLOWED_HOSTS = ["127.0.0.1"]\n'
URLS = """
from django.http import JsonResponse
from django.urls import path
def order(request, number):
    return JsonResponse({"number": number})
urlpatterns = [path("orders/<int:number>", order)]
"""


def test_every_snippet_records_its_requests(service: Service, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "settings.py").write_text(SETTINGS)
    (shop / "urls.py").write_text(URLS)
    environ = os.environ | {
        "LOCALYTICS_URL": service.url,
        "XDG_STATE_HOME": str(tmp_path),
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
    }
    snippets = [
        block for block in blocks("python") if "Middleware(" in block or "Middleware," in block
    ]
    running = {}
    for number, snippet in enumerate(snippets):
        file = tmp_path / f"snippet_{number}.py"
        file.write_text(snippet)
        running[snippet] = subprocess.Popen(
            [sys.executable, "-m", "tests.client.snippet", str(file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environ,
        )
    for snippet, process in running.items():
        told, errors = process.communicate()
        assert process.returncode == 0, f"{snippet}\n{errors}"
        assert '"number"' in told
    service.eventually_holds(len(ROUTES))
    recorded = {event["source"]: event["endpoint"] for event in events(service)}
    assert recorded == ROUTES
