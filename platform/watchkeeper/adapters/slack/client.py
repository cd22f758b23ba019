"""Slack's Web API through slack_sdk. The one module that imports it."""

import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from watchkeeper.adapters.endpoints import Endpoint, is_loopback
from watchkeeper.errors import RemoteError

_FIXES = {
    "invalid_auth": "check the token: it is wrong or has been revoked",
    "not_authed": "check the token: it is empty",
    "missing_scope": "give the app the scope that Slack names, and install it again",
    "channel_not_found": "check the channel's id; a private channel is seen only by its members",
    "not_in_channel": "invite the app to the channel",
}


class SlackClient:
    """Requests to one Slack workspace."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.requests = 0
        self._web = WebClient(token=endpoint.keys["slack_bot_token"].reveal(), base_url=f"{endpoint.url}/", timeout=30)
        if is_loopback(endpoint.url):  # a proxy never sees the sandbox's traffic
            self._web.proxy = None
            os.environ["no_proxy"] = ",".join(
                filter(None, [os.environ.get("no_proxy"), urlsplit(endpoint.url).hostname])
            )
        self._web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=3))

    def call(self, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
        """The answer of one method, such as `call("chat_postMessage", channel="C1", text="hi")`. Raises RemoteError."""
        self.requests += 1
        try:
            response = getattr(self._web, method)(**arguments)
        except SlackApiError as err:
            name = str(err.response.get("error", "no reason given"))
            what = f"Slack at {self._endpoint.host} refused {method}: {name}"
            status = err.response.status_code
            raise RemoteError(what, host=self._endpoint.host, status=status, fix=_FIXES.get(name, "")) from None
        except OSError as err:
            what = f"Slack at {self._endpoint.host} did not answer {method}: {getattr(err, 'reason', err)}"
            fix = "check the network and the proxy settings"
            raise RemoteError(what, host=self._endpoint.host, fix=fix, is_ambiguous=True) from None
        data: Mapping[str, Any] = response.data
        return data

    def channels(self) -> Iterator[Mapping[str, Any]]:
        """Every public and private channel that the app can see."""
        cursor = ""
        while True:
            page = self.call("conversations_list", limit=200, types="public_channel,private_channel", cursor=cursor)
            yield from page["channels"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return
