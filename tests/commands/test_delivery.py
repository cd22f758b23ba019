"""`watchkeeper delivery` as a workflow runs it: a checkout, the emulated registry, PagerDuty and Datadog over HTTP."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.sandboxes import running_sandbox
from watchkeeper.sandbox.process import AwsAccount, Sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]
ACCOUNT, REGION = "000000000000", "eu-west-1"
REPOSITORY = "lighthouse/examples-app"


def git(project: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
    done = subprocess.run(["git", *settings, *arguments], cwd=project, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A repository with this project's declarations and one source file, on the branch `faster`."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    shutil.copytree(root / "platform/routing", tmp_path / "platform/routing")
    shutil.copy(root / "platform/delivery.yaml", tmp_path / "platform")
    (tmp_path / ".gitignore").write_text(".watchkeeper/\n")
    source = tmp_path / "examples" / "app" / "main.go"
    source.parent.mkdir(parents=True)
    source.write_text("package main\n")
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    git(tmp_path, "checkout", "--quiet", "-b", "faster")
    source.write_text("package main // faster\n")
    git(tmp_path, "commit", "--quiet", "-am", "faster")
    return tmp_path


@pytest.fixture
def sandbox(project: Path, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """With the emulated AWS where a test asks for it."""
    aws = AwsAccount(ACCOUNT, REGION, "intake.invalid") if getattr(request, "param", "") == "aws" else None
    with running_sandbox(project, aws=aws) as running:
        yield running


def run(
    project: Path, *arguments: str, exits: int = 0, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(project)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **(environ or {})})
    assert done.returncode == exits, done.stdout + done.stderr
    return done


def answer(project: Path, *arguments: str, exits: int = 0) -> dict[str, Any]:
    done = run(project, *arguments, "--json", exits=exits)
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_run_reads_its_event_and_writes_its_outputs(project: Path, tmp_path: Path) -> None:
    """As the first job of deploy.yml does."""
    event, output = tmp_path / "event.json", tmp_path / "output"
    event.write_text(json.dumps({"before": "0" * 40, "after": git(project, "rev-parse", "HEAD")}))
    environ = {
        "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/faster",
        "GITHUB_EVENT_PATH": str(event), "GITHUB_OUTPUT": str(output),
    }  # fmt: skip

    done = run(project, "delivery", "decide", "--github", environ=environ)

    found = dict(line.split("=", 1) for line in output.read_text().splitlines())
    assert (found["environment"], found["deploys"], found["builds"]) == ("dev", "true", '["examples/app"]')
    assert done.stdout.startswith("deploy to dev, 1 image to build\n")


def test_an_image_that_is_present_is_not_built_again(project: Path) -> None:
    """Re-run, squash merge, tag: the tree is the same."""
    tree = git(project, "rev-parse", "HEAD:examples/app")
    name = f"{REPOSITORY}:tree-{tree}"

    jobs = answer(project, "delivery", "decide", "--event", "push", "--ref", "refs/tags/v1", "--present", name)["jobs"]

    assert (jobs["environment"], jobs["builds"], jobs["needs_approval"]) == ("prod", [], True)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--event", "push"), "an event and its ref are needed"),
        (("--event", "push", "--ref", "refs/heads/x", "--commit", "nowhere"), "`nowhere` is no commit"),
        (("--github",), "this is no GitHub run"),
    ],
)
def test_a_wrong_call_ends_with_exit_code_2(project: Path, arguments: tuple[str, ...], text: str) -> None:
    """And one sentence, without a stack trace."""
    done = run(project, "delivery", "decide", *arguments, exits=2, environ={"GITHUB_EVENT_NAME": ""})

    assert text in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.emulator
@pytest.mark.parametrize("sandbox", ["aws"], indirect=True)
def test_images_are_found_by_the_tree_of_their_source_and_named_by_digest(project: Path, sandbox: Sandbox) -> None:
    """First missing, which is exit code 1; then pushed; then found for both services of the source."""
    session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="x", region_name=REGION)
    ecr = session.client("ecr", endpoint_url=sandbox.record.urls["aws"], config=boto3.session.Config(proxies={}))
    ecr.create_repository(repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE")
    tag = f"tree-{git(project, 'rev-parse', 'HEAD:examples/app')}"

    missing = answer(project, "delivery", "images", exits=1)
    manifest = json.dumps({"schemaVersion": 2, "config": {}, "layers": []})
    made = ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag=tag)["image"]["imageId"]
    ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag="commit-" + "c" * 40)
    found = answer(project, "delivery", "images")

    host = "444444444444.dkr.ecr.eu-west-1.amazonaws.com"
    assert missing["images"] == {}
    assert missing["missing"] == [
        {"source": "examples/app", "name": f"{host}/{REPOSITORY}:{tag}", "services": ["api", "reports"]}
    ]
    image = f"{host}/{REPOSITORY}@{made['imageDigest']}"
    assert (found["images"], found["missing"]) == ({"api": image, "reports": image}, [])
    assert found["versions"] == {"api": "c" * 40, "reports": "c" * 40}


@pytest.mark.emulator
@pytest.mark.skipif(not shutil.which("jq"), reason="no jq on this machine, which the script reads JSON with")
@pytest.mark.parametrize("sandbox", ["aws"], indirect=True)
def test_what_the_registry_has_is_not_built(root: Path, project: Path, sandbox: Sandbox) -> None:
    """`scripts/build-images` prints digests and versions, and calls no docker: one that is called ends it with 9."""
    session = boto3.session.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="x", region_name=REGION)
    ecr = session.client("ecr", endpoint_url=sandbox.record.urls["aws"], config=boto3.session.Config(proxies={}))
    ecr.create_repository(repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE")
    manifest = json.dumps({"schemaVersion": 2, "config": {}, "layers": []})
    (project / ".venv").symlink_to(root / ".venv")
    programs = project / "programs"
    programs.mkdir()
    for name in ("docker", "aws"):
        (programs / name).write_text("#!/bin/sh\nexit 9\n")
        (programs / name).chmod(0o755)
    environ = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def build() -> subprocess.CompletedProcess[str]:
        command = [str(root / "scripts" / "build-images"), "local"]
        return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)

    missing = build()
    tree = git(project, "rev-parse", "HEAD:examples/app")
    for tag in (f"tree-{tree}", "commit-" + "c" * 40):
        ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag=tag)
    present = build()

    assert missing.returncode == 9
    assert present.returncode == 0, present.stderr
    found = json.loads(present.stdout)
    assert (set(found["images"]), found["missing"]) == ({"api", "reports"}, [])
    assert found["versions"]["api"] == "c" * 40


@pytest.mark.emulator
@pytest.mark.parametrize("sandbox", ["aws"], indirect=True)
def test_a_registry_without_the_repository_says_what_to_deploy(project: Path, sandbox: Sandbox) -> None:
    """Before the administrator has been there."""
    done = run(project, "delivery", "images", exits=1)

    assert "cdk deploy -c stack=delivery" in done.stderr


@pytest.mark.emulator
@pytest.mark.parametrize("sandbox", ["aws"], indirect=True)
@pytest.mark.parametrize(
    ("account", "options", "exits", "text"),
    [
        ("444444444444", ("--allow-loopback",), 1, "cdk deploy -c stack=delivery"),
        ("111111111111", ("--allow-loopback",), 2, "credentials are of account 111111111111, not of 444444444444"),
        ("444444444444", (), 2, "must not speak to 127.0.0.1"),
    ],
    ids=["right account", "wrong account", "loopback"],
)
def test_a_live_environment_asks_the_registrys_own_account_only(
    project: Path, sandbox: Sandbox, account: str, options: tuple[str, ...], exits: int, text: str
) -> None:
    """Who is calling is asked first; the machine itself is no registry."""
    environ = {
        "AWS_ENDPOINT_URL": sandbox.record.urls["aws"], "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "NO_PROXY": "*",
    }  # fmt: skip

    done = run(project, "delivery", "images", "--env", "dev", *options, exits=exits, environ=environ)

    assert text in done.stderr


def test_a_deploy_stands_beside_the_incidents_and_over_the_graphs(project: Path, sandbox: Sandbox) -> None:
    """Each PagerDuty service of the environment gets one change event, Datadog one event; nobody is paged."""
    run(project, "oncall", "sync")

    images = json.dumps({"api": "host/app@sha256:" + "0" * 64})
    told = answer(project, "delivery", "report", "--ref", "refs/heads/main", "--images", images, "--url", "https://e/1")

    services = {body["id"]: body["name"] for body in sandbox.pagerduty.store.all("service")}
    changes = {services[body["services"][0]["id"]]: body for body in sandbox.pagerduty.store.all("change_event")}
    assert told == {
        "schema_version": 1, "pagerduty": ["api", "platform", "reports"], "datadog": True, "failed": [],
    }  # fmt: skip
    assert sorted(changes) == ["api-local", "platform-local", "reports-local"]
    assert changes["api-local"]["custom_details"]["image"].endswith("0" * 64)
    assert changes["api-local"]["links"] == [{"href": "https://e/1", "text": "The run"}]
    assert sandbox.pagerduty.store.all("incident") == []
    (event,) = sandbox.datadog.store.all("event")
    commit = git(project, "rev-parse", "HEAD")
    assert event["title"] == f"Deployed lighthouse main ({commit[:12]}) to local"
    assert {"env:local", "service:api", "team:checkout", f"version:{commit}"} <= set(event["tags"])


def test_one_vendor_that_fails_does_not_silence_the_other(project: Path, sandbox: Sandbox) -> None:
    """Exit code 1 names the reason; the deploy itself is over."""
    sandbox.servers[1].close()

    done = run(project, "delivery", "report", exits=1)

    assert "Datadog: yes" in done.stdout
    assert "PagerDuty" in done.stderr
    assert len(sandbox.datadog.store.all("event")) == 1
