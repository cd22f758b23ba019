"""Objectives in Datadog."""

from collections.abc import Sequence
from urllib.parse import quote

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.errors import RemoteError
from watchkeeper.project.identity import MANAGED_TAG
from watchkeeper.sync.kind import Body

PAGE_SIZE = 1000
_PATH = "/api/v1/slo"


class SloStore:
    """The managed objectives of an organisation."""

    def __init__(self, client: DatadogClient) -> None:
        self._client = client

    def list(self) -> Sequence[Body]:
        """All objectives with the tag `managed_by:watchkeeper`, page by page."""
        found: list[Body] = []
        for page in range(1000):
            query = {"tags_query": MANAGED_TAG, "limit": str(PAGE_SIZE), "offset": str(page * PAGE_SIZE)}
            slos = self._client.call("GET", _PATH, query)["data"]
            found += slos
            if len(slos) < PAGE_SIZE:
                break
        return found

    def get(self, slo_id: str) -> Body | None:
        """One objective by its id, whoever made it; None where there is none."""
        try:
            found: Body = self._client.call("GET", f"{_PATH}/{quote(slo_id, safe='')}")["data"]
        except RemoteError as err:
            if err.status == 404:  # noqa: PLR2004 - HTTP: no such objective
                return None
            raise
        return found

    def create(self, body: Body) -> Body:
        """Make an objective; the answer is a list of one."""
        created: Body = self._client.call("POST", _PATH, body=_sent(body))["data"][0]
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Replace what an objective says."""
        updated: Body = self._client.call("PUT", f"{_PATH}/{remote_id}", body=_sent(body))["data"][0]
        return updated

    def delete(self, remote_id: str) -> None:
        """Remove an objective. Not forced: one that a dashboard needs stays, and the answer says so."""
        try:
            self._client.call("DELETE", f"{_PATH}/{remote_id}")
        except RemoteError as err:
            if err.status != 404:  # noqa: PLR2004 - HTTP: gone already
                raise


def _sent(body: Body) -> Body:
    """The body with monitors by number: a reference to one becomes the text of its id."""
    members = body.get("monitor_ids")
    return {**body, "monitor_ids": [int(each) for each in members]} if members else body
