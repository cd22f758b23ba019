"""The page for day one is run as it stands there, against the emulated AWS and the stand-ins."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.pages import Block, blocks_of

PAGE: Final = "docs/how-to/deploy-to-your-account.md"
REASONS: Final = ("docker", "github", "dns", "certificate")
"""What no stand-in plays, so that a block may stand unrun."""

FILES: Final = (
    *("app.py", "cdk.json", "cdk.context.json", "watchkeeper.yaml", "Makefile", ".gitignore"),
    *("pyproject.toml", "package.json", "package-lock.json", "platform/delivery.yaml", "platform/forwarding.yaml"),
    "platform/watchkeeper/sandbox/aws_extension/requirements.txt",
)
FOLDERS: Final = ("base_infra", "autoscaling", "monitors", "dashboards", "platform/routing", "scripts", "locks")


@pytest.fixture(scope="module")
def blocks(root: Path) -> list[Block]:
    """All of the page, in order."""
    return blocks_of(root / PAGE)


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Iterator[Path]:
    """A checkout of somebody else's, with what `make setup` brings; its sandbox ends with the test."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(root / name, tmp_path / name)
    for name in FOLDERS:
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    source = tmp_path / "examples" / "app" / "main.go"
    source.parent.mkdir(parents=True)
    source.write_text("package main\n")
    for name in (".venv", "node_modules"):
        (tmp_path / name).symlink_to(root / name)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "aws-emulator").symlink_to(root / ".cache" / "aws-emulator")
    (tmp_path / ".cache" / "setup.stamp").touch()
    settings = ("-c", "user.name=ana", "-c", "user.email=ana@example.com", "-c", "init.defaultBranch=main")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
        subprocess.run(["git", *settings, *command], cwd=tmp_path, check=True)
    yield tmp_path
    program = tmp_path / ".venv" / "bin" / "watchkeeper"
    subprocess.run([program, "sandbox", "down"], cwd=tmp_path, capture_output=True, check=False)


def test_every_block_is_run_or_says_why_not(blocks: list[Block]) -> None:
    """A block without a tag could be wrong for years."""
    for block in blocks:
        where = f"{PAGE}:{block.line}"
        assert block.words, f"{where} has no tag"
        assert block.words[0] in ("sandbox", "account"), where
        if block.words[0] == "account":
            assert set(block.words[1:2]) & set(REASONS), f"{where} gives no reason"
    assert {block.words[1] for block in blocks if block.words[0] == "account"} == set(REASONS)


@pytest.mark.emulator
def test_the_page_leads_from_an_empty_account_to_a_running_environment(
    root: Path, checkout: Path, blocks: list[Block]
) -> None:
    """Each block in order, in one shell's variables; what stands in a YAML block is written into its file."""
    state = checkout / ".watchkeeper" / "shell"
    state.parent.mkdir()
    state.touch()
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(checkout / ".watchkeeper"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(root / ".cache" / "jsii"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NO_COLOR": "1",
    }
    said = []
    for block in (each for each in blocks if each.words[0] == "sandbox"):
        if block.language == "yaml":
            put_into(checkout / block.words[1], block.text)
            continue
        kept = shlex.quote(str(state))
        script = f"set -euo pipefail\n. {kept}\ntrap 'export -p > {kept}' EXIT\n{block.text}"
        done = subprocess.run(
            ["bash", "-c", script], cwd=checkout, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == block.exits, f"{PAGE}:{block.line}\n{done.stdout}\n{done.stderr}"
        said.append(done.stdout)
    output = "\n".join(said)
    assert "missing  bootstrap" in output
    assert "stage: nothing is missing" in output
    assert "arrived after 60 virtual seconds" in output
    assert "told PagerDuty of api, platform, reports; Datadog: yes" in output


def put_into(file: Path, text: str) -> None:
    """Replace the mapping entry whose key begins `text`, with all that is indented below it."""
    lines = file.read_text().splitlines(keepends=True)
    first = text.splitlines()[0]
    key = first[: first.index(":") + 1]
    depth = len(key) - len(key.lstrip())
    (begin,) = (number for number, line in enumerate(lines) if line.startswith(key))
    end = begin + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth):
        end += 1
    file.write_text("".join([*lines[:begin], text, *lines[end:]]))
