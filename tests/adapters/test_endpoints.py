"""Environment and endpoint belong together."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.adapters.endpoints import Target, endpoint
from watchkeeper.errors import UsageError
from watchkeeper.project.load import load_project
from watchkeeper.project.model import Project
from watchkeeper.project.sandbox_record import (
    SandboxRecord,
    process_started,
    read_record,
    record_path,
    remove_record,
    running_sandbox,
    write_record,
)

LIVE_KEYS = {"DD_API_KEY": "live-api", "DD_APP_KEY": "live-app", "PAGERDUTY_API_KEY": "live-pd"}


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    return replace(load_project(root), root=tmp_path)


def sandbox(**urls: str) -> SandboxRecord:
    urls = {"datadog": "http://127.0.0.1:1", **urls}
    keys = {"datadog_api_key": "box-api", "datadog_app_key": "box-app"}
    return SandboxRecord(pid=os.getpid(), started=process_started(os.getpid()), urls=urls, keys=keys)


def test_local_never_reads_real_keys(project: Project) -> None:
    """The environment's variables are full of live keys, the sandbox gets its own."""
    write_record(project.root, sandbox())

    found = endpoint(Target(project, project.environment("local"), LIVE_KEYS), "datadog")

    assert found.url == "http://127.0.0.1:1"
    assert [key.reveal() for key in found.keys.values()] == ["box-api", "box-app"]


@pytest.mark.parametrize("state", ["never started", "ended", "another process has its pid", "unreadable record"])
def test_local_without_a_running_sandbox_is_a_usage_error(project: Project, state: str) -> None:
    """Nothing is sent anywhere; the message says how to start the sandbox."""
    if state == "ended":
        write_record(project.root, replace(sandbox(), pid=2**22 + 1))
    if state == "another process has its pid":
        write_record(project.root, replace(sandbox(), started="ticks 1"))
    if state == "unreadable record":
        write_record(project.root, sandbox())
        record_path(project.root).write_text("{")

    with pytest.raises(UsageError, match="the sandbox is down") as caught:
        endpoint(Target(project, project.environment("local"), LIVE_KEYS), "datadog")

    assert caught.value.fix == "start it: watchkeeper sandbox up --detach"


def test_local_refuses_a_record_that_points_elsewhere(project: Project) -> None:
    """Even a forged record does not lead `local` out of this machine."""
    write_record(project.root, sandbox(datadog="https://api.datadoghq.eu"))

    with pytest.raises(UsageError, match=r"speaks to loopback only, not to api\.datadoghq\.eu"):
        endpoint(Target(project, project.environment("local"), LIVE_KEYS), "datadog")


def test_a_live_environment_speaks_to_the_vendor(project: Project) -> None:
    """The site of watchkeeper.yaml decides the host; prod may name its own variables for keys."""
    prod = Target(project, project.environment("prod"), {**LIVE_KEYS, "PAGERDUTY_API_KEY_PROD": "prod-pd"})

    assert endpoint(prod, "datadog").url == "https://api.datadoghq.eu"
    assert endpoint(prod, "pagerduty").keys["pagerduty_api_key"].reveal() == "prod-pd"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("http://127.0.0.1:8080", "must not speak to 127.0.0.1:8080, which is this machine"),
        ("http://localhost:8080", "must not speak to localhost:8080"),
        ("http://[::1]:8080", r"must not speak to \[::1\]:8080"),
        ("http://proxy.example.com", "unencrypted to proxy.example.com"),
        ("api.datadoghq.eu", "is not a URL"),
    ],
)
def test_a_live_environment_refuses_this_machine_and_plain_http(project: Project, url: str, what: str) -> None:
    """A variable left over from a rehearsal cannot swallow a production sync."""
    target = Target(project, project.environment("prod"), {**LIVE_KEYS, "WATCHKEEPER_DATADOG_URL": url})

    with pytest.raises(UsageError, match=what):
        endpoint(target, "datadog")


def test_allow_loopback_is_the_only_way_to_rehearse_a_live_environment(project: Project) -> None:
    """Said on the command line, it lets prod's declarations be synced into a stand-in."""
    environ = {**LIVE_KEYS, "WATCHKEEPER_DATADOG_URL": "http://127.0.0.1:8080/"}

    found = endpoint(Target(project, project.environment("prod"), environ, allow_loopback=True), "datadog")

    assert found.url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("env", "url", "is_open"),
    [
        ("prod", "http://127.0.0.1:1/", True),
        ("dev", "http://127.0.0.1:1", False),
        ("prod", "http://127.0.0.1:2", False),
    ],
    ids=["that environment", "another environment", "another place"],
)
def test_a_sandbox_is_open_to_the_environment_that_it_was_started_for(
    project: Project, env: str, url: str, is_open: bool
) -> None:
    """`sandbox up --env prod` lets prod speak to this sandbox, and to nothing else of this machine."""
    write_record(project.root, replace(sandbox(datadog="http://127.0.0.1:1"), env="prod"))
    target = Target(project, project.environment(env), {**LIVE_KEYS, "WATCHKEEPER_DATADOG_URL": url})

    if is_open:
        assert endpoint(target, "datadog").url == "http://127.0.0.1:1"
    else:
        with pytest.raises(UsageError, match="which is this machine"):
            endpoint(target, "datadog")


def test_missing_keys_are_named_together(project: Project) -> None:
    """The message names the variables, never a value."""
    with pytest.raises(UsageError, match="environment `dev` needs DD_API_KEY and DD_APP_KEY"):
        endpoint(Target(project, project.environment("dev"), {}), "datadog")


def test_the_record_is_private_and_keys_are_never_shown(project: Project) -> None:
    """Mode 0600; a key has no printable form."""
    write_record(project.root, sandbox())

    assert record_path(project.root).stat().st_mode & 0o777 == 0o600
    assert "box-api" not in repr(running_sandbox(project.root))
    key = endpoint(Target(project, project.environment("local"), {}), "datadog").keys["datadog_api_key"]
    assert (str(key), "box" in repr(key)) == ("***", False)
    assert json.loads(record_path(project.root).read_text())["schema_version"] == 1
    remove_record(project.root)
    assert read_record(project.root) is None
