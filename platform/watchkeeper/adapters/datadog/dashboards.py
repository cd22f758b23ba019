"""Dashboards in Datadog, and the points that their charts show."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.dashboards.panel import RefusedError
from watchkeeper.errors import RemoteError
from watchkeeper.project.identity import identity_in_text
from watchkeeper.sync.kind import Body

_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404
_POINTS: Final = "/api/v1/query"
_READERS: Final = 8


class DashboardStore:
    """The managed dashboards of an organisation. The list leaves out the widgets, so each of ours is read."""

    def __init__(self, client: DatadogClient, project: str, env: str) -> None:
        self._client = client
        self._owner = (project, env)

    def list(self) -> Sequence[Body]:
        """Those of this project and environment, whole."""
        summaries = self._client.call("GET", "/api/v1/dashboard")["dashboards"]
        ours = [each for each in summaries if self._is_ours(each)]
        with ThreadPoolExecutor(_READERS) as pool:
            return list(pool.map(lambda each: self._client.call("GET", f"/api/v1/dashboard/{each['id']}"), ours))

    def _is_ours(self, body: Body) -> bool:
        identity = identity_in_text(body.get("description"))
        return identity is not None and (identity.project, identity.env) == self._owner

    def create(self, body: Body) -> Body:
        """Make one."""
        created: Body = self._client.call("POST", "/api/v1/dashboard", body=body)
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Replace what it shows."""
        updated: Body = self._client.call("PUT", f"/api/v1/dashboard/{remote_id}", body=body)
        return updated

    def delete(self, remote_id: str) -> None:
        """Remove one."""
        try:
            self._client.call("DELETE", f"/api/v1/dashboard/{remote_id}")
        except RemoteError as err:
            if err.status != _NOT_FOUND:
                raise


class PointReader:
    """Reads the points of a query. Implements `dashboards.panel.Points`."""

    def __init__(self, client: DatadogClient) -> None:
        self._client = client

    def read(self, query: str, start: int, end: int) -> list[tuple[str, list[tuple[int, float | None]]]]:
        """For each group its name and its points, in Unix seconds."""
        arguments = {"query": query, "from": str(start), "to": str(end)}
        try:
            answer = self._client.call("GET", _POINTS, arguments)
        except RemoteError as err:
            if err.status == _BAD_REQUEST:
                raise RefusedError(err.what.partition(f" {_POINTS}: ")[2] or err.what) from err
            raise
        return [
            (
                "" if series["scope"] == "*" else ", ".join(tag.partition(":")[2] for tag in series["tag_set"]),
                [(int(at) // 1000, value) for at, value in series["pointlist"]],
            )
            for series in answer["series"]
        ]
