"""Route: the template that a framework matched a request with, from what it leaves behind.

None where no route matched. No framework is imported.
"""

from typing import Any

from localytics.client.request import Connection
from localytics.client.telling import REQUEST


def asgi_route(scope: Connection) -> str | None:
    """Of Litestar, FastAPI or Starlette, with the prefix of mounts and of a proxy (`root_path`)."""
    root: str = scope.get("root_path", "")
    if "path_template" in scope:
        return _of_litestar(scope, root)
    route = scope.get("route")
    included = scope.get("fastapi", {}).get("effective_route_context")
    if included is not None and (route is None or included.original_route is route):
        # An included router's routes know their prefix only here.
        route = getattr(included, "starlette_route", None) or included
    is_mounted = "app_root_path" in scope
    if route is None:
        if is_mounted:
            return _mounted(scope, root, {}, "/{path}")
        route = _by_endpoint(scope)
    if hasattr(route, "routes"):  # a mount whose app does not tell its routes, or matched none
        return _mounted(scope, root, {}, "/{path}") if is_mounted else None
    path = getattr(route, "path", None)
    if not path:
        return None
    if is_mounted:
        return _mounted(scope, root, getattr(route, "param_convertors", {}), path)
    return f"{root}{path}"


def wsgi_route(environ: Connection) -> str | None:
    """Of Flask or Django, with the prefix that the app is served under (SCRIPT_NAME)."""
    root: str = environ.get("SCRIPT_NAME", "")
    request = environ.get(REQUEST) or environ.get("werkzeug.request")
    if (rule := getattr(request, "url_rule", None)) is not None:
        return f"{root}{rule.rule}"
    match = getattr(request, "resolver_match", None)
    return None if match is None else f"{root}/{match.route}"


def _of_litestar(scope: Connection, root: str) -> str | None:
    handler = scope.get("route_handler")
    if not getattr(handler, "is_mount", False):
        return f"{root}{scope['path_template']}"
    for route in scope["litestar_app"].routes:
        if getattr(route, "route_handler", None) is handler:
            return f"{root}{route.path_format.rstrip('/')}/{{path}}"
    return None


def _by_endpoint(scope: Connection) -> Any:
    """The plain Starlette route of a FastAPI app, which does not say which one it was."""
    endpoint = scope.get("endpoint")
    routes = getattr(scope.get("router"), "routes", ())
    same = (route for route in routes if getattr(route, "endpoint", None) is endpoint)
    return None if endpoint is None else next(same, None)


def _mounted(scope: Connection, root: str, own: Any, path: str) -> str | None:
    """`path` below a mount, of which only the path itself is known: its parameters are put back.

    None where one can't be, as each of its values would make another endpoint.
    """
    outside: str = scope["app_root_path"]
    mount = f"{root[len(outside) :]}/"
    for name, value in scope.get("path_params", {}).items():
        if name in own:
            continue
        if f"/{value}/" not in mount:
            return None
        mount = mount.replace(f"/{value}/", f"/{{{name}}}/", 1)
    return f"{outside}{mount[:-1]}{path}"
