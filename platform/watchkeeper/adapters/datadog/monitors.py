"""Monitors in Datadog."""

from collections.abc import Sequence

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.errors import RemoteError
from watchkeeper.project.identity import MANAGED_TAG
from watchkeeper.sync.kind import Body

PAGE_SIZE = 1000


class MonitorStore:
    """The managed monitors of an organisation."""

    def __init__(self, client: DatadogClient) -> None:
        self._client = client

    def list(self) -> Sequence[Body]:
        """All monitors with the tag `managed_by:watchkeeper`, page by page."""
        return self.tagged([MANAGED_TAG])

    def tagged(self, tags: Sequence[str]) -> Sequence[Body]:
        """All monitors that have every one of these tags, whoever made them; without tags all there are."""
        found: list[Body] = []
        for page in range(1000):
            query = {
                **({"monitor_tags": ",".join(tags)} if tags else {}),
                "with_downtimes": "false",
                "page": str(page),
                "page_size": str(PAGE_SIZE),
            }
            monitors = self._client.call("GET", "/api/v1/monitor", query)
            found += monitors
            if len(monitors) < PAGE_SIZE:
                break
        return found

    def get(self, number: int) -> Body | None:
        """One monitor by its id; None where there is none."""
        try:
            found: Body = self._client.call("GET", f"/api/v1/monitor/{number}")
        except RemoteError as err:
            if err.status == 404:  # noqa: PLR2004 - HTTP: no such monitor
                return None
            raise
        return found

    def create(self, body: Body) -> Body:
        """Make a monitor."""
        created: Body = self._client.call("POST", "/api/v1/monitor", body=body)
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Replace what a monitor says. An absent priority is sent as null, else Datadog would keep the old one."""
        updated: Body = self._client.call("PUT", f"/api/v1/monitor/{remote_id}", body={"priority": None, **body})
        return updated

    def delete(self, remote_id: str) -> None:
        """Remove a monitor. Not forced: one that an SLO or a composite monitor needs stays, and the answer says so."""
        try:
            self._client.call("DELETE", f"/api/v1/monitor/{remote_id}")
        except RemoteError as err:
            if err.status != 404:  # noqa: PLR2004 - HTTP: gone already
                raise

    def validate(self, body: Body) -> None:
        """Ask Datadog whether it would take a monitor. Raises RemoteError with its reason."""
        self._client.call("POST", "/api/v1/monitor/validate", body=body)
