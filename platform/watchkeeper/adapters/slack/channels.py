"""Channels in Slack."""

from collections.abc import Sequence

from watchkeeper.adapters.slack.client import SlackClient
from watchkeeper.sync.kind import Body


class ChannelStore:
    """Channels that the app can see. They are created, and never changed or removed."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client

    def list(self) -> Sequence[Body]:
        """All of them."""
        return list(self._client.channels())

    def create(self, body: Body) -> Body:
        """Make a public one."""
        created: Body = self._client.call("conversations_create", name=body["name"])["channel"]
        return created

    def update(self, remote_id: str, body: Body) -> Body:
        """Nothing of it is managed."""
        return {**body, "id": remote_id}

    def delete(self, remote_id: str) -> None:
        """People's words stay."""
