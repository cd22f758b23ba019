"""`/api/v1/slo` as the real API behaves. Error texts and shapes: recorded answers of the API, read 2026-11.

What refers to an objective keeps it from being deleted, as OpenAPI says of dashboards (409); that alerts do so too, and
the words of that answer, are this stand-in's.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.monitors.slo.model import DAYS
from watchkeeper.query.lexer import QuerySyntaxError
from watchkeeper.query.parser import parse_metric_query
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog import dashboards, monitors
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store

KIND: Final = "slo"
_TYPES: Final = {"monitor": 0, "metric": 1, "time_slice": 2}
_WRITABLE: Final = (
    "name", "type", "description", "tags", "thresholds", "query", "monitor_ids", "groups", "sli_specification",
)  # fmt: skip
_CREATOR: Final = {"name": "Watchkeeper", "handle": "watchkeeper@example.com", "email": "watchkeeper@example.com"}
_MOST: Final = 1000


class SloApi:
    """Routes over a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of `/api/v1/slo`."""
        return [
            Route("/api/v1/slo", self._list, methods=["GET"]),
            Route("/api/v1/slo", self._create, methods=["POST"]),
            Route("/api/v1/slo/can_delete", self._can_delete, methods=["GET"]),
            Route("/api/v1/slo/{id}", self._get, methods=["GET"]),
            Route("/api/v1/slo/{id}", self._update, methods=["PUT"]),
            Route("/api/v1/slo/{id}", self._delete, methods=["DELETE"]),
        ]

    def slos(self) -> Mapping[str, Mapping[str, Any]]:
        """All of them by their ids, for the evaluation."""
        return {body["id"]: body for body in self._store.all(KIND)}

    async def _list(self, request: Request) -> Response:
        asked = request.query_params
        found = list(self._store.all(KIND))
        if asked.get("ids"):
            found = [body for body in found if body["id"] in asked["ids"].split(",")]
        if asked.get("tags_query"):
            wanted = asked["tags_query"].replace(" AND ", ",").split(",")
            found = [body for body in found if all(tag.strip() in body["tags"] for tag in wanted)]
        try:
            limit, offset = int(asked.get("limit", _MOST)), int(asked.get("offset", 0))
        except ValueError:
            return failed(400, "Invalid payload: limit and offset are whole numbers")
        page = {"total_count": len(self._store.all(KIND)), "total_filtered_count": len(found)}
        return _answer(found[offset : offset + limit], metadata={"page": page})

    async def _create(self, request: Request) -> Response:
        given = await json_body(request)
        error = self._error(given)
        if error:
            return failed(400, error)
        number = self._store.next_number(KIND)
        slo_id = hashlib.md5(f"slo {number}".encode(), usedforsecurity=False).hexdigest()
        body = self._kept(given, {"id": slo_id, "created_at": self._clock.now})
        self._store.put(KIND, slo_id, body, number)
        return _answer([body])

    async def _get(self, request: Request) -> Response:
        body = self._store.get(KIND, request.path_params["id"])
        return _unknown(request) if body is None else _answer(body)

    async def _update(self, request: Request) -> Response:
        before = self._store.get(KIND, request.path_params["id"])
        if before is None:
            return _unknown(request)
        given = await json_body(request)
        if given.get("type", before["type"]) != before["type"]:
            # The server looks for what the former type needs.
            return failed(400, _needed({**given, "type": before["type"]}) or "Invalid payload: type cannot be changed")
        error = self._error(given)
        if error:
            return failed(400, error)
        body = self._kept(given, {"id": before["id"], "created_at": before["created_at"]})
        self._store.put(KIND, body["id"], body)
        return _answer([body])

    async def _delete(self, request: Request) -> Response:
        slo_id = request.path_params["id"]
        if self._store.get(KIND, slo_id) is None:
            return _unknown(request)
        users = [] if request.query_params.get("force") == "true" else self._users(slo_id)
        if users:
            return JSONResponse({"data": [], "errors": {slo_id: _used_by(slo_id, users)}}, status_code=409)
        self._store.remove(KIND, slo_id)
        return _answer([slo_id])

    async def _can_delete(self, request: Request) -> Response:
        asked = [each for each in request.query_params.get("ids", "").split(",") if each]
        users = {slo_id: found for slo_id in asked if (found := self._users(slo_id))}
        errors = {slo_id: _used_by(slo_id, found) for slo_id, found in users.items()}
        body = {"data": {"ok": [each for each in asked if each not in users]}, "errors": errors or None}
        return JSONResponse(body, status_code=409 if errors else 200)

    def _users(self, slo_id: str) -> list[str]:
        """What would stand there without its objective."""
        alerts = [
            f"monitor [{body['id']},{body['name']}]"
            for body in self._store.all(monitors.KIND)
            if body["type"] == "slo alert" and slo_id in body["query"]
        ]
        boards = [
            f"dashboard [{body['id']},{body['title']}]"
            for body in self._store.all(dashboards.KIND)
            if f'"{slo_id}"' in json.dumps(body)
        ]
        return alerts + boards

    def _kept(self, given: Mapping[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
        """An objective as it is stored and shown: what is given, and what the server adds."""
        thresholds = [_threshold(each) for each in given["thresholds"]]
        first = thresholds[0]
        return {
            **{name: given[name] for name in _WRITABLE if given.get(name) is not None},
            "description": given.get("description") or "",
            "tags": list(dict.fromkeys(str(tag).lower() for tag in given.get("tags") or [])),
            "monitor_tags": [],
            "thresholds": thresholds,
            "timeframe": first["timeframe"],
            "target_threshold": first["target"],
            **({"warning_threshold": first["warning"]} if "warning" in first else {}),
            "type_id": _TYPES[given["type"]],
            "creator": _CREATOR,
            "modified_at": self._clock.now,
            **fixed,
        }

    def _error(self, body: Mapping[str, Any]) -> str:
        """Why Datadog would refuse an objective; empty when it would take it."""
        return slo_error(body) or next(
            (
                f"Invalid payload: monitor {number} does not exist"
                for number in body.get("monitor_ids") or []
                if not isinstance(number, int) or self._store.get(monitors.KIND, str(number)) is None
            ),
            "",
        )


def slo_error(body: Mapping[str, Any]) -> str:
    """Why Datadog would refuse an objective, as far as its own JSON tells; empty when it would take it."""
    if not body.get("name"):
        return "Invalid payload: Minimum length of parameter 'name' should be 1"
    if body.get("type") not in _TYPES:
        return f"Invalid payload: Value of parameter 'type' should be any of these {sorted(_TYPES)}"
    thresholds = body.get("thresholds")
    if not isinstance(thresholds, Sequence) or not thresholds:
        return "Invalid payload: Minimum length of parameter 'thresholds' should be 1"
    for each in thresholds:
        if each.get("timeframe") not in DAYS:
            return "Invalid payload: Value of parameter 'timeframe' should be any of these ['7d', '30d', '90d']"
        if not 0 < float(each.get("target") or 0) < 100:  # noqa: PLR2004 - percent
            return "Invalid payload: target must be above 0 and below 100"
        if each.get("warning") is not None and not float(each["target"]) < float(each["warning"]) <= 100:  # noqa: PLR2004
            return "Invalid payload: warning must be above the target"
    return _needed(body) or _unreadable(body)


def _needed(body: Mapping[str, Any]) -> str:
    if body["type"] == "monitor" and not body.get("monitor_ids"):
        return "Invalid payload: must specify monitor_ids"
    if body["type"] == "metric" and not (body.get("query") or body.get("sli_specification")):
        return "Invalid payload: must specify the query for count types"
    if body["type"] == "time_slice" and not body.get("sli_specification"):
        return "Invalid payload: must specify sli_specification"
    return ""


def _unreadable(body: Mapping[str, Any]) -> str:
    for name in ("numerator", "denominator"):
        text = (body.get("query") or {}).get(name)
        try:
            if text is not None:
                parse_metric_query(text)
        except QuerySyntaxError as err:
            return f"Invalid payload: Error parsing query {name}: {err}"
    return ""


def _threshold(given: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {"timeframe": given["timeframe"]}
    for name in ("target", "warning"):
        if given.get(name) is not None:
            kept |= {name: float(given[name]), f"{name}_display": _display(float(given[name]))}
    return kept


def _display(value: float) -> str:
    """`99.` and `99.95`, as the real API writes it."""
    return f"{value:g}" if "." in f"{value:g}" else f"{value:g}."


def _answer(data: object, **further: object) -> JSONResponse:
    return JSONResponse({"data": data, "error": None, **further})


def _used_by(slo_id: str, users: Sequence[str]) -> str:
    return f"slo [{slo_id}] is referenced in: {', '.join(users)}"


def _unknown(request: Request) -> Response:
    return failed(404, f"SLO not found: {request.path_params['id']} not found")
