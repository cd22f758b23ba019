"""A sync that is killed, interrupted or refused half-way: the program, and a proxy that holds its requests."""

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchkeeper.project.sandbox_record import write_record
from watchkeeper.sandbox.process import Sandbox
from watchkeeper.sandbox.serving import Server

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]
VERBS = ("monitors", "dashboards", "oncall")
_PASSED = ("host", "content-length", "connection", "transfer-encoding")


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A copy of this project's declarations."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    return tmp_path


class Holding:
    """Passes requests on; the n-th write and all after it are held, before or after the server has committed them."""

    def __init__(self, target: str, write: int, *, commits: bool) -> None:
        self._target = target
        self._write = write
        self._commits = commits
        self._writes = 0
        self.is_held = threading.Event()
        self.release = threading.Event()
        self.app = Starlette(routes=[Route("/{path:path}", self._pass, methods=["GET", "POST", "PUT", "DELETE"])])

    async def _pass(self, request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(self._answer, request, body)

    def _answer(self, request: Request, body: bytes) -> Response:
        is_write = request.method != "GET"
        self._writes += is_write
        is_mine = is_write and self._writes >= self._write
        if is_mine and not self._commits:
            self._hold()
        headers = {name: value for name, value in request.headers.items() if name not in _PASSED}
        url = f"{self._target}{request.url.path}?{request.url.query}"
        with httpx.Client(trust_env=False) as client:
            answer = client.request(request.method, url, content=body, headers=headers)
        if is_mine and self._commits:
            self._hold()
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    def _hold(self) -> None:
        self.is_held.set()
        self.release.wait(timeout=120)


@dataclass(frozen=True)
class Held:
    """A sync that hangs in one of its writes."""

    process: subprocess.Popen[str]
    proxy: Holding


def hold(project: Path, sandbox: Sandbox, verb: str, servers: list[Server], *, write: int, commits: bool) -> Held:
    """Start a sync through the proxy, and wait until it hangs."""
    service = "pagerduty" if verb == "oncall" else "datadog"
    proxy = Holding(sandbox.record.urls[service], write, commits=commits)
    server = Server(proxy.app)
    server.start()
    servers.append(server)
    write_record(project, replace(sandbox.record, urls={**sandbox.record.urls, service: server.url}))
    command = [*PROGRAM, verb, "sync", "--project", str(project)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert proxy.is_held.wait(timeout=120), "the sync made no such write"
    write_record(project, sandbox.record)
    return Held(process, proxy)


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    found: list[Server] = []
    yield found
    for server in found:
        server.close()


def sync(project: Path, verb: str) -> dict[str, Any]:
    command = [*PROGRAM, verb, "sync", "--json", "--project", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def kept(sandbox: Sandbox, verb: str) -> list[str]:
    """The managed objects without what only the server decides, in an order of their own."""
    kinds = {
        "monitors": (sandbox.datadog.store, ("slo", "monitor"), ("name", "query", "message", "tags", "options")),
        "dashboards": (sandbox.datadog.store, ("dashboard",), ("title", "description", "layout_type")),
        "oncall": (sandbox.pagerduty.store, ("schedule", "escalation_policy", "service"), ("name", "description")),
    }
    store, names, fields = kinds[verb]
    found = [
        json.dumps({field: each.get(field) for field in fields}, sort_keys=True)
        for kind in names
        for each in store.all(kind)
    ]
    for slo in store.all("slo"):
        # Which objective gets which id is a matter of whose request comes first.
        found = [text.replace(slo["id"], slo["name"]) for text in found]
    return sorted(found)


def writes(sandbox: Sandbox) -> int:
    return sandbox.datadog.store.writes + sandbox.pagerduty.store.writes + sandbox.slack.store.writes


@pytest.mark.parametrize("commits", [False, True], ids=["before the commit", "after the commit"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_killed_sync_is_completed_by_the_next_one(
    project: Path, sandbox: Sandbox, servers: list[Server], verb: str, commits: bool
) -> None:
    """The same identities and fields as an undisturbed run, no duplicate; a third run sends no write."""
    held = hold(project, sandbox, verb, servers, write=2, commits=commits)
    held.process.kill()
    held.process.communicate()
    held.proxy.release.set()

    sync(project, verb)

    once_more = kept(sandbox, verb)
    before = writes(sandbox)
    again = sync(project, verb)
    assert (again["create"], again["update"]) == ([], [])
    assert writes(sandbox) == before
    for part in (sandbox.datadog, sandbox.pagerduty, sandbox.slack):
        part.reset()
    sync(project, verb)
    assert once_more == kept(sandbox, verb)


def test_ctrl_c_ends_with_a_receipt_of_what_was_done(project: Path, sandbox: Sandbox, servers: list[Server]) -> None:
    """Nothing new is started, what is on its way comes to its end, exit code 130."""
    held = hold(project, sandbox, "monitors", servers, write=3, commits=True)
    held.process.send_signal(signal.SIGINT)
    held.proxy.release.set()

    out, err = held.process.communicate(timeout=120)

    made = len(sandbox.datadog.store.all("monitor")) + len(sandbox.datadog.store.all("slo"))
    assert held.process.returncode == 130
    assert f"interrupted: {made} created" in out + err
    assert f"{30 - made} not done" in out + err


def test_a_revoked_key_is_told_and_never_shown(project: Path, sandbox: Sandbox) -> None:
    """Exit code 1, the service's words, and what to do."""
    keys = {**sandbox.record.keys, "datadog_api_key": "f" * 32}
    write_record(project, replace(sandbox.record, keys=keys))
    command = [*PROGRAM, "monitors", "sync", "--project", str(project)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "answered 403" in done.stderr
    assert "check the keys" in done.stderr
    assert "f" * 32 not in done.stdout + done.stderr
    assert sandbox.datadog.store.writes == 0


def test_a_host_that_does_not_answer_is_named(project: Path, sandbox: Sandbox) -> None:
    """After bounded retries, exit code 1, nothing written."""
    with httpx.Client(trust_env=False) as client, Server(Starlette()) as closed:
        address = closed.url
        client.get(address)
    write_record(project, replace(sandbox.record, urls={**sandbox.record.urls, "datadog": address}))
    command = [*PROGRAM, "monitors", "sync", "--project", str(project)]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert f"Datadog at {address.removeprefix('http://')} did not answer" in done.stderr
    assert "Traceback" not in done.stderr
