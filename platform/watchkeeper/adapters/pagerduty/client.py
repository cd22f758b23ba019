"""PagerDuty's REST API through pdpyras. The one module that imports it.

pdpyras repeats 429 without end and network errors with long pauses; here every attempt is one attempt, and the shared
Caller decides. A requests session is not safe between threads, so each thread has its own.
"""

import threading
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from watchkeeper.adapters.endpoints import Endpoint, is_loopback
from watchkeeper.adapters.http import TIMEOUT_S, Answer, Caller, NoAnswerError, decode

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message='The package "pdpyras" is deprecated')
    import pdpyras

import requests

PAGE_SIZE = 100


class _LimitedError(Exception):
    """The answer was 429; carries it past pdpyras' own endless loop."""

    def __init__(self, response: requests.Response) -> None:
        self.response = response
        super().__init__("429")


class _Session(pdpyras.APISession):  # type: ignore[misc]
    max_network_attempts = 0
    timeout = TIMEOUT_S

    def postprocess(self, response: requests.Response) -> None:
        if response.status_code == 429:  # noqa: PLR2004 - HTTP
            raise _LimitedError(response)


class PagerDutyClient:
    """Requests to one PagerDuty account. from_email: the user in whose name objects are made."""

    def __init__(self, endpoint: Endpoint, from_email: str = "") -> None:
        self._endpoint = endpoint
        self._from_email = from_email
        self._local = threading.local()
        self.caller = Caller(host=endpoint.host, send=self._send, errors=error_texts, service="PagerDuty")

    def call(self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """The JSON answer of one call, such as `call("GET", "/users", {"query": "ana"})`. Raises RemoteError."""
        return self.caller.call(method, path, query, body)

    def pages(self, path: str, key: str, query: Mapping[str, str] | None = None) -> Iterator[Mapping[str, Any]]:
        """Every object of a collection with classic paging. key: the name of the list in the answer."""
        offset = 0
        while True:
            page = self.call("GET", path, {**(query or {}), "limit": str(PAGE_SIZE), "offset": str(offset)})
            yield from page[key]
            if not page.get("more"):
                return
            offset += len(page[key])

    def _session(self) -> _Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = _Session(self._endpoint.keys["pagerduty_api_key"].reveal(), default_from=self._from_email or None)
            session.url = self._endpoint.url
            session.trust_env = not is_loopback(self._endpoint.url)  # a proxy never sees the sandbox's traffic
            self._local.session = session
        return session

    def _send(self, method: str, path: str, query: Mapping[str, str] | None, body: Any) -> Answer:  # noqa: ANN401 - JSON
        try:
            response = self._session().request(method, path, params=dict(query or {}), json=body)
        except _LimitedError as err:
            response = err.response
        except pdpyras.PDHTTPError as err:
            response = err.response
        except pdpyras.PDClientError as err:
            cause = err.__cause__
            is_unsent = isinstance(cause, requests.exceptions.ConnectTimeout) or "NewConnectionError" in repr(cause)
            raise NoAnswerError(_reason(cause), was_sent=not is_unsent) from None
        reset = response.headers.get("ratelimit-reset")
        is_limited = response.status_code == 429 and reset  # noqa: PLR2004 - HTTP
        return Answer(response.status_code, decode(response.content), float(reset) if is_limited else None)


def _reason(cause: BaseException | None) -> str:
    text = repr(cause)
    if isinstance(cause, requests.exceptions.Timeout):
        return "no answer in time"
    if "NameResolutionError" in text:
        return "the host name is unknown"
    if "NewConnectionError" in text:
        return "connection refused"
    if isinstance(cause, requests.exceptions.SSLError):
        return "TLS failed"
    return "the connection was cut"


def error_texts(body: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The texts of a failed answer, in any of the three shapes that PagerDuty uses."""
    if isinstance(body, str):
        return [body]
    error = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(error, list):
        return [str(text) for text in error]
    if not isinstance(error, Mapping):
        return [str(error)] if error else []
    details = error.get("errors") or []
    if isinstance(details, Mapping):
        details = [f"{field}: {', '.join(texts)}" for field, texts in details.items()]
    return [str(error.get("message", "")), *(str(text) for text in details)]
