"""An environment that a sandbox plays over HTTP, its AWS account emulated and empty."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from watchkeeper.commands.doctor.aws import aws
from watchkeeper.commands.doctor.check import asked
from watchkeeper.commands.doctor.vendors import datadog, pagerduty, slack
from watchkeeper.commands.sandbox.variables import sandbox_variables
from watchkeeper.commands.session import open_session
from watchkeeper.delivery.model import load_delivery
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.routing.load import load_on_call
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox

PROGRAM = [sys.executable, "-c", "from watchkeeper.cli.main import watchkeeper; watchkeeper()"]
ACCOUNT, REGION = "222222222222", "eu-west-1"
ARN = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/6f1c9a52-3b0e-4d7f-9a43-0c5de1f7b218"
CERTIFICATE = f'certificate: "{ARN}", '
INSIDE = ("every_service: {grpc: internal}", "flows: {visitors-tls: {needed: false}}")
"""What an environment says that serves no gRPC at its load balancer."""
DESCRIPTION = 'Datadog API key for datadoghq.eu as {"api_key": "..."}'
AWS = ("aws", "bootstrap", "certificate", "delivery", "images", "stacks", "api-key", "datadog-role")
VENDORS = {"datadog": datadog, "pagerduty": pagerduty, "slack": slack}
TAGS = [{"Key": "env", "Value": "stage"}, {"Key": "managed_by", "Value": "watchkeeper"}]


def declarations(root: Path, project: Path) -> None:
    """Those of this repository, the registry in the account of `stage`."""
    (project / "platform").mkdir(exist_ok=True)
    for name in ("watchkeeper.yaml", "app.py", "package.json"):
        shutil.copy(root / name, project)
    shutil.copytree(root / "platform" / "routing", project / "platform" / "routing", dirs_exist_ok=True)
    shutil.copy(root / "platform" / "forwarding.yaml", project / "platform")
    text = (root / "platform" / "delivery.yaml").read_text()
    (project / "platform" / "delivery.yaml").write_text(text.replace("444444444444", ACCOUNT))


class Stage:
    """A project whose environment `stage` is played by a sandbox. environ: of a shell that speaks to it."""

    def __init__(self, root: Path, sandbox: Sandbox) -> None:
        self.root = root
        self.sandbox = sandbox
        self.environ = dict(sandbox_variables(open_session(root, "stage", environ={}), sandbox.record).values)

    def client(self, service: str) -> Any:
        session = boto3.session.Session(ACCOUNT, "sandbox", region_name=REGION)
        config = boto3.session.Config(proxies={})
        return session.client(service, endpoint_url=self.sandbox.record.urls["aws"], config=config)

    def edit(self, before: str, after: str) -> None:
        """Change watchkeeper.yaml."""
        file = self.root / "watchkeeper.yaml"
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after, 1))

    def add(self, *lines: str) -> None:
        """Further settings of `stage`."""
        last = "    database: {is_protected: false}\n  prod:"
        self.edit(last, last.replace("  prod:", "".join(f"    {line}\n" for line in lines) + "  prod:"))

    def checks(self, name: str, **environ: str) -> list[tuple[str, str, str]]:
        """State, sentence and mend of every check of a name."""
        session = open_session(self.root, "stage", environ={**self.environ, **environ})
        target = session.target
        if name in AWS:
            found = list(aws(session, target, load_delivery(session.project)))
        else:
            vendor = VENDORS[name.partition("-")[0]]
            plan = load_on_call(session.project, session.environment)
            found = list(asked(name, lambda: vendor(session, target, plan)))
        assert not any(key in repr(check) for check in found for key in self.sandbox.record.keys.values())
        return [(check.state, check.told, check.fix) for check in found if check.name == name]


@pytest.fixture(scope="package")
def played(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Sandbox]]:
    project = tmp_path_factory.mktemp("stage")
    aws = AwsAccount(ACCOUNT, REGION, "intake.invalid")
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws, env="stage")
    running = start_sandbox(project, accounts, pid=os.getpid(), now=1_764_000_000)
    yield project, running
    running.close()
    remove_record(project)


@pytest.fixture
def stage(root: Path, played: tuple[Path, Sandbox], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An empty account, and the declarations as they are in this repository."""
    project, sandbox = played
    declarations(root, project)
    assert sandbox.aws is not None
    sandbox.aws.reset()
    for part in (sandbox.datadog, sandbox.pagerduty, sandbox.slack):
        part.reset()
    found = Stage(project, sandbox)
    for name, value in found.environ.items():  # boto3 reads the process's own
        monkeypatch.setenv(name, value)
    return found


def run(
    stage: Stage, *arguments: str, exits: int = 0, environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, *arguments, "--project", str(stage.root)]
    variables = {**os.environ, **stage.environ, **(environ or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables)
    assert done.returncode == exits, done.stdout + done.stderr
    return done
