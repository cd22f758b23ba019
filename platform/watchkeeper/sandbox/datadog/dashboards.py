"""`/api/v1/dashboard` as the real API behaves: the list gives summaries, single answers gain ids and an author."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store
from watchkeeper.timeline import utc_text

KIND: Final = "dashboard"
_SUMMARY: Final = ("id", "title", "description", "layout_type", "url", "author_handle", "created_at", "modified_at")
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LAYOUTS: Final = ("ordered", "free")


class DashboardApi:
    """Routes over a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of `/api/v1/dashboard`."""
        return [
            Route("/api/v1/dashboard", self._list, methods=["GET"]),
            Route("/api/v1/dashboard", self._create, methods=["POST"]),
            Route("/api/v1/dashboard/{id}", self._get, methods=["GET"]),
            Route("/api/v1/dashboard/{id}", self._update, methods=["PUT"]),
            Route("/api/v1/dashboard/{id}", self._delete, methods=["DELETE"]),
        ]

    async def _list(self, request: Request) -> Response:
        first = int(request.query_params.get("start", "0"))
        count = int(request.query_params.get("count", "10000"))
        found = self._store.all(KIND)[first : first + count]
        return JSONResponse({"dashboards": [{key: body.get(key) for key in _SUMMARY} for body in found]})

    async def _create(self, request: Request) -> Response:
        body = await json_body(request)
        error = _error(body)
        if error:
            return failed(400, error)
        number = self._store.next_number(KIND)
        dashboard_id = _id(number)
        now = utc_text(self._clock.now)
        kept = self._kept(body, dashboard_id, number) | {"created_at": now, "modified_at": now}
        self._store.put(KIND, dashboard_id, kept, number)
        return JSONResponse(kept)

    def _kept(self, body: Mapping[str, Any], dashboard_id: str, number: int) -> dict[str, Any]:
        return {
            **body,
            "id": dashboard_id,
            "url": f"/dashboard/{dashboard_id}",
            "author_handle": "watchkeeper@example.com",
            "notify_list": body.get("notify_list") or [],
            "is_read_only": False,
            "restricted_roles": [],
            "template_variables": body.get("template_variables") or [],
            "widgets": _with_ids(body["widgets"], number * 1000),
        }

    async def _get(self, request: Request) -> Response:
        body = self._store.get(KIND, request.path_params["id"])
        return JSONResponse(body) if body else self._missing(request)

    def _missing(self, request: Request) -> Response:
        return failed(404, f"Dashboard with ID {request.path_params['id']} not found")

    async def _update(self, request: Request) -> Response:
        dashboard_id = request.path_params["id"]
        before = self._store.get(KIND, dashboard_id)
        if before is None:
            return self._missing(request)
        body = await json_body(request)
        error = _error(body)
        if not error and body["layout_type"] != before["layout_type"]:
            error = "layout_type cannot be changed"
        if error:
            return failed(400, error)
        number = self._store.next_number(f"{KIND} version")
        kept = self._kept(body, dashboard_id, number)
        kept |= {"created_at": before["created_at"], "modified_at": utc_text(self._clock.now)}
        self._store.put(KIND, dashboard_id, kept)
        return JSONResponse(kept)

    async def _delete(self, request: Request) -> Response:
        if not self._store.remove(KIND, request.path_params["id"]):
            return self._missing(request)
        return JSONResponse({"deleted_dashboard_id": request.path_params["id"]})


def _error(body: Mapping[str, Any]) -> str:
    for name in ("title", "layout_type", "widgets"):
        if body.get(name) is None:
            return f"The parameter '{name}' is required"
    return "" if body["layout_type"] in _LAYOUTS else f"'{body['layout_type']}' is not one of {list(_LAYOUTS)}"


def _with_ids(widgets: list[dict[str, Any]], first: int) -> list[dict[str, Any]]:
    """Every widget gets a new id at every write, groups included."""
    found = []
    for number, widget in enumerate(widgets, start=first):
        definition = dict(widget["definition"])
        if "widgets" in definition:
            definition["widgets"] = _with_ids(definition["widgets"], number * 100)
        found.append({**widget, "definition": definition, "id": number})
    return found


def _id(number: int) -> str:
    """In Datadog's form `abc-def-ghj`, the same for the same number."""
    digest = hashlib.sha256(f"dashboard {number}".encode()).digest()
    letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:9])
    return f"{letters[:3]}-{letters[3:6]}-{letters[6:]}"
