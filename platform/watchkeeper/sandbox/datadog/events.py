"""Datadog's event stream: `/api/v1/events`."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store

EVENT: Final = "event"


class EventsApi:
    """Events that were sent, and those of monitors."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def routes(self) -> list[Route]:
        """Post, get, and list by time."""
        return [
            Route("/api/v1/events", self._post, methods=["POST"]),
            Route("/api/v1/events", self._list, methods=["GET"]),
            Route("/api/v1/events/{id:int}", self._get, methods=["GET"]),
        ]

    def add(self, title: str, text: str, tags: list[str], alert_type: str, **rest: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Keep an event of virtual now, or of `date_happened`."""
        number = self._store.next_number(EVENT)
        event = {"id": number, "title": title, "text": text, "tags": tags, "alert_type": alert_type}
        event |= {"date_happened": self._clock.now, "priority": "normal", "url": f"/event/event?id={number}", **rest}
        self._store.put(EVENT, str(number), event, number)
        return event

    async def _post(self, request: Request) -> Response:
        body = await json_body(request)
        if not body.get("title") or "text" not in body:
            return failed(400, "'title' and 'text' are required")
        names = ("date_happened", "priority", "source_type_name", "aggregation_key", "host")
        rest = {name: body[name] for name in names if body.get(name)}
        event = self.add(
            body["title"], body["text"], list(body.get("tags") or []), body.get("alert_type", "info"), **rest
        )
        return JSONResponse({"status": "ok", "event": event}, status_code=202)

    async def _list(self, request: Request) -> Response:
        try:
            start, end = (int(request.query_params[name]) for name in ("start", "end"))
        except (KeyError, ValueError):
            return failed(400, "'start' and 'end' are required, in Unix seconds")
        wanted = [tag for tag in request.query_params.get("tags", "").split(",") if tag]
        found = [
            event
            for event in self._store.all(EVENT)
            if start <= event["date_happened"] <= end and all(tag in event["tags"] for tag in wanted)
        ]
        return JSONResponse({"events": found[::-1][:1000]})

    async def _get(self, request: Request) -> Response:
        found = self._store.get(EVENT, str(request.path_params["id"]))
        return JSONResponse({"event": found}) if found else failed(404, "Event not found")
