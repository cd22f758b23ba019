"""`/api/v2/downtime` as the real API behaves, and what its downtimes mute. Shapes: recorded answers, read 2026-11."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.errors import ConfigError
from watchkeeper.monitors.downtime import Downtime, downtime_from_json
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store

KIND: Final = "downtime"
_WRITABLE: Final = (
    "display_timezone", "message", "monitor_identifier", "mute_first_recovery_notification", "notify_end_states",
    "notify_end_types", "schedule", "scope",
)  # fmt: skip
_DEFAULTS: Final[Mapping[str, Any]] = {
    "display_timezone": "UTC",
    "message": None,
    "monitor_identifier": {"monitor_tags": ["*"]},
    "mute_first_recovery_notification": False,
    "notify_end_states": ["alert", "no data", "warn"],
    "notify_end_types": ["expired"],
    "schedule": {},
}


class DowntimeApi:
    """Routes over a store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """All of `/api/v2/downtime`."""
        return [
            Route("/api/v2/downtime", self._list, methods=["GET"]),
            Route("/api/v2/downtime", self._create, methods=["POST"]),
            Route("/api/v2/downtime/{id}", self._get, methods=["GET"]),
            Route("/api/v2/downtime/{id}", self._update, methods=["PATCH"]),
            Route("/api/v2/downtime/{id}", self._cancel, methods=["DELETE"]),
        ]

    def downtimes(self) -> list[Downtime]:
        """All of them, for the evaluation."""
        return [downtime_from_json(body, _seconds(body["attributes"]["created"])) for body in self._store.all(KIND)]

    async def _list(self, _request: Request) -> Response:
        return JSONResponse({"data": [self._shown(body) for body in self._store.all(KIND)]})

    async def _create(self, request: Request) -> Response:
        given = ((await json_body(request)).get("data") or {}).get("attributes") or {}
        now = _iso(self._clock.now)
        kept = {**_DEFAULTS, "created": now, "modified": now, "canceled": None, **_started(given, now)}
        error = _error(given, kept)
        if error:
            return failed(400, error)
        number = self._store.next_number(KIND)
        downtime_id = str(uuid.UUID(int=number))
        body = {"type": KIND, "id": downtime_id, "attributes": kept}
        self._store.put(KIND, downtime_id, body, number)
        return JSONResponse({"data": self._shown(body)})

    async def _get(self, request: Request) -> Response:
        body = self._store.get(KIND, request.path_params["id"])
        return JSONResponse({"data": self._shown(body)}) if body else _unknown(request)

    async def _update(self, request: Request) -> Response:
        body = self._store.get(KIND, request.path_params["id"])
        if body is None:
            return _unknown(request)
        given = ((await json_body(request)).get("data") or {}).get("attributes") or {}
        kept = {**body["attributes"], **given, "modified": _iso(self._clock.now)}
        error = _error(given, kept)
        if error:
            return failed(400, error)
        changed = {**body, "attributes": kept}
        self._store.put(KIND, body["id"], changed)
        return JSONResponse({"data": self._shown(changed)})

    async def _cancel(self, request: Request) -> Response:
        body = self._store.get(KIND, request.path_params["id"])
        if body is None:
            return _unknown(request)
        kept = {**body["attributes"], "canceled": _iso(self._clock.now)}
        self._store.put(KIND, body["id"], {**body, "attributes": kept})
        return Response(status_code=204)

    def _shown(self, body: Mapping[str, Any]) -> dict[str, Any]:
        kept = body["attributes"]
        monitor = kept["monitor_identifier"].get("monitor_id")
        relation = None if monitor is None else {"type": "monitors", "id": str(monitor)}
        status = _status(body, self._clock.now)
        return {**body, "attributes": {**kept, "status": status}, "relationships": {"monitor": {"data": relation}}}


def _status(body: Mapping[str, Any], now: int) -> str:
    kept = body["attributes"]
    if kept["canceled"] is not None:
        return "canceled"
    downtime = downtime_from_json(body, _seconds(kept["created"]))
    if any(start <= now < end for start, end in downtime.periods(now, now + 1)):
        return "active"
    has_ended = downtime.end is not None and downtime.end <= now
    return "ended" if has_ended else "scheduled"


def _started(given: Mapping[str, Any], now: str) -> dict[str, Any]:
    """What is given; a schedule without a start begins now."""
    schedule = given.get("schedule") or {}
    if not schedule.get("recurrences"):
        schedule = {"start": schedule.get("start") or now, "end": schedule.get("end")}
    return {**given, "schedule": schedule}


def _error(given: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    unknown: Sequence[str] = [name for name in given if name not in _WRITABLE]
    if unknown:
        return f"Additional properties are not allowed ('{unknown[0]}' was unexpected)"
    if not kept.get("scope"):
        return "The parameter 'scope' is required"
    try:
        downtime_from_json({"attributes": kept})
    except ConfigError as err:
        return f"Invalid downtime: {err}"
    return ""


def _unknown(request: Request) -> Response:
    downtime_id = request.path_params["id"]
    try:
        uuid.UUID(downtime_id)
    except ValueError:
        return failed(400, "Invalid URL param: downtime_id must be an uuid")
    return failed(404, f"Downtime {downtime_id} not found")


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000000+00:00")


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
