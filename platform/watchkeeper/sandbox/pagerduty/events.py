"""Events API v2: `/v2/enqueue` and `/v2/change/enqueue`. 202 means accepted, not that an incident exists.

Texts: PagerDuty's Events API description and answers seen in public issues, read 2026-11.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from watchkeeper.sandbox.pagerduty.account import Account, Body
from watchkeeper.sandbox.pagerduty.incidents import Incidents

_ACTIONS: Final = ("trigger", "acknowledge", "resolve")
_SEVERITIES: Final = ("critical", "error", "warning", "info")
_MAX_BYTES: Final = 512_000
_MAX_SUMMARY: Final = 1024
_MAX_KEY: Final = 255
_KEY_LENGTH: Final = 32


class EventsApi:
    """Takes events in by the key of an integration."""

    def __init__(self, account: Account, incidents: Incidents) -> None:
        self._account = account
        self._incidents = incidents

    async def enqueue(self, request: Request) -> Response:
        """`POST /v2/enqueue`."""
        event = await _event(request)
        if isinstance(event, Response):
            return event
        errors = _errors(event)
        if errors:
            return _invalid(*errors)
        number = self._account.store.next_number("event")
        key = str(event.get("dedup_key") or f"{number:032x}")
        integration = self._integration(str(event["routing_key"]))
        if integration is not None:
            self._carry_out(event, integration, key)
        return JSONResponse({"status": "success", "message": "Event processed", "dedup_key": key}, status_code=202)

    async def change(self, request: Request) -> Response:
        """`POST /v2/change/enqueue`: kept with the service; opens nothing and pages nobody."""
        event = await _event(request)
        if isinstance(event, Response):
            return event
        errors = [*_key_errors(event), *_summary_errors(event.get("payload"))]
        if errors:
            return _invalid(*errors)
        integration = self._integration(str(event["routing_key"]))
        if integration is not None:
            number = self._account.store.next_number("change_event")
            body = {
                **{name: event["payload"].get(name) for name in ("summary", "timestamp", "source", "custom_details")},
                "id": f"C{number:013d}",
                "type": "change_event",
                "links": list(event.get("links") or []),
                "services": [{"id": integration["service"]["id"], "type": "service_reference"}],
                "integration": {"id": integration["id"], "type": "inbound_integration_reference"},
            }
            self._account.store.put("change_event", body["id"], body, number)
        return JSONResponse({"status": "success", "message": "Change event processed"}, status_code=202)

    def _integration(self, key: str) -> Body | None:
        found = (each for each in self._account.store.all("integration") if each["integration_key"] == key)
        return next(found, None)

    def _carry_out(self, event: Mapping[str, Any], integration: Body, key: str) -> None:
        action = event["event_action"]
        if action == "trigger":
            service = self._account.get("service", integration["service"]["id"])
            self._incidents.trigger(service, integration["id"], key, event["payload"])
            return
        incident = self._incidents.open_for(integration["id"], key)
        if incident is None:
            return  # PagerDuty drops it silently
        if action == "resolve":
            self._incidents.resolve(incident, "the integration")
        elif incident["status"] == "triggered":
            self._incidents.acknowledge(incident, "", "the integration")


async def _event(request: Request) -> Mapping[str, Any] | Response:
    """The event that came in, or the refusal of what is none."""
    raw = await request.body()
    if len(raw) > _MAX_BYTES:
        return _invalid("Event is too large (maximum is 512 KB)", status=413)
    try:
        event = json.loads(raw)
    except ValueError:
        return _invalid("JSON parse error")
    return event if isinstance(event, Mapping) else _invalid("JSON parse error")


def _key_errors(event: Mapping[str, Any]) -> list[str]:
    key = str(event.get("routing_key") or "")
    if not key:
        return ["'routing_key' is missing or blank"]
    if len(key) != _KEY_LENGTH:
        return ["Length of 'routing_key' is incorrect (should be 32 characters)"]
    return []


def _summary_errors(payload: object) -> list[str]:
    if not isinstance(payload, Mapping):
        return ["'payload' is missing or blank"]
    if not payload.get("summary"):
        return ["'payload.summary' is missing or blank"]
    is_long = len(str(payload["summary"])) > _MAX_SUMMARY
    return ["Description is too long (maximum is 1024 characters)"] if is_long else []


def _errors(event: Mapping[str, Any]) -> list[str]:
    errors = _key_errors(event)
    action = event.get("event_action")
    if not action:
        errors.append("'event_action' is missing or blank")
    elif action not in _ACTIONS:
        errors.append(f"'event_action' is invalid (must be one of: {', '.join(_ACTIONS)})")
    dedup_key = str(event.get("dedup_key") or "")
    if len(dedup_key) > _MAX_KEY:
        errors.append("'dedup_key' is too long (maximum is 255 characters)")
    if action in ("acknowledge", "resolve") and not dedup_key:
        errors.append("'dedup_key' is missing or blank")
    if action == "trigger":
        errors += _payload_errors(event.get("payload"))
    return errors


def _payload_errors(payload: object) -> list[str]:
    if not isinstance(payload, Mapping):
        return ["'payload' is missing or blank"]
    errors = [
        f"'payload.{name}' is missing or blank" for name in ("summary", "source", "severity") if not payload.get(name)
    ]
    if len(str(payload.get("summary") or "")) > _MAX_SUMMARY:
        errors.append("Description is too long (maximum is 1024 characters)")
    if payload.get("severity") and payload["severity"] not in _SEVERITIES:
        errors.append(f"'payload.severity' is invalid (must be one of: {', '.join(_SEVERITIES)})")
    return errors


def _invalid(*errors: str, status: int = 400) -> Response:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)}
    return JSONResponse(body, status_code=status)
