"""The page on removing a service: its blocks are run against the stand-ins, its templates are compared."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.base_infra.conftest import synthesize
from tests.pages import Block, blocks_of
from watchkeeper.commands.sandbox.variables import sandbox_variables
from watchkeeper.commands.session import open_session
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Accounts, AwsAccount, Sandbox, start_sandbox

PAGE: Final = "docs/how-to/remove-a-service.md"
SERVICE: Final = "reports"


@pytest.fixture(scope="module")
def blocks(root: Path) -> list[Block]:
    return blocks_of(root / PAGE)


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """The declarations of this repository."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("autoscaling", "monitors", "dashboards", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    for file in (root / "platform").glob("*.yaml"):
        shutil.copy(file, tmp_path / "platform")
    # Who is on call becomes a user, as in a PagerDuty account that is used already.
    file = tmp_path / "watchkeeper.yaml"
    settings = "    database: {is_protected: false}\n"
    users = f"{settings}    pagerduty: {{creates_users: true, from_email: ana@example.com}}\n"
    assert f"{settings}  prod:" in file.read_text()
    file.write_text(file.read_text().replace(f"{settings}  prod:", f"{users}  prod:"))
    return tmp_path


@pytest.fixture
def sandbox(project: Path) -> Iterator[Sandbox]:
    """It plays `stage`."""
    aws = AwsAccount("222222222222", "eu-west-1", "intake.invalid")
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse", aws=aws, env="stage")
    running = start_sandbox(project, accounts, pid=os.getpid(), now=1_764_000_000)
    yield running
    running.close()
    remove_record(project)


def shell(project: Path, sandbox: Sandbox, text: str) -> subprocess.CompletedProcess[str]:
    """Commands as they are typed in a shell that speaks to the sandbox."""
    variables = sandbox_variables(open_session(project, "stage", environ={}), sandbox.record).values
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, **variables, "PATH": path, "NO_COLOR": "1"}
    command = ["bash", "-c", f"set -euo pipefail\n{text}"]
    return subprocess.run(command, cwd=project, env=environ, capture_output=True, text=True, check=False)


def without(declared: str, block: Block) -> str:
    """The declarations without the lines of a block; a comment behind one of them counts for nothing."""
    bare = re.sub(r" +#[^\n]*", "", declared)
    assert bare.count(block.text) == 1
    return bare.replace(block.text, "")


def test_every_block_says_who_runs_it(blocks: list[Block]) -> None:
    """The rest of the page would be a guess."""
    assert {block.words[0] for block in blocks} == {"sandbox", "emulator"}


@pytest.mark.emulator
def test_what_is_deleted_is_the_services_own_and_in_this_order(
    project: Path, sandbox: Sandbox, blocks: list[Block]
) -> None:
    """Monitors, then its PagerDuty service; what the others have is untouched, and nothing is left to do."""
    for noun in ("oncall", "monitors", "dashboards"):
        done = shell(project, sandbox, f"{noun} sync --env stage --yes")
        assert done.returncode == 0, done.stderr
    said = []
    for block in (each for each in blocks if each.words[0] == "sandbox"):
        if block.language == "yaml":
            file = project / block.words[1]
            file.write_text(without(file.read_text(), block))
            continue
        done = shell(project, sandbox, block.text)
        assert done.returncode == block.exits, f"{PAGE}:{block.line}\n{done.stdout}{done.stderr}"
        said.append(done.stdout + done.stderr)

    tests, plans, monitors, pagerduty = said
    assert re.findall(r"has no monitor `(\w+)/", tests) == [SERVICE] * 2
    gone = re.findall(r"- delete +[\w ]+? (\w+)(?:/\S+)?$", plans, re.MULTILINE)
    assert len(gone) > 10
    assert set(gone) == {SERVICE}
    assert "deleted monitor reports/edge-no-healthy-target" in monitors
    assert "deleted PagerDuty service reports" in pagerduty
    for noun in ("oncall", "monitors", "dashboards"):
        left = shell(project, sandbox, f"{noun} plan --env stage --prune --exit-code")
        assert left.returncode == 0, left.stdout
        assert " 0 unchanged" not in left.stdout


def test_one_template_goes_and_no_other_changes(root: Path, tmp_path: Path, blocks: list[Block]) -> None:
    """So the CDK's `--exclusively` leaves nothing behind, and without it a stack that is still needed would go."""
    (removal,) = (block for block in blocks if block.language == "yaml")
    (destroy,) = (block for block in blocks if "cdk destroy" in block.text)
    declared = (root / "watchkeeper.yaml").read_text()
    before = synthesize(declared, "stage", tmp_path / "before")
    after = synthesize(without(declared, removal), "stage", tmp_path / "after")

    (gone,) = before.templates.keys() - after.templates.keys()
    assert gone == f"stage-Service-{SERVICE}"
    assert {name: before.templates[name] for name in after.templates} == dict(after.templates)
    assert f"--app before --exclusively {gone}\n" in destroy.text
    assert [name for name, others in before.waits_for.items() if gone in others] == ["stage-Forwarding"]
