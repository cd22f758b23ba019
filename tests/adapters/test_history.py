"""Recorded series from Datadog's query API while that API fails: over HTTP, through a proxy that spoils answers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from watchkeeper.adapters.datadog.client import DatadogClient
from watchkeeper.adapters.datadog.history import PIECE_S, RATE_PERIOD_S, History
from watchkeeper.adapters.endpoints import Endpoint, Secret
from watchkeeper.errors import RemoteError
from watchkeeper.sandbox.clock import Clock
from watchkeeper.sandbox.datadog.app import DatadogSandbox
from watchkeeper.sandbox.serving import Server

START = 1_768_176_000 - 1_768_176_000 % PIECE_S
QUERY = "avg:m{*}.rollup(avg, 60)"
PIECES = 5
KEYS = {"datadog_api_key": Secret("api"), "datadog_app_key": Secret("app")}


class _Cut(Response):
    """Half an answer, and then the connection dies."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b'{"status": "ok", "ser', "more_body": False})


class Spoiling:
    """Passes requests on, but for those that have a fault: by their number, from 0. asked: the `from` of each."""

    def __init__(self, target: str) -> None:
        self._target = target
        self.faults: dict[int, Response] = {}
        self.asked: list[int] = []
        self.app = Starlette(routes=[Route("/{path:path}", self._pass)])

    async def _pass(self, request: Request) -> Response:
        number = len(self.asked)
        self.asked.append(int(request.query_params["from"]))
        fault = self.faults.get(number)
        return await run_in_threadpool(self._answer, request) if fault is None else fault

    def _answer(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name.startswith("dd-")}
        with httpx.Client(trust_env=False) as client:
            found = client.get(f"{self._target}{request.url.path}?{request.url.query}", headers=headers)
        return Response(found.content, found.status_code, media_type="application/json")


@pytest.fixture
def proxy() -> Iterator[tuple[Spoiling, str]]:
    """The stand-in's query API with twenty hours of a metric, behind a proxy."""
    datadog = DatadogSandbox(Clock(START), api_key="api", app_key="app")
    for minute in range(PIECES * PIECE_S // 60):
        datadog.store.series.add("m", frozenset(), START + 60 * minute, float(minute))
    with Server(datadog.app) as behind:
        spoiling = Spoiling(behind.url)
        with Server(spoiling.app) as server:
            yield spoiling, server.url
    datadog.store.close()


class Reader:
    """Reads all pieces; waits are noted and not waited for."""

    def __init__(self, url: str, folder: Path) -> None:
        self.waits: list[float] = []
        client = DatadogClient(Endpoint(url, KEYS), sleep=self.waits.append, max_wait_s=RATE_PERIOD_S)
        self._history = History(client, folder, now=START + 10 * PIECES * PIECE_S)

    def points(self) -> list[float]:
        answers = self._history.read(QUERY, START, START + PIECES * PIECE_S, lambda: None)
        return [value for answer in answers for each in answer["series"] for _, value in each["pointlist"]]


WHOLE = [float(minute) for minute in range(PIECES * PIECE_S // 60)]
FAILURES = {
    "server error": JSONResponse({"errors": ["Internal error"]}, 500),
    "bad gateway": Response("<html>Bad gateway</html>", 502),
    "connection dies in the answer": _Cut(),
}


@pytest.mark.parametrize("fault", FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_that_passes_is_asked_through(proxy: tuple[Spoiling, str], tmp_path: Path, fault: Response) -> None:
    """The same request again, and nothing is missing or there twice."""
    spoiling, url = proxy
    spoiling.faults = {2: fault, 3: fault}

    assert Reader(url, tmp_path).points() == WHOLE
    assert spoiling.asked == [START + PIECE_S * number for number in (0, 1, 2, 2, 2, 3, 4)]


@pytest.mark.parametrize("fault", FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_that_stays_is_named_with_its_request_and_the_next_run_goes_on_there(
    proxy: tuple[Spoiling, str], tmp_path: Path, fault: Response
) -> None:
    """What was read is kept: the second run asks for the missing pieces only, a third one for nothing."""
    spoiling, url = proxy
    spoiling.faults = dict.fromkeys(range(2, 7), fault)

    with pytest.raises(RemoteError) as caught:
        Reader(url, tmp_path).points()

    assert f"(query {QUERY} from {START + 2 * PIECE_S}, after 2 requests)" in caught.value.what
    assert "goes on where it ended" in caught.value.fix

    assert Reader(url, tmp_path).points() == WHOLE
    assert spoiling.asked[7:] == [START + PIECE_S * number for number in (2, 3, 4)]

    spoiling.asked.clear()
    assert Reader(url, tmp_path).points() == WHOLE
    assert spoiling.asked == []


@pytest.mark.parametrize("reset_s", [7, 1800], ids=["seconds", "half an hour"])
def test_a_used_up_rate_limit_is_waited_for_as_long_as_datadog_says(
    proxy: tuple[Spoiling, str], tmp_path: Path, reset_s: int
) -> None:
    """`X-RateLimit-Reset`, up to an hour; then the same request once more."""
    spoiling, url = proxy
    headers = {"X-RateLimit-Limit": "1600", "X-RateLimit-Period": "3600", "X-RateLimit-Reset": str(reset_s)}
    spoiling.faults = {1: JSONResponse({"errors": ["Too many requests"]}, 429, headers)}
    reader = Reader(url, tmp_path)

    assert reader.points() == WHOLE
    assert reader.waits == [reset_s]
    assert spoiling.asked == [START + PIECE_S * number for number in (0, 1, 1, 2, 3, 4)]


def test_an_error_in_a_successful_answer_is_an_error(proxy: tuple[Spoiling, str], tmp_path: Path) -> None:
    """Datadog answers 200 with `status: error` to some queries; that is not kept as an answer."""
    spoiling, url = proxy
    spoiling.faults = {1: JSONResponse({"status": "error", "error": "Query timed out", "series": []})}

    with pytest.raises(RemoteError, match="Query timed out") as caught:
        Reader(url, tmp_path).points()

    assert f"from {START + PIECE_S}" in caught.value.what
    assert Reader(url, tmp_path).points() == WHOLE


def test_a_kept_answer_that_was_cut_short_is_asked_for_again(proxy: tuple[Spoiling, str], tmp_path: Path) -> None:
    """A disk that was full, a file that was edited: never half an answer."""
    spoiling, url = proxy
    Reader(url, tmp_path).points()
    kept = next(tmp_path.rglob(f"{START + PIECE_S}.json"))
    kept.write_text(kept.read_text()[:100])
    spoiling.asked.clear()

    assert Reader(url, tmp_path).points() == WHOLE
    assert spoiling.asked == [START + PIECE_S]
