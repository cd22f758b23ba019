"""The workflows: linted, pinned, without rights that they do not need, and calling only what exists."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
import yaml

from tests.base_infra.conftest import synthesize
from watchkeeper.cli.groups import ALL
from watchkeeper.project.sandbox_record import remove_record
from watchkeeper.sandbox.process import Accounts, start_sandbox

NAMES = ("ci", "deploy", "diff", "drift")


@pytest.fixture(scope="module")
def workflows(root: Path) -> dict[str, Any]:
    """By name; YAML's `on` is read as a truth."""
    files = sorted((root / ".github" / "workflows").glob("*"))
    return {file.stem: yaml.safe_load(file.read_text()) for file in files}


def jobs(workflows: dict[str, Any]) -> list[tuple[str, Any]]:
    return [
        (f"{name}/{job}", body) for name, workflow in workflows.items() for job, body in workflow["jobs"].items()
    ]  # fmt: skip


@pytest.mark.parametrize(
    "command", [("actionlint", "-shellcheck=", "-pyflakes="), ("zizmor", "--offline", "--quiet", ".github")]
)
def test_linters_find_nothing(root: Path, command: tuple[str, ...]) -> None:
    """The same calls as in `make check`."""
    program = Path(sys.executable).parent / command[0]

    done = subprocess.run([program, *command[1:]], cwd=root, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_four(workflows: dict[str, Any]) -> None:
    """One for each question."""
    assert tuple(workflows) == NAMES


def test_third_party_actions_are_pinned_by_a_full_hash(workflows: dict[str, Any]) -> None:
    """Three of them, all of GitHub's own; everything else is a command that can be run by hand."""
    used = {step["uses"] for _, job in jobs(workflows) for step in job["steps"] if "uses" in step}

    assert {name.partition("@")[0] for name in used} == {
        "actions/checkout", "actions/upload-artifact", "actions/download-artifact",
    }  # fmt: skip
    assert all(re.fullmatch(r"[a-z/-]+@[0-9a-f]{40}", name) for name in used)


def test_a_token_for_aws_is_given_to_jobs_of_an_environment_only(workflows: dict[str, Any]) -> None:
    """The role's trust names the environment, so a job without one could not use it; nothing else is granted."""
    for name, workflow in workflows.items():
        assert workflow["permissions"] == {}, name
    for name, job in jobs(workflows):
        granted = dict(job["permissions"])
        assert granted.pop("contents") == "read", name
        assert ("id-token" in granted) == ("environment" in job), name
        granted.pop("id-token", None)
        assert granted == ({"pull-requests": "write"} if name == "diff/compare" else {}), name


def test_nothing_runs_with_secrets_on_a_strangers_code(workflows: dict[str, Any]) -> None:
    """Pull requests run as `pull_request`, and the job with credentials waits for a decision that no fork gets."""
    for name, workflow in workflows.items():
        assert "pull_request_target" not in workflow[True], name
    assert workflows["diff"]["jobs"]["compare"]["if"] == "needs.decide.outputs.comments == 'true'"
    assert "secrets." not in str(workflows["ci"])


def test_an_environment_is_deployed_by_one_run_at_a_time(workflows: dict[str, Any]) -> None:
    """A deploy that has begun is never cut off."""
    concurrency = workflows["deploy"]["jobs"]["deploy"]["concurrency"]

    assert concurrency == {
        "group": "deploy-${{ needs.decide.outputs.environment }}", "cancel-in-progress": False,
    }  # fmt: skip


def test_credentials_outlive_the_job_that_uses_them(workflows: dict[str, Any]) -> None:
    """A deploy that runs out of credentials leaves stacks that nobody watches; IAM refuses more than a role allows."""
    for name, job in jobs(workflows):
        for step in job["steps"]:
            called = re.search(r"scripts/aws-login \S+ \S+( \d+)?$", step.get("run", ""))
            if called:
                seconds = int(called[1] or 3600)
                assert seconds >= job["timeout-minutes"] * 60, name
                assert seconds == (7200 if name == "deploy/deploy" else 3600), name


GH = """\
#!/usr/bin/env python3
import json, os, sys
log = open(os.environ["GH_LOG"], "a")
log.write(json.dumps(sys.argv[1:]) + "\\n")
if "--paginate" in sys.argv:
    print(os.environ["GH_FOUND"])
"""
"""GitHub's program, as far as `scripts/comment` uses it: tells what it was asked, and the comment that is there."""


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        ("", ["POST", "repos/o/r/issues/7/comments"]),
        ("41\n42", ["PATCH", "repos/o/r/issues/comments/41"]),
    ],
    ids=["first", "again"],
)
def test_a_pull_request_has_one_comment_known_by_its_marker(
    root: Path, tmp_path: Path, found: str, asked: list[str]
) -> None:
    """What another workflow of the same account wrote is never overwritten, nor what a person wrote."""
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    comment = tmp_path / "comment.md"
    comment.write_text("<!-- watchkeeper -->\n## What this would change in stage\n")
    environ = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "o/r",
        "GH_LOG": str(tmp_path / "log"), "GH_FOUND": found,
    }  # fmt: skip

    subprocess.run([root / "scripts" / "comment", "7", str(comment)], env=environ, check=True)

    looked, wrote = (json.loads(line) for line in (tmp_path / "log").read_text().splitlines())
    assert looked[2:4] == ["repos/o/r/issues/7/comments", "--jq"]
    assert looked[4] == '.[] | select(.user.type == "Bot" and (.body | startswith("<!-- watchkeeper -->"))) | .id'
    assert wrote == ["api", "--silent", "--method", *asked, "--field", f"body=@{comment}"]


def test_every_command_that_a_workflow_calls_exists(root: Path, workflows: dict[str, Any]) -> None:
    """With its options."""
    groups = {command.name: command for command in ALL}
    texts = [str(step.get("run", "")) for _, job in jobs(workflows) for step in job["steps"]]
    texts += [(root / "scripts" / name).read_text() for name in ("build-images", "compare")]
    called = re.findall(r"\.venv/bin/(?:watchkeeper )?(\w+) (\w+)((?: --[a-z-]+| \"[^\"]*\")*)", "\n".join(texts))
    assert len(called) >= 10
    for noun, verb, rest in called:
        if noun in ("cdk", "python"):
            continue
        group = groups[noun]
        assert isinstance(group, click.Group)
        known = {option for each in group.commands[verb].params for option in each.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= known, f"{noun} {verb}"


@pytest.fixture
def compare(root: Path) -> ModuleType:
    """`scripts/compare` as a module."""
    loader = SourceFileLoader("compare", str(root / "scripts" / "compare"))
    spec = spec_from_loader("compare", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_infrastructure_is_told_with_its_lint_its_reachability_and_its_bill(compare: ModuleType) -> None:
    """And with the plans, since it is what monitors watch; every command of it exists, with its options."""
    found = compare.sections("stage", infrastructure=True, plan=True, base="origin/main")

    assert list(found) == [
        "Infrastructure", "Infrastructure, lint", "Reachability", "Cost",
        "Monitors, lint", "Forwarding", "Oncall", "Monitors", "Dashboards",
    ]  # fmt: skip
    groups = {command.name: command for command in ALL}
    for section in found.values():
        program, *words = section.command
        words = words if program == "watchkeeper" else [program, *words]
        if words[0] in ("cdk", "python"):
            continue
        group = groups[words[0]]
        assert isinstance(group, click.Group)
        known = {option for each in group.commands[words[1]].params for option in each.opts}
        assert {word for word in words if word.startswith("--")} <= known, section.command


def test_reachability_and_bill_are_read_from_the_assembly_that_is_deployed(
    root: Path, tmp_path: Path, compare: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without an account."""
    (tmp_path / "platform").mkdir()
    for name in ("watchkeeper.yaml", "platform/prices.yaml"):
        shutil.copy(root / name, tmp_path / name)
    synthesize((root / "watchkeeper.yaml").read_text(), "dev", tmp_path / "cdk.out")
    monkeypatch.chdir(tmp_path)
    found = compare.sections("dev", infrastructure=True, plan=False, base="")

    answers = {title: found[title].run() for title in ("Reachability", "Cost")}

    assert {failed for _, failed in answers.values()} == {False}
    assert answers["Reachability"][0].startswith("dev: ")
    assert "USD a month" in answers["Cost"][0]


def test_a_comparison_is_one_page_of_markdown(root: Path, tmp_path: Path) -> None:
    """`scripts/compare` against the sandbox: a section for each plan."""
    shutil.copy(root / "watchkeeper.yaml", tmp_path)
    for name in ("monitors", "dashboards", "platform/routing"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copy(root / "platform" / "forwarding.yaml", tmp_path / "platform")
    accounts = Accounts(owner_email="ana@example.com", slack_account="lighthouse")
    running = start_sandbox(tmp_path, accounts, pid=os.getpid(), now=1_764_000_000)
    try:
        command = [str(root / "scripts" / "compare"), "local", "--plan"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    finally:
        running.close()
        remove_record(tmp_path)

    titles = re.findall(r"<summary>(.*)</summary>", done.stdout)
    wanted = ["Monitors, lint", "Forwarding", "Oncall", "Monitors", "Dashboards"]
    assert (done.returncode, titles) == (0, wanted), done.stdout
    assert done.stdout.startswith("<!-- watchkeeper -->\n## What this would change in local\n")
    assert "create" in done.stdout
