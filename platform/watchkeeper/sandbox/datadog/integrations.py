"""Datadog's integration objects: which PagerDuty service and which Slack channel a handle stands for.

Texts and the missing list: Datadog's OpenAPI description and issues of its Terraform provider, read 2026-11.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.sandbox.datadog.answers import failed, json_body
from watchkeeper.sandbox.datadog.store import Store

PAGERDUTY: Final = "pagerduty service"
SLACK: Final = "slack channel"
_PAGERDUTY_PATH: Final = "/api/v1/integration/pagerduty/configuration/services"
_SLACK_PATH: Final = "/api/v1/integration/slack/configuration/accounts/{account}/channels"
_DISPLAY: Final = {"message": True, "notified": True, "snapshot": True, "tags": True, "mute_buttons": False}


class IntegrationsApi:
    """Routes over a store. slack_accounts: the workspaces that somebody connected in Datadog's pages."""

    def __init__(self, store: Store, slack_accounts: Collection[str]) -> None:
        self._store = store
        self._accounts = slack_accounts

    def routes(self) -> list[Route]:
        """PagerDuty services and Slack channels."""
        one = f"{_PAGERDUTY_PATH}/{{name}}"
        channel = f"{_SLACK_PATH}/{{name}}"
        return [
            Route(_PAGERDUTY_PATH, self._create_service, methods=["POST"]),
            Route(one, self._get_service, methods=["GET"]),
            Route(one, self._update_service, methods=["PUT"]),
            Route(one, self._delete_service, methods=["DELETE"]),
            Route(_SLACK_PATH, self._channels, methods=["GET", "POST"]),
            Route(channel, self._channel, methods=["GET", "PATCH", "DELETE"]),
        ]

    async def _create_service(self, request: Request) -> Response:
        body = await json_body(request)
        name = str(body.get("service_name") or "")
        if not name or not body.get("service_key"):
            return failed(400, "service_name and service_key are required")
        if self._store.get(PAGERDUTY, name):
            return failed(400, "Service already exists")
        kept = {"service_name": name, "service_key": body["service_key"]}
        self._store.put(PAGERDUTY, name, kept, self._store.next_number(PAGERDUTY))
        return JSONResponse({"service_name": name}, status_code=201)

    async def _get_service(self, request: Request) -> Response:
        name = request.path_params["name"]
        found = self._store.get(PAGERDUTY, name)
        return JSONResponse({"service_name": name}) if found else failed(404, "Service not found")

    async def _update_service(self, request: Request) -> Response:
        name = request.path_params["name"]
        if not self._store.get(PAGERDUTY, name):
            return failed(404, "Service not found")
        key = (await json_body(request)).get("service_key")
        if not key:
            return failed(400, "service_key is required")
        self._store.put(PAGERDUTY, name, {"service_name": name, "service_key": key})
        return Response(status_code=200)

    async def _delete_service(self, request: Request) -> Response:
        is_gone = self._store.remove(PAGERDUTY, request.path_params["name"])
        return Response(status_code=204) if is_gone else failed(404, "Service not found")

    async def _channels(self, request: Request) -> Response:
        account = request.path_params["account"]
        if account not in self._accounts:
            return failed(404, f"Slack account {account} not found")
        if request.method == "GET":
            found = [_shown(each) for each in self._store.all(SLACK) if each["account"] == account]
            return JSONResponse(found)
        body = await json_body(request)
        name = str(body.get("name") or "")
        if not name.startswith("#"):
            return failed(400, "Channel name must start with #")
        if self._store.get(SLACK, f"{account}/{name}"):
            return failed(400, "Channel already exists")
        return self._keep(account, name, body)

    async def _channel(self, request: Request) -> Response:
        account, name = request.path_params["account"], request.path_params["name"]
        name = name if name.startswith("#") else f"#{name}"
        found = self._store.get(SLACK, f"{account}/{name}")
        if found is None:
            return failed(404, f"Channel {name} not found")
        if request.method == "DELETE":
            self._store.remove(SLACK, f"{account}/{name}")
            return Response(status_code=204)
        return (
            self._keep(account, name, {**found, **await json_body(request)})
            if request.method == "PATCH"
            else JSONResponse(_shown(found))
        )

    def _keep(self, account: str, name: str, body: Mapping[str, Any]) -> Response:
        display = {**_DISPLAY, **(body.get("display") or {})}
        kept = {"account": account, "name": name, "display": display}
        number = 0 if self._store.get(SLACK, f"{account}/{name}") else self._store.next_number(SLACK)
        self._store.put(SLACK, f"{account}/{name}", kept, number)
        return JSONResponse(_shown(kept))


def _shown(body: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": body["name"], "display": body["display"]}
