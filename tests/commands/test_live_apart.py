"""The sandbox and live accounts are kept apart: with live keys at hand and the sandbox down, nothing leaves."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]
LIVE = {
    "DD_API_KEY": "0123456789abcdef0123456789abcdef",
    "DD_APP_KEY": "0123456789abcdef0123456789abcdef01234567",
    "PAGERDUTY_API_KEY": "u+AbCdEfGhIjKlMnOpQr",
    "SLACK_BOT_TOKEN": "xoxb-1234567890-abcdefghij",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "eu-west-1",
    "WATCHKEEPER_DATADOG_URL": "https://api.datadoghq.eu",
    "WATCHKEEPER_PAGERDUTY_URL": "https://api.pagerduty.com",
    "WATCHKEEPER_SLACK_URL": "https://slack.com/api",
}
GUARD = """
import json, os, socket
_LOG = os.environ["SOCKET_LOG"]
def _note(what, address):
    with open(_LOG, "a") as file:
        file.write(json.dumps([what, str(address)]) + "\\n")
_connect, _connect_ex, _resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo
def connect(self, address):
    _note("connect", address)
    return _connect(self, address)
def connect_ex(self, address):
    _note("connect", address)
    return _connect_ex(self, address)
def getaddrinfo(host, *rest, **more):
    _note("resolve", host)
    return _resolve(host, *rest, **more)
socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo = connect, connect_ex, getaddrinfo
"""
"""Written as sitecustomize.py: Python runs it before anything else, and every attempt of the process is noted."""
WRITING = (
    ("monitors", "sync"),
    ("monitors", "sync", "--prune", "--yes"),
    ("dashboards", "sync"),
    ("oncall", "sync"),
    ("oncall", "sync", "--prune", "--yes"),
    ("forwarding", "sync"),
    ("forwarding", "canary"),
    ("forwarding", "key"),
    ("sandbox", "reset"),
    ("sandbox", "clock", "step"),
)
_NAMES = ("sync", "import", "mute", "page", "forget", "canary", "key")


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """The declarations, without a sandbox."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copy(root / "platform" / "forwarding.yaml", tmp_path / "platform")
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "sitecustomize.py").write_text(GUARD)
    return tmp_path


def guarded(project: Path, *arguments: str, **more: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    """Run the program, and tell what it tried to reach."""
    log = project / "sockets.jsonl"
    log.write_text("")
    environ = {**os.environ, **LIVE, **more, "PYTHONPATH": str(project / "guard"), "SOCKET_LOG": str(log)}
    command = [*PROGRAM, *arguments, "--project", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    return done, [json.loads(line) for line in log.read_text().splitlines()]


@pytest.mark.parametrize("verb", WRITING, ids=" ".join)
def test_with_the_sandbox_down_no_writing_verb_tries_to_reach_anything(project: Path, verb: tuple[str, ...]) -> None:
    """Exit code 2, the way to start the sandbox, and not one attempt at a connection or a name."""
    done, tried = guarded(project, *verb)

    assert done.returncode == 2
    assert "watchkeeper sandbox up" in done.stderr
    assert tried == []
    assert not any(secret in done.stdout + done.stderr for secret in LIVE.values())


def test_the_doctor_of_local_reaches_nothing_while_the_sandbox_is_down(project: Path) -> None:
    """It says how to start the sandbox, with live keys at hand."""
    done, tried = guarded(project, "doctor")

    assert done.returncode == 1
    assert "watchkeeper sandbox up" in done.stdout
    assert tried == []
    assert not any(secret in done.stdout + done.stderr for secret in LIVE.values())


def test_the_guard_itself_notes_what_a_live_environment_would_reach(project: Path) -> None:
    """A test that cannot fail proves nothing: for prod the same program does try, here an address that refuses."""
    addresses = {"WATCHKEEPER_DATADOG_URL": "https://127.0.0.1:9"}

    done, tried = guarded(project, "monitors", "sync", "--env", "prod", "--allow-loopback", **addresses)

    assert done.returncode != 0
    assert any("127.0.0.1" in address for _, address in tried)


def test_every_writing_verb_is_among_those_that_are_guarded() -> None:
    """A new verb that writes joins the list."""
    from watchkeeper.cli import groups

    found = {
        (group.name, name)
        for group in groups.ALL
        if isinstance(group, click.Group)
        for name in group.commands
        if name in _NAMES
    }

    assert found <= {verb[:2] for verb in WRITING}
