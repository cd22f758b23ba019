"""Ctrl-C during `monitors backtest`: it ends at once, and leaves what there is, marked as partial."""

import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.commands.backtest.command import PROGRAM, live, live_command
from watchkeeper.project.sandbox_record import write_record
from watchkeeper.sandbox.process import Sandbox
from watchkeeper.sandbox.serving import Server


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_an_interrupt_leaves_a_partial_report_marked_as_such(
    project: Path, recording: Path, tmp_path: Path, engine: str
) -> None:
    """Ctrl-C: exit 130, and what was finished until then, as JSON, HTML and Markdown."""
    page, report = tmp_path / "partial.html", tmp_path / "partial.md"
    trials = ",".join(str(number) for number in range(1, 4000))
    command = [
        *PROGRAM, "backtest", "--env", "prod", "--series", str(recording), "--try", f"evaluation_delay={trials}",
        "--html", str(page), "--markdown", str(report), "--json", "--engine", engine, "--workers", "2",
        "--project", str(project),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        giving_up = threading.Timer(120, running.kill)
        giving_up.start()
        assert running.stderr is not None
        while "runs" not in running.stderr.readline():
            pass
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate()
        giving_up.cancel()

    assert running.returncode == 130
    assert json.loads(output)["partial"] is True
    assert "Partial: interrupted after" in page.read_text()
    assert "**Partial**: interrupted after" in report.read_text()


@pytest.mark.parametrize("count", range(4))
def test_a_terminal_interrupts_the_workers_too_and_nothing_hangs(project: Path, recording: Path, count: int) -> None:
    """Ctrl-C reaches the whole group, also while the workers start: the answer comes all the same."""
    trials = ",".join(str(number) for number in range(1, 4000))
    command = [
        *PROGRAM, "backtest", "--env", "prod", "--series", str(recording), "--try", f"evaluation_delay={trials}",
        "--json", "--engine", "processes", "--workers", "2", "--project", str(project),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        giving_up = threading.Timer(120, os.killpg, (running.pid, signal.SIGKILL))
        giving_up.start()
        assert running.stderr is not None
        while "0 of " not in running.stderr.readline():
            pass
        for _ in range(count * 2000):  # somewhat later each time: no instant is safe by chance
            os.getpid()
        os.killpg(running.pid, signal.SIGINT)
        output, _ = running.communicate()
        giving_up.cancel()

    assert running.returncode == 130
    assert json.loads(output)["partial"] is True


class Holding:
    """Passes on `left` requests, and holds the next one back until the end. is_held: when it has come."""

    def __init__(self, target: str, left: int) -> None:
        self._target = target
        self.left = left
        self.is_held = threading.Event()
        self.ends = threading.Event()
        self.app = Starlette(routes=[Route("/{path:path}", self._pass)])

    async def _pass(self, request: Request) -> Response:
        self.left -= 1
        return await run_in_threadpool(self._hold if self.left < 0 else self._answer, request)

    def _hold(self, _request: Request) -> Response:
        self.is_held.set()
        self.ends.wait()
        return Response(status_code=503)

    def _answer(self, request: Request) -> Response:
        headers = {name: value for name, value in request.headers.items() if name.startswith("dd-")}
        found = httpx.get(f"{self._target}{request.url.path}?{request.url.query}", headers=headers, trust_env=False)
        return Response(found.content, found.status_code, media_type="application/json")


@pytest.fixture(params=[0, 4])
def holding(request: pytest.FixtureRequest, project: Path, sandbox: Sandbox) -> Iterator[Holding]:
    """Datadog goes quiet after some answers."""
    proxy = Holding(sandbox.record.urls["datadog"], request.param)
    with Server(proxy.app) as server:
        write_record(project, replace(sandbox.record, urls={**sandbox.record.urls, "datadog": server.url}))
        yield proxy
        proxy.ends.set()


def interrupted(holding: Holding, project: Path, page: Path) -> tuple[int, dict[str, Any], str]:
    command = live_command(project, "--html", str(page))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert holding.is_held.wait(120)
        running.send_signal(signal.SIGINT)
        output, errors = running.communicate(timeout=120)
    return running.returncode, json.loads(output), errors


def test_an_interrupt_while_datadog_is_read_leaves_what_was_read(
    holding: Holding, project: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Exit 130; monitors whose series are complete are played, the others named; a second run asks for the rest."""
    answers = request.node.callspec.params["holding"]

    code, found, errors = interrupted(holding, project, tmp_path / "partial.html")

    played = ["db-commit-latency"] if answers else []
    left = "`edge-elb-5xx` is" if answers else "`db-commit-latency`, `edge-elb-5xx` are"
    said = f"interrupted after {answers} of 6 answers of Datadog; those of settled hours are kept in .watchkeeper/"
    assert (code, found["partial"]) == (130, True)
    assert [each["id"] for each in found["monitors"]] == played
    assert sum(each["pages"] for each in found["monitors"]) == len(played)
    assert found["missing"].startswith(said)
    assert f"Partial: {said}" in (tmp_path / "partial.html").read_text()
    assert f"{left} left out: interrupted before the series were read" in errors
    holding.left = 6
    assert json.loads(live(project).stdout)["requests"] == 6 - answers
