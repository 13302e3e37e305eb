"""Snippet: a process that serves the app of a file, sends it one request and ends as apps end."""

import runpy
import sys

import httpx

from tests.client.serving import asgi_served, wsgi_served

if __name__ == "__main__":
    names = runpy.run_path(sys.argv[1])
    app = names.get("app") or names["application"]
    served = wsgi_served if "wsgi" in f"{type(app)} {names}" else asgi_served
    with served(app) as url:
        sys.stdout.write(httpx.get(f"{url}/orders/42", timeout=60).text)
