"""REST API v2: users, schedules, escalation policies, services, integrations, vendors, on-calls, incidents."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from watchkeeper.routing.escalation import levels_at
from watchkeeper.routing.pagerduty import policy_from_pagerduty, rfc3339, schedule_from_pagerduty
from watchkeeper.sandbox.pagerduty.account import VENDORS, Account, Body
from watchkeeper.sandbox.pagerduty.answers import REQUESTER_NOT_FOUND, RefusedError, invalid, page, wrapped_body
from watchkeeper.sandbox.pagerduty.incidents import Incidents, shown

_PLURALS: Final[Mapping[str, str]] = {
    "user": "users",
    "schedule": "schedules",
    "escalation_policy": "escalation_policies",
    "service": "services",
}
_NEEDS_FROM: Final = ("user",)


class RestApi:
    """Routes over an account and its incidents."""

    def __init__(self, account: Account, incidents: Incidents) -> None:
        self._account = account
        self._incidents = incidents

    def routes(self) -> list[Route]:
        """Everything but the Events API."""
        found = []
        for kind, plural in _PLURALS.items():
            found += [
                Route(f"/{plural}", self._collection(kind), methods=["GET", "POST"]),
                Route(f"/{plural}/{{id}}", self._single(kind), methods=["GET", "PUT", "DELETE"]),
            ]
        return [
            *found,
            Route("/services/{id}/integrations", self._create_integration, methods=["POST"]),
            Route("/services/{id}/integrations/{integration}", self._integration, methods=["GET", "PUT"]),
            Route("/schedules/{id}/overrides", self._overrides, methods=["GET", "POST"]),
            Route("/vendors", self._vendors),
            Route("/abilities", self._abilities),
            Route("/oncalls", self._oncalls),
            Route("/change_events", self._change_events),
            Route("/services/{id}/change_events", self._change_events),
            Route("/incidents", self._list_incidents, methods=["GET"]),
            Route("/incidents", self._update_incidents, methods=["PUT"]),
            Route("/incidents/{id}", self._get_incident, methods=["GET"]),
            Route("/incidents/{id}", self._update_incident, methods=["PUT"]),
            Route("/incidents/{id}/log_entries", self._log_entries),
        ]

    def _collection(self, kind: str) -> Any:  # noqa: ANN401 - a Starlette endpoint
        plural = _PLURALS[kind]

        async def endpoint(request: Request) -> Response:
            if request.method == "POST":
                if kind in _NEEDS_FROM:
                    self._requester(request)
                body = self._account.create(kind, await wrapped_body(request, kind))
                return JSONResponse({kind: self._shown(request, kind, body)}, status_code=201)
            query = request.query_params.get("query", "").lower()
            found = [
                self._shown(request, kind, body, is_listed=True)
                for body in self._account.store.all(kind)
                if query in body["name"].lower() or query in str(body.get("email", "")).lower()
            ]
            return page(request, plural, sorted(found, key=lambda body: str(body["name"]).lower()))

        return endpoint

    def _single(self, kind: str) -> Any:  # noqa: ANN401 - a Starlette endpoint
        async def endpoint(request: Request) -> Response:
            object_id = request.path_params["id"]
            if request.method == "DELETE":
                self._account.delete(kind, object_id)
                return Response(status_code=204)
            if request.method == "PUT":
                body = self._account.update(kind, object_id, await wrapped_body(request, kind))
            else:
                body = self._account.get(kind, object_id)
            return JSONResponse({kind: self._shown(request, kind, body)})

        return endpoint

    def _shown(self, request: Request, kind: str, body: Mapping[str, Any], *, is_listed: bool = False) -> Body:
        base = str(request.base_url).rstrip("/")
        found = {**body, "summary": body["name"], "self": f"{base}/{_PLURALS.get(kind, kind)}/{body['id']}"}
        found["html_url"] = None
        if kind == "schedule":
            layers = found.pop("schedule_layers")
            if not is_listed:  # the list gives no layers; a single answer gives them top first
                found["schedule_layers"] = list(reversed(layers))
        if kind == "service":
            found["integrations"] = [
                {"id": each["id"], "type": f"{each.get('type', 'integration')}_reference", "summary": each["name"]}
                for each in self._integrations_of(str(body["id"]))
            ]
        return found

    def _integrations_of(self, service_id: str) -> Sequence[Body]:
        return [each for each in self._account.store.all("integration") if each["service"]["id"] == service_id]

    async def _create_integration(self, request: Request) -> Response:
        service = self._account.get("service", request.path_params["id"])
        given = await wrapped_body(request, "integration")
        reference = {"id": service["id"], "type": "service_reference", "summary": service["name"]}
        body = self._account.create("integration", {**given, "service": reference})
        return JSONResponse({"integration": self._shown(request, "integration", body)}, status_code=201)

    async def _integration(self, request: Request) -> Response:
        self._account.get("service", request.path_params["id"])
        integration_id = request.path_params["integration"]
        if request.method == "PUT":
            body = self._account.update("integration", integration_id, await wrapped_body(request, "integration"))
        else:
            body = self._account.get("integration", integration_id)
        return JSONResponse({"integration": self._shown(request, "integration", body)})

    async def _overrides(self, request: Request) -> Response:
        schedule_id = request.path_params["id"]
        self._account.get("schedule", schedule_id)
        kind = f"override {schedule_id}"
        if request.method == "POST":
            override = await wrapped_body(request, "override")
            if not {"start", "end", "user"} <= override.keys():
                raise RefusedError(400, 4004, "Invalid Override")
            number = self._account.store.next_number(kind)
            override["id"] = f"PO{number}"
            self._account.store.put(kind, override["id"], override, number)
            return JSONResponse({"override": override}, status_code=201)
        return JSONResponse({"overrides": self._account.store.all(kind)})

    async def _vendors(self, request: Request) -> Response:
        return page(request, "vendors", VENDORS)

    async def _abilities(self, _request: Request) -> Response:
        return JSONResponse({"abilities": ["teams"]})

    async def _change_events(self, request: Request) -> Response:
        service = request.path_params.get("id")
        if service is not None:
            self._account.get("service", service)
        found = [
            body
            for body in self._account.store.all("change_event")
            if service is None or any(each["id"] == service for each in body["services"])
        ]
        return page(request, "change_events", found[::-1])

    async def _oncalls(self, request: Request) -> Response:
        wanted = request.query_params.getlist("escalation_policy_ids[]")
        found = []
        schedules = {
            each["id"]: schedule_from_pagerduty(
                each, self._account.store.all(f"override {each['id']}"), is_bottom_first=True
            )
            for each in self._account.store.all("schedule")
        }
        for body in self._account.store.all("escalation_policy"):
            if wanted and body["id"] not in wanted:
                continue
            policy = policy_from_pagerduty(body)
            for level in levels_at(policy, schedules, self._account.clock.now):
                found += [
                    {
                        "escalation_policy": {"id": body["id"], "type": "escalation_policy_reference"},
                        "escalation_level": level.level,
                        "user": {
                            "id": each.person,
                            "type": "user_reference",
                            "summary": self._account.name_of(each.person),
                        },
                        "end": rfc3339(each.until) if each.until else None,
                    }
                    for each in level.people
                ]
        return page(request, "oncalls", found)

    async def _list_incidents(self, request: Request) -> Response:
        statuses = request.query_params.getlist("statuses[]")
        services = request.query_params.getlist("service_ids[]")
        found = [
            shown(each)
            for each in self._account.store.all("incident")
            if (not statuses or each["status"] in statuses) and (not services or each["service"]["id"] in services)
        ]
        return page(request, "incidents", found)

    async def _get_incident(self, request: Request) -> Response:
        return JSONResponse({"incident": shown(self._account.get("incident", request.path_params["id"]))})

    async def _update_incident(self, request: Request) -> Response:
        change = await wrapped_body(request, "incident")
        return JSONResponse({"incident": self._changed(request, request.path_params["id"], change)})

    async def _update_incidents(self, request: Request) -> Response:
        changes = (await request.json()).get("incidents") or []
        return JSONResponse({"incidents": [self._changed(request, str(each["id"]), each) for each in changes]})

    def _changed(self, request: Request, incident_id: str, change: Mapping[str, Any]) -> Body:
        user = self._requester(request)
        incident = self._account.get("incident", incident_id)
        status = change.get("status")
        if status not in (None, "acknowledged", "resolved"):
            raise invalid("Status must be one of: acknowledged, resolved")
        if incident["status"] == "resolved" and status is not None:
            raise RefusedError(400, 1001, "Incident Already Resolved")
        if status == "acknowledged":
            self._incidents.acknowledge(incident, user["id"], user["name"])
        elif status == "resolved":
            self._incidents.resolve(incident, user["name"])
        return shown(incident)

    async def _log_entries(self, request: Request) -> Response:
        incident_id = request.path_params["id"]
        self._account.get("incident", incident_id)
        found = [each for each in self._account.store.all("log_entry") if each["incident"]["id"] == incident_id]
        return page(request, "log_entries", found[::-1])

    def _requester(self, request: Request) -> Body:
        """Who asks, by the header `From`. Raises RefusedError."""
        email = request.headers.get("from", "")
        if not email:
            raise invalid("From header is required and must be a valid email")
        for user in self._account.store.all("user"):
            if user["email"] == email:
                return user
        raise RefusedError(400, REQUESTER_NOT_FOUND, "Requester User Not Found")
