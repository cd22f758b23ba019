"""Users, schedules, escalation policies, services and integrations in PagerDuty."""

from collections.abc import Sequence
from typing import Any, Final

from watchkeeper.adapters.endpoints import Secret
from watchkeeper.adapters.pagerduty.client import PagerDutyClient
from watchkeeper.errors import RemoteError
from watchkeeper.project.identity import identity_in_text
from watchkeeper.sync.kind import Body

_NOT_FOUND: Final = 404


class PagerDutyStore:
    """One collection, such as `services` of `service`. needs_detail: the list leaves out what has to be compared."""

    def __init__(self, client: PagerDutyClient, singular: str, plural: str) -> None:
        self._client = client
        self._singular = singular
        self._plural = plural

    def list(self) -> Sequence[Body]:
        """Objects whose description carries an identity."""
        found = self._client.pages(f"/{self._plural}", self._plural)
        return [body for body in found if identity_in_text(body.get("description"))]

    def create(self, body: Body) -> Body:
        """Make one."""
        created: Body = self._client.call("POST", f"/{self._plural}", body={self._singular: body})[self._singular]
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Change one."""
        wrapped = {self._singular: body}
        updated: Body = self._client.call("PUT", f"/{self._plural}/{remote_id}", body=wrapped)[self._singular]
        return updated

    def delete(self, remote_id: str) -> None:
        """Remove one."""
        try:
            self._client.call("DELETE", f"/{self._plural}/{remote_id}")
        except RemoteError as err:
            if err.status != _NOT_FOUND:
                raise


class UserStore(PagerDutyStore):
    """All users of the account: they carry no identity but their e-mail address. Never deleted."""

    def __init__(self, client: PagerDutyClient) -> None:
        super().__init__(client, "user", "users")
        self._users: list[Body] | None = None

    def list(self) -> Sequence[Body]:
        """Every user; asked once."""
        if self._users is None:
            self._users = list(self._client.pages("/users", "users"))
        return self._users


class ScheduleStore(PagerDutyStore):
    """Schedules of layers, bottom first on this side."""

    def __init__(self, client: PagerDutyClient) -> None:
        super().__init__(client, "schedule", "schedules")

    def list(self) -> Sequence[Body]:
        """Every managed schedule with its layers, times of day in the schedule's own zone."""
        return [self._get(str(body["id"]), str(body["time_zone"])) for body in super().list()]

    def update(self, remote_id: str, body: Body) -> Body:
        """Change one. A layer that is known by its name keeps its id, else PagerDuty would end it and begin another."""
        before = self._get(remote_id, str(body["time_zone"]))
        ids = {layer["name"]: layer["id"] for layer in before["schedule_layers"] if not layer.get("end")}
        layers = [
            {**layer, "id": ids[layer["name"]]} if layer["name"] in ids else layer for layer in body["schedule_layers"]
        ]
        return super().update(remote_id, {**body, "schedule_layers": layers})

    def _get(self, remote_id: str, time_zone: str) -> dict[str, Any]:
        # Without the zone, PagerDuty writes times of day in the zone of the key's owner, and says nothing.
        answer = self._client.call("GET", f"/schedules/{remote_id}", {"time_zone": time_zone})["schedule"]
        return {**answer, "schedule_layers": list(reversed(answer["schedule_layers"]))}


class IntegrationStore:
    """Datadog's integration of each managed service. Ids are `<service>/<integration>`."""

    def __init__(self, client: PagerDutyClient, name: str) -> None:
        self._client = client
        self._name = name

    def list(self) -> Sequence[Body]:
        """By its name, of every managed service; `description` is the service's."""
        found = []
        for service in self._client.pages("/services", "services"):
            if identity_in_text(service.get("description")) is None:
                continue
            found += [
                {"id": f"{service['id']}/{each['id']}", "name": each["summary"], "description": service["description"]}
                for each in service.get("integrations") or ()
                if each["summary"] == self._name
            ]
        return found

    def create(self, body: Body) -> Body:
        """Add it to a service."""
        vendors = self._client.pages("/vendors", "vendors")
        vendor = next((each["id"] for each in vendors if each["name"] == self._name), None)
        if vendor is None:
            raise RemoteError(f"PagerDuty has no vendor {self._name}", host="")
        integration = {
            "type": "event_transformer_api_inbound_integration",
            "name": body["name"],
            "vendor": {"id": vendor, "type": "vendor_reference"},
        }
        path = f"/services/{body['service']}/integrations"
        answer = self._client.call("POST", path, body={"integration": integration})["integration"]
        return {"id": f"{body['service']}/{answer['id']}", "name": answer["name"]}

    def update(self, remote_id: str, body: Body) -> Body:
        """Nothing of it can differ."""
        return {**body, "id": remote_id}

    def delete(self, remote_id: str) -> None:
        """PagerDuty has no such call: it goes with its service."""

    def key(self, remote_id: str) -> Secret:
        """What Datadog must send to reach the service."""
        service, _, integration = remote_id.partition("/")
        answer = self._client.call("GET", f"/services/{service}/integrations/{integration}")
        return Secret(str(answer["integration"]["integration_key"]))
