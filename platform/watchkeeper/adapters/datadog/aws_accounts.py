"""Datadog's AWS integration accounts, version 2."""

from collections.abc import Sequence
from typing import Any, Final

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.errors import RemoteError
from watchkeeper.sync.kind import Body

_PATH: Final = "/api/v2/integration/aws/accounts"
_NOT_FOUND: Final = 404


class AwsAccountStore:
    """The one account of an environment, as its attributes with `id`. account: 12 digits."""

    def __init__(self, client: DatadogClient, account: str) -> None:
        self._client = client
        self._account = account

    def list(self) -> Sequence[Body]:
        """It, where Datadog knows it."""
        found = self._client.call("GET", _PATH, {"aws_account_id": self._account})["data"]
        return [body for each in found if (body := _plain(each))["aws_account_id"] == self._account]

    def create(self, body: Body) -> Body:
        """Make it; the answer has the external id."""
        return _plain(self._client.call("POST", _PATH, body=_wrapped(body))["data"])

    def update(self, remote_id: str, body: Body) -> Body:
        """Change it."""
        return _plain(self._client.call("PATCH", f"{_PATH}/{remote_id}", body=_wrapped(body))["data"])

    def delete(self, remote_id: str) -> None:
        """Remove it."""
        try:
            self._client.call("DELETE", f"{_PATH}/{remote_id}")
        except RemoteError as err:
            if err.status != _NOT_FOUND:
                raise


def _wrapped(body: Body) -> dict[str, Any]:
    return {"data": {"type": "account", "attributes": dict(body)}}


def _plain(data: Body) -> dict[str, Any]:
    return {**data["attributes"], "id": data["id"]}
