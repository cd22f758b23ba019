"""What every HTTP adapter shares: bounded retries that respect the service's rate limits, counting, and a log.

Nothing of a request's headers is ever logged; bodies neither.
"""

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from watchkeeper.errors import RemoteError

log = logging.getLogger("watchkeeper.http")

MAX_ATTEMPTS: Final = 5
MAX_WAIT_S: Final = 60.0
TIMEOUT_S: Final = (5.0, 30.0)
"""To connect, and to read."""

_TRANSIENT: Final = frozenset({408, 500, 502, 503, 504, 512})


@dataclass(frozen=True, slots=True)
class Answer:
    """A service's answer. reset_s: how long to wait when the rate limit is reached, None when it did not say."""

    status: int
    body: Any
    reset_s: float | None = None


class NoAnswerError(Exception):
    """The connection failed. was_sent: the request may have arrived."""

    def __init__(self, reason: str, *, was_sent: bool) -> None:
        self.reason = reason
        self.was_sent = was_sent
        super().__init__(reason)


@dataclass(slots=True)
class Caller:
    """Sends requests for one service, with retries. Safe to use from several threads.

    host: for messages. send: does one attempt; raises NoAnswerError. errors: the texts in an answer that failed.
    sleep: waits so many seconds. max_wait_s: as long as it waits at most between two attempts.
    """

    host: str
    send: Callable[[str, str, Mapping[str, str] | None, Any], Answer]
    errors: Callable[[Any], list[str]]
    service: str
    sleep: Callable[[float], None] = time.sleep
    max_wait_s: float = MAX_WAIT_S
    requests: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, method: str, path: str, query: Mapping[str, str] | None = None, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """The body of a successful answer. Raises RemoteError.

        Reads are repeated on every transient failure. A write is repeated only when it surely was not carried out (429,
        or no connection); otherwise the error is marked ambiguous and the reconcile engine looks before it repeats.
        """
        is_read = method == "GET"
        for attempt in range(1, MAX_ATTEMPTS + 1):
            is_last = attempt == MAX_ATTEMPTS
            with self._lock:
                self.requests += 1
            started = time.monotonic()
            try:
                answer = self.send(method, path, query, body)
            except NoAnswerError as err:
                log.debug("%s %s%s: %s", method, self.host, path, err.reason)
                if is_last or (err.was_sent and not is_read):
                    raise self._unreachable(method, path, err) from None
                self._wait(attempt, None, f"{self.host}: {err.reason}")
                continue
            log.debug("%s %s%s: %d in %.0f ms", method, self.host, path, answer.status, _ms_since(started))
            if 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP
                return answer.body
            may_repeat = answer.status == 429 or (is_read and answer.status in _TRANSIENT)  # noqa: PLR2004 - HTTP
            if not may_repeat or is_last:
                raise self._refused(method, path, answer)
            self._wait(attempt, answer.reset_s, f"{self.host} answered {answer.status}")
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait(self, attempt: int, reset_s: float | None, reason: str) -> None:
        pause = reset_s if reset_s is not None else 0.5 * 2**attempt * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        pause = min(max(pause, 0.05), self.max_wait_s)
        log.warning("%s; trying again in %.1f s", reason, pause)
        self.sleep(pause)

    def _unreachable(self, method: str, path: str, err: NoAnswerError) -> RemoteError:
        what = f"{self.service} at {self.host} did not answer {method} {path}: {err.reason}"
        fix = "check the network, the site in watchkeeper.yaml and the proxy settings"
        return RemoteError(what, host=self.host, fix=fix, is_ambiguous=err.was_sent and method != "GET")

    def _refused(self, method: str, path: str, answer: Answer) -> RemoteError:
        texts = "; ".join(self.errors(answer.body)) or "no reason given"
        what = f"{self.service} at {self.host} answered {answer.status} to {method} {path}: {texts}"
        fixes = {
            401: "check the key: it is wrong or has been revoked",
            403: "check the keys and their scopes; keys of another site or organisation are refused too",
            429: "the rate limit of the account is used up by others; try again later",
        }
        is_ambiguous = answer.status in _TRANSIENT
        fix = fixes.get(answer.status, "")
        return RemoteError(what, host=self.host, status=answer.status, fix=fix, is_ambiguous=is_ambiguous)


def decode(raw: bytes) -> Any:  # noqa: ANN401 - JSON
    """The JSON of an answer; its text when it is none, None when it is empty."""
    if not raw:
        return None
    try:
        return json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")[:500]


def _ms_since(started: float) -> float:
    return (time.monotonic() - started) * 1000
