"""The programs that a deploy needs on this machine."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from watchkeeper.commands.doctor.check import Check

_SETUP: Final = "run `make setup` in the checkout"


def examine_tools(root: Path) -> Iterator[Check]:
    """Git, and for a project with an app.py node and the CDK in the version that package.json pins."""
    yield from _git()
    if not (root / "app.py").is_file():
        yield Check("cdk", "note", "there is no app.py, so nothing is deployed from here")
        return
    node = _version("node")
    yield Check("node", "ok", f"node {node}") if node else Check("node", "missing", "node does not run", _SETUP)
    if node is None:
        yield Check("cdk", "unasked", "the CDK's program runs on node")
        return
    cdk, pinned = _version("cdk"), _pinned(root)
    found = (cdk or "").partition(" ")[0]
    if cdk is None:
        yield Check("cdk", "missing", "the CDK's program does not run", _SETUP)
    elif pinned and found != pinned:
        what = f"cdk {found} is not the version {pinned} that package.json pins"
        yield Check("cdk", "missing", what, f"{_SETUP}, and put .venv/bin first on PATH")
    else:
        yield Check("cdk", "ok", f"cdk {found}")


def _git() -> Iterator[Check]:
    found = _version("git")
    if found is None:
        yield Check("git", "missing", "git does not run", "install git: images are named after what it knows")
    else:
        yield Check("git", "ok", found)


def _version(program: str) -> str | None:
    """What a program says of itself: the one of this installation, else of PATH."""
    own = Path(sys.prefix) / "bin" / program
    path = str(own) if own.exists() else shutil.which(program)
    if path is None:
        return None
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _pinned(root: Path) -> str:
    try:
        found = json.loads((root / "package.json").read_text(encoding="utf-8"))
        return str(found["devDependencies"]["aws-cdk"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""
