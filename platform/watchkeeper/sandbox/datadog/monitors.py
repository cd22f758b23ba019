"""`/api/v1/monitor` as the real API behaves. Error texts and defaults: recorded answers of the API, read 2026-11."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.monitors.alerting import MonitorMemory, any_query
from watchkeeper.query.forms import ChangeQuery, CompositeQuery, MonitorQuery, SloQuery, crosses
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import METRIC_TYPES
from watchkeeper.query.visit import members_of
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store

KIND: Final = "monitor"
_WRITTEN_BY_ITS_TEST: Final = "synthetics alert"
_DAY_S: Final = 86_400
_DEFAULT_OPTIONS: Final = {
    "notify_audit": False,
    "silenced": {},
    "include_tags": True,
    "new_host_delay": 300,
    "notify_no_data": False,
}
_CREATOR: Final = {
    "name": "Watchkeeper",
    "handle": "watchkeeper@example.com",
    "email": "watchkeeper@example.com",
    "id": 1,
}


class MonitorApi:
    """Routes over a store. memories: what the evaluation remembers of each monitor, for the states it shows."""

    def __init__(self, store: Store, clock: Clock, memories: Mapping[str, MonitorMemory]) -> None:
        self._store = store
        self._clock = clock
        self._memories = memories

    def routes(self) -> list[Route]:
        """All of `/api/v1/monitor`."""
        return [
            Route("/api/v1/monitor", self._list, methods=["GET"]),
            Route("/api/v1/monitor", self._create, methods=["POST"]),
            Route("/api/v1/monitor/validate", self._validate, methods=["POST"]),
            Route("/api/v1/monitor/{id:int}", self._get, methods=["GET"]),
            Route("/api/v1/monitor/{id:int}", self._update, methods=["PUT"]),
            Route("/api/v1/monitor/{id:int}", self._delete, methods=["DELETE"]),
            Route("/api/v1/monitor/{id:int}/validate", self._validate, methods=["POST"]),
        ]

    async def _list(self, request: Request) -> Response:
        wanted = [tag for tag in request.query_params.get("monitor_tags", "").split(",") if tag]
        found = [body for body in self._store.all(KIND) if all(tag in body["tags"] for tag in wanted)]
        if "page" in request.query_params:
            size = int(request.query_params.get("page_size", "100"))
            first = int(request.query_params["page"]) * size
            found = found[first : first + size]
        return JSONResponse([{**self._shown(body), "matching_downtimes": []} for body in found])

    async def _create(self, request: Request) -> Response:
        body = await json_body(request)
        error = monitor_error(body) or self._slo_missing(body)
        if error:
            return failed(400, error)
        number = self._store.next_number(KIND)
        now = _iso(self._clock.now)
        monitor = {
            "id": number,
            "org_id": 1,
            "name": body.get("name") or body["query"],
            "type": body["type"],
            "query": body["query"].strip(),
            "message": str(body.get("message") or "").strip(),
            "tags": body.get("tags") or [],
            "priority": body.get("priority") or None,
            "options": _options(body.get("options") or {}),
            "multi": " by " in body["query"],
            "created": now,
            "created_at": self._clock.now * 1000,
            "modified": now,
            "deleted": None,
            "creator": _CREATOR,
            "restricted_roles": None,
            "restriction_policy": None,
            "assets": [],
            "draft_status": "published",
            "overall_state_modified": None,
        }
        self._store.put(KIND, str(number), monitor, number)
        return JSONResponse(self._shown(monitor))

    async def _get(self, request: Request) -> Response:
        body = self._store.get(KIND, str(request.path_params["id"]))
        return JSONResponse(self._shown(body)) if body else failed(404, "Monitor not found")

    async def _update(self, request: Request) -> Response:
        monitor_id = str(request.path_params["id"])
        before = self._store.get(KIND, monitor_id)
        if before is None:
            return failed(404, "Monitor not found")
        given = await json_body(request)
        if given.get("type", before["type"]) != before["type"] and not {given["type"], before["type"]} <= set(
            METRIC_TYPES
        ):
            return failed(400, "Monitor type change not allowed")
        # Partial at the top; options are replaced as a whole, then the defaults come back.
        body = {**before, **{key: value for key, value in given.items() if key in _WRITABLE}}
        body["options"] = _options(given["options"]) if "options" in given else before["options"]
        error = monitor_error(body) or self._slo_missing(body)
        if error:
            return failed(400, error)
        body["modified"] = _iso(self._clock.now)
        self._store.put(KIND, monitor_id, body)
        return JSONResponse(self._shown(body))

    async def _delete(self, request: Request) -> Response:
        monitor_id = request.path_params["id"]
        before = self._store.get(KIND, str(monitor_id))
        if before is None:
            return failed(404, "Monitor not found")
        composites = self._composites_of(monitor_id)
        if composites and request.query_params.get("force") != "true":
            what = (
                f"monitor [{monitor_id},{before['name']}] is referenced in composite monitors: {', '.join(composites)}"
            )
            return failed(400, what)
        users = [body for body in self._store.all("slo") if monitor_id in (body.get("monitor_ids") or [])]
        if users and request.query_params.get("force") != "true":
            names = ", ".join(f"[{body['id']},{body['name']}]" for body in users)
            return failed(400, f"monitor [{monitor_id},{before['name']}] is referenced in slos: {names}")
        self._store.remove(KIND, str(monitor_id))
        return JSONResponse({"deleted_monitor_id": monitor_id})

    def _composites_of(self, number: int) -> list[str]:
        """The composites that name a monitor."""
        composites = [body for body in self._store.all(KIND) if body["type"] == "composite"]
        queries = [(body, any_query(body)) for body in composites]
        return [
            f"[{body['id']},{body['name']}]"
            for body, query in queries
            if isinstance(query, CompositeQuery) and number in members_of(query.condition)
        ]

    async def _validate(self, request: Request) -> Response:
        error = monitor_error(await json_body(request))
        return failed(400, error) if error else JSONResponse({})

    def _slo_missing(self, body: Mapping[str, Any]) -> str:
        """Of an `slo alert`: that there is no such objective, or that its threshold cannot be reached."""
        query = any_query(body) if body["type"] == "slo alert" else None
        if not isinstance(query, SloQuery):
            return ""
        slo = self._store.get("slo", query.slo.plain)
        if slo is None:
            return f"SLO not found: {query.slo.plain} not found"
        days = query.over.seconds // _DAY_S
        target = next((each["target"] for each in slo["thresholds"] if each["timeframe"] == f"{days}d"), None)
        if target is None:
            return f"The SLO has no target over {days}d"
        if query.kind == "burn_rate" and query.threshold > 100 / (100 - target):
            return f"Burn rate threshold ({query.threshold}) must be at most {100 / (100 - target):g}"
        return ""

    def _shown(self, body: Mapping[str, Any]) -> dict[str, Any]:
        memory = self._memories.get(str(body["id"]))
        return {**body, "overall_state": memory.overall if memory else "No Data"}


_WRITABLE: Final = frozenset({"name", "type", "query", "message", "tags", "priority"})


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    options = {**_DEFAULT_OPTIONS, **given}
    thresholds = {key: float(value) for key, value in (options.get("thresholds") or {}).items() if value is not None}
    options.pop("thresholds", None)
    return {**options, "thresholds": thresholds} if thresholds else options


def monitor_error(body: Mapping[str, Any]) -> str:
    """Why Datadog would refuse a monitor; empty when it would take it."""
    if not body.get("type"):
        return "The parameter 'type' is required"
    if not body.get("query"):
        return "The parameter 'query' is required"
    thresholds = (body.get("options") or {}).get("thresholds") or {}
    if body["type"] == _WRITTEN_BY_ITS_TEST:
        return ""
    try:
        query = any_query(body)
    except QuerySyntaxError:
        return "The value provided for parameter 'query' is invalid"
    if not isinstance(query, MonitorQuery | ChangeQuery) or query.comparison.value is None:
        return ""
    critical, warning = thresholds.get("critical"), thresholds.get("warning")
    if warning is not None and critical is None:
        return "Alert status is required."
    if critical is not None and float(critical) != query.threshold:
        return f"Alert threshold ({float(critical)}) does not match that used in the query ({query.threshold})."
    if warning is not None and crosses(query.comparator, float(warning), query.threshold):
        side = "less" if query.comparator.startswith(">") else "greater"
        return (
            f"Warning threshold ({float(warning)}) must be {side} than the alert threshold ({query.threshold}) "
            f"with {query.comparator} comparison."
        )
    recovery = thresholds.get("critical_recovery")
    if recovery is not None and crosses(query.comparator, float(recovery), query.threshold):
        return (
            "alert and alert recovery criteria are such that the monitor can be simultaneously "
            "in alert and alert recovery states"
        )
    return ""


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000+00:00")
