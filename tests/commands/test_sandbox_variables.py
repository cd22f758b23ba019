"""`watchkeeper sandbox env`: a shell that speaks to the sandbox, and to nobody's account."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.commands.sandbox.variables import sandbox_variables
from watchkeeper.commands.session import Session
from watchkeeper.errors import UsageError
from watchkeeper.project.load import load_project
from watchkeeper.project.sandbox_record import SandboxRecord, process_started

NAMES = ("datadog", "pagerduty", "pagerduty_events", "slack", "aws", "control")
KEYS = ("datadog_api_key", "datadog_app_key", "pagerduty_api_key", "slack_bot_token", "control_key")
RECORD = SandboxRecord(
    pid=os.getpid(), started=process_started(os.getpid()),
    urls={name: f"http://127.0.0.1:{number}" for number, name in enumerate(NAMES, 1)},
    keys={name: f"box-{name}" for name in KEYS},
)  # fmt: skip


def session(root: Path, env: str, **environ: str) -> Session:
    project = load_project(root)
    return Session(project, project.environment(env), environ)


def test_every_vendor_is_the_sandbox_under_the_names_of_the_environment(root: Path) -> None:
    """`prod` keeps its PagerDuty key in a variable of its own; the sandbox's control key goes nowhere."""
    found = sandbox_variables(session(root, "prod"), RECORD)

    assert found.values["WATCHKEEPER_DATADOG_URL"] == RECORD.urls["datadog"]
    assert found.values["PAGERDUTY_API_KEY_PROD"] == "box-pagerduty_api_key"
    assert (found.values["AWS_ENDPOINT_URL"], found.values["AWS_ACCESS_KEY_ID"]) == (RECORD.urls["aws"], "333333333333")
    assert "box-control_key" not in found.values.values()


def test_nothing_of_the_users_own_aws_settings_is_left(root: Path) -> None:
    """Neither profile nor session token nor files, and no proxy in between."""
    found = sandbox_variables(session(root, "stage", NO_PROXY="intranet.example.com"), RECORD)

    assert set(found.unset) == {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"}
    assert found.values["AWS_CONFIG_FILE"] == os.devnull
    assert found.values["NO_PROXY"] == found.values["no_proxy"] == "intranet.example.com,127.0.0.1"


def test_local_needs_aws_alone(root: Path) -> None:
    """Its commands find the stand-ins by the sandbox's record."""
    found = sandbox_variables(session(root, "local"), RECORD)

    assert found.values["AWS_ACCESS_KEY_ID"] == "000000000000"
    assert not any(name.startswith(("DD_", "WATCHKEEPER_")) for name in found.values)


def test_a_sandbox_without_aws_is_told_so(root: Path) -> None:
    """Else a deploy would go to whoever the shell names."""
    without = replace(RECORD, urls={name: url for name, url in RECORD.urls.items() if name != "aws"})

    with pytest.raises(UsageError, match="the sandbox runs without AWS"):
        sandbox_variables(session(root, "stage"), without)
