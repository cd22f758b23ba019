"""Datadog's integration objects: what `@pagerduty-<name>` and `@slack-<account>-<channel>` stand for."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import quote

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.endpoints import Secret
from watchkeeper.errors import RemoteError
from watchkeeper.sync.kind import Body

_PAGERDUTY: Final = "/api/v1/integration/pagerduty/configuration/services"
_NOT_FOUND: Final = 404


class PagerDutyServiceStore:
    """Datadog lists none of them, so they are asked for by name. key_of: the key of an integration, by its id."""

    def __init__(self, client: DatadogClient, names: Iterable[str], key_of: Callable[[str], Secret]) -> None:
        self._client = client
        self._names = list(names)
        self._key_of = key_of

    def list(self) -> Sequence[Body]:
        """Those of the given names that exist."""
        found = []
        for name in self._names:
            try:
                found.append(self._client.call("GET", f"{_PAGERDUTY}/{quote(name, safe='')}"))
            except RemoteError as err:
                if err.status != _NOT_FOUND:
                    raise
        return found

    def create(self, body: Body) -> Body:
        """Make one, with the key of its integration."""
        key = self._key_of(body["service_key"]).reveal()
        created: Body = self._client.call("POST", _PAGERDUTY, body={**body, "service_key": key})
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Send the key anew."""
        key = self._key_of(body["service_key"]).reveal()
        self._client.call("PUT", f"{_PAGERDUTY}/{quote(remote_id, safe='')}", body={"service_key": key})
        return {"service_name": remote_id}

    def delete(self, remote_id: str) -> None:
        """Only on request by name, since Datadog lists none."""
        self._client.call("DELETE", f"{_PAGERDUTY}/{quote(remote_id, safe='')}")


class SlackChannelStore:
    """The channels of one connected workspace."""

    def __init__(self, client: DatadogClient, account: str) -> None:
        self._client = client
        self._path = f"/api/v1/integration/slack/configuration/accounts/{quote(account, safe='')}/channels"

    def list(self) -> Sequence[Body]:
        """All of them."""
        found: Sequence[Body] = self._client.call("GET", self._path)
        return found

    def create(self, body: Body) -> Body:
        """Make one."""
        created: Body = self._client.call("POST", self._path, body=body)
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Change how messages look."""
        updated: Body = self._client.call("PATCH", f"{self._path}/{quote(remote_id, safe='')}", body=body)
        return updated

    def delete(self, remote_id: str) -> None:
        """Remove one."""
        self._client.call("DELETE", f"{self._path}/{quote(remote_id, safe='')}")
