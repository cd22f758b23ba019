"""Datadog's API through the transport of the official client, with raw JSON.

The client's typed models are left out on purpose: they accept wrong bodies silently and take 15 times as long on a
list of 5,000 monitors.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import urllib3
from datadog_api_client import Configuration
from datadog_api_client.exceptions import ApiException
from datadog_api_client.rest import RESTClientObject

from watchkeeper import __version__
from watchkeeper.adapters.endpoints import Endpoint
from watchkeeper.adapters.http import MAX_WAIT_S, TIMEOUT_S, Answer, Caller, NoAnswerError, decode


class DatadogClient:
    """Requests to one Datadog organisation. Give it the endpoint with both keys. sleep, max_wait_s: as of `Caller`."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        connections: int = 10,
        sleep: Callable[[float], None] = time.sleep,
        max_wait_s: float = MAX_WAIT_S,
    ) -> None:
        configuration = Configuration(host=endpoint.url)
        configuration.retry_policy = urllib3.Retry(0)
        self._rest = RESTClientObject(configuration, maxsize=connections)
        self._endpoint = endpoint
        self.caller = Caller(
            host=endpoint.host,
            send=self._send,
            errors=error_texts,
            service="Datadog",
            sleep=sleep,
            max_wait_s=max_wait_s,
        )

    def call(self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """The JSON answer of one call, such as `call("GET", "/api/v1/monitor", {"page": "0"})`. Raises RemoteError."""
        return self.caller.call(method, path, query, body)

    def organisation(self) -> str:
        """The name of the organisation whose keys these are, for plans and receipts. Raises RemoteError."""
        orgs = self.call("GET", "/api/v1/org")["orgs"]
        return str(orgs[0]["name"]) if orgs else "without a name"

    def _send(self, method: str, path: str, query: Mapping[str, str] | None, body: Any) -> Answer:  # noqa: ANN401 - JSON
        headers = {
            "Accept": "application/json",
            "DD-API-KEY": self._endpoint.keys["datadog_api_key"].reveal(),
            "DD-APPLICATION-KEY": self._endpoint.keys["datadog_app_key"].reveal(),
            "User-Agent": f"watchkeeper/{__version__}",
        }
        try:
            answer = self._rest.request(
                method,
                self._endpoint.url + path,
                query_params=list(query.items()) if query else None,
                headers=headers,
                body=body,
                request_timeout=TIMEOUT_S,
            )
        except ApiException as err:
            if not err.status:
                raise NoAnswerError(str(err.reason), was_sent=False) from None
            return _answer(err.status, err.body, err.headers or {})
        except urllib3.exceptions.MaxRetryError as err:
            cause = err.reason or err
            is_unsent = isinstance(
                cause, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
            )
            raise NoAnswerError(_reason(cause), was_sent=not is_unsent) from None
        except (urllib3.exceptions.HTTPError, OSError) as err:
            raise NoAnswerError(_reason(err), was_sent=True) from None
        return _answer(answer.status, answer.data, answer.headers)


def _answer(status: int, raw: Any, headers: Mapping[str, str]) -> Answer:  # noqa: ANN401 - bytes, text or parsed
    body = decode(raw) if isinstance(raw, bytes) else decode(raw.encode()) if isinstance(raw, str) else raw
    # The client hands headers of a failure over as a plain mapping, and proxies spell their names as they like.
    reset = {name.lower(): value for name, value in headers.items()}.get("x-ratelimit-reset")
    return Answer(status, body, float(reset) if reset and status == 429 else None)  # noqa: PLR2004 - HTTP


def _reason(err: BaseException) -> str:
    if isinstance(err, urllib3.exceptions.NameResolutionError):
        return "the host name is unknown"
    if isinstance(err, urllib3.exceptions.ConnectTimeoutError | urllib3.exceptions.ReadTimeoutError):
        return "no answer in time"
    if isinstance(err, urllib3.exceptions.NewConnectionError):
        return "connection refused"
    if isinstance(err, urllib3.exceptions.SSLError):
        return f"TLS failed: {err}"
    return "the connection was cut"


def error_texts(body: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The texts of a failed answer, in any of the shapes that Datadog's endpoints use."""
    if isinstance(body, str):
        return [body]
    errors = body.get("errors", body.get("error")) if isinstance(body, Mapping) else None
    if isinstance(errors, Mapping):
        if "message" in errors:
            return [str(errors["message"])]
        return [str(text) for texts in errors.values() for text in (texts if isinstance(texts, list) else [texts])]
    found = []
    for error in errors or []:
        if isinstance(error, Mapping):
            found.append(str(error.get("detail") or error.get("title") or error))
        else:
            found.append(str(error))
    return found
