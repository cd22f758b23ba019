"""`watchkeeper forwarding sync` as a user runs it: the sandbox's Datadog over HTTP."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from watchkeeper.sandbox.process import Sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()", "forwarding"]
_PATH = "/api/v2/integration/aws/accounts"


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """This project, with the integration declared."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "forwarding.yaml").write_text("integration: {tags: [team:platform]}\n")
    return tmp_path


@pytest.fixture
def datadog(sandbox: Sandbox) -> Iterator[httpx.Client]:
    keys = sandbox.record.keys
    headers = {"DD-API-KEY": keys["datadog_api_key"], "DD-APPLICATION-KEY": keys["datadog_app_key"]}
    with httpx.Client(base_url=sandbox.record.urls["datadog"], headers=headers, trust_env=False) as client:
        yield client


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def sync(project: Path) -> dict[str, Any]:
    done = run(project, "sync", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_account_is_made_and_the_second_sync_sends_no_write(
    project: Path, sandbox: Sandbox, datadog: httpx.Client
) -> None:
    """Although Datadog adds what nobody declared."""
    assert [change["id"] for change in sync(project)["create"]] == ["aws-000000000000"]
    before = sandbox.datadog.store.writes

    again = sync(project)

    assert (again["create"], again["update"], again["unchanged"]) == ([], [], 1)
    assert sandbox.datadog.store.writes == before
    attributes = datadog.get(_PATH).json()["data"][0]["attributes"]
    assert attributes["account_tags"] == ["env:local", "team:platform"]
    assert attributes["aws_regions"] == {"include_only": ["eu-west-1"]}


def test_the_external_id_is_told_until_the_file_says_it(project: Path, sandbox: Sandbox, datadog: httpx.Client) -> None:
    """Datadog issues it; the role is deployed with it."""
    told = run(project, "sync").stderr
    issued = datadog.get(_PATH).json()["data"][0]["attributes"]["auth_config"]["external_id"]
    assert f"external_ids: {{local: {issued}}}" in told

    (project / "platform" / "forwarding.yaml").write_text(
        f"integration: {{tags: [team:platform], external_ids: {{local: {issued}}}}}\n"
    )
    assert "external id" not in run(project, "sync").stderr


def test_environments_that_share_an_account_share_its_integration(project: Path, sandbox: Sandbox) -> None:
    """A tag of the account stands on everything in it, so `env` is left to each resource; one external id does for all.

    Otherwise `sync` of one would undo that of the other, and metrics of one would carry both names.
    """
    file = project / "watchkeeper.yaml"
    file.write_text(file.read_text().replace('"111111111111"', '"000000000000"', 1).replace(
        "    region: eu-west-1\n    zones: [eu-west-1a, eu-west-1b, eu-west-1c]\n  stage:",
        "    region: eu-central-1\n    zones: [eu-central-1a, eu-central-1b, eu-central-1c]\n  stage:", 1,
    ))  # fmt: skip
    told = run(project, "sync").stderr
    issued = told.partition("external id ")[2].partition(":")[0]
    (project / "platform" / "forwarding.yaml").write_text(
        f"integration: {{tags: [team:platform], external_ids: {{dev: {issued}}}}}\n"
    )

    assert "external id" not in run(project, "sync").stderr
    (account,) = sandbox.datadog.store.all("aws account")
    assert account["attributes"]["account_tags"] == ["team:platform"]
    assert account["attributes"]["aws_regions"] == {"include_only": ["eu-central-1", "eu-west-1"]}


def test_a_change_by_hand_is_named_and_restored(project: Path, sandbox: Sandbox, datadog: httpx.Client) -> None:
    """Only what the file manages; what others set of logs stays."""
    sync(project)
    (account,) = datadog.get(_PATH).json()["data"]
    changed = {
        **account["attributes"],
        "metrics_config": {**account["attributes"]["metrics_config"], "collect_custom_metrics": True},
        "logs_config": {"lambda_forwarder": {"lambdas": ["arn:x"]}},
    }
    answer = datadog.patch(f"{_PATH}/{account['id']}", json={"data": {"type": "account", "attributes": changed}})
    answer.raise_for_status()

    assert run(project, "plan", "--exit-code").returncode == 3
    (change,) = sync(project)["update"]

    assert change["fields"] == {"custom_metrics": {"from": True, "to": False}}
    assert run(project, "plan", "--exit-code").returncode == 0
    (account,) = datadog.get(_PATH).json()["data"]
    assert account["attributes"]["logs_config"] == {"lambda_forwarder": {"lambdas": ["arn:x"]}}


def test_a_file_without_an_integration_is_a_wrong_usage(project: Path, sandbox: Sandbox) -> None:
    """Somebody else looks after it then, and nothing of theirs is touched."""
    (project / "platform" / "forwarding.yaml").write_text("metrics: {retry_s: 60}\n")

    done = run(project, "plan")

    assert done.returncode == 2
    assert "add `integration: {}`" in done.stderr


@pytest.mark.parametrize(
    ("attributes", "status", "words"),
    [
        ({"aws_partition": "aws-invalid"}, 400, "invalid partition: aws-invalid"),
        ({"aws_account_id": "1"}, 400, "12 digits"),
        ({"auth_config": {}}, 400, "a role or an access key"),
        ({}, 409, "Account already exists"),
    ],
    ids=["partition", "account", "no role", "twice"],
)
def test_the_stand_in_refuses_what_datadog_refuses(
    project: Path, sandbox: Sandbox, datadog: httpx.Client, attributes: dict[str, Any], status: int, words: str
) -> None:
    """With its own words."""
    sync(project)
    given = {
        "aws_account_id": "000000000000",
        "aws_partition": "aws",
        "auth_config": {"role_name": "R"},
        **attributes,
    }

    answer = datadog.post(_PATH, json={"data": {"type": "account", "attributes": given}})

    assert answer.status_code == status
    assert words in answer.text


def test_an_account_is_not_switched_to_keys(project: Path, sandbox: Sandbox, datadog: httpx.Client) -> None:
    """Datadog wants it made anew; an id that is no uuid is refused too."""
    sync(project)
    (account,) = datadog.get(_PATH).json()["data"]
    body = {"data": {"type": "account", "attributes": {"auth_config": {"access_key_id": "A"}}}}

    assert "cannot switch" in datadog.patch(f"{_PATH}/{account['id']}", json=body).text
    assert datadog.get(f"{_PATH}/1").status_code == 400
    assert datadog.delete(f"{_PATH}/{account['id']}").status_code == 204
    assert datadog.get(f"{_PATH}/{account['id']}").status_code == 404
