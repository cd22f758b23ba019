"""PagerDuty's change events, which page nobody and stand beside the incidents of a service.

Source: PagerDuty's developer-docs, events-API-v2, "Send a Change Event": the key of any integration of the service.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import requests

from watchkeeper.adapters.endpoints import Endpoint, Secret, is_loopback
from watchkeeper.adapters.http import TIMEOUT_S, Answer, Caller, NoAnswerError, decode
from watchkeeper.adapters.pagerduty.client import PagerDutyClient
from watchkeeper.project.identity import Identity, identity_in_text

_PATH: Final = "/v2/change/enqueue"


class ChangeEvents:
    """Sends to the Events API."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._session = requests.Session()
        self._session.trust_env = not is_loopback(endpoint.url)  # a proxy never sees the sandbox's traffic
        self.caller = Caller(host=endpoint.host, send=self._send, errors=_texts, service="PagerDuty")

    def send(self, body: Mapping[str, Any]) -> None:
        """One change event. Raises RemoteError."""
        self.caller.call("POST", _PATH, body=body)

    def _send(self, method: str, path: str, query: Mapping[str, str] | None, body: Any) -> Answer:  # noqa: ANN401 - JSON
        try:
            answer = self._session.request(
                method, self._endpoint.url + path, params=dict(query or {}), json=body, timeout=TIMEOUT_S
            )
        except requests.exceptions.RequestException as err:
            is_unsent = isinstance(err, requests.exceptions.ConnectTimeout) or "NewConnectionError" in repr(err)
            reason = "connection refused" if is_unsent else "the connection was cut"
            raise NoAnswerError(reason, was_sent=not is_unsent) from None
        return Answer(answer.status_code, decode(answer.content))


def service_keys(client: PagerDutyClient, project: str, env: str) -> Iterator[tuple[Identity, Secret]]:
    """Each managed PagerDuty service of an environment and the key of its first integration. Raises RemoteError."""
    for service in client.pages("/services", "services"):
        identity = identity_in_text(service.get("description"))
        integrations = service.get("integrations") or []
        if identity is None or (identity.project, identity.env) != (project, env) or not integrations:
            continue
        path = f"/services/{service['id']}/integrations/{integrations[0]['id']}"
        yield identity, Secret(str(client.call("GET", path)["integration"]["integration_key"]))


def _texts(body: Any) -> list[str]:  # noqa: ANN401 - JSON
    if isinstance(body, Mapping):
        return [str(text) for text in body.get("errors") or [body.get("message") or ""] if text]
    return [str(body)] if body else []
