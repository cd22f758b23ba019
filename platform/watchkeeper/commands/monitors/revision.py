"""The declarations of another revision of the project, beside those of the working copy."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, UsageError
from watchkeeper.project.load import PROJECT_FILE, load_project

_FOLDERS = (PROJECT_FILE, "monitors", "platform/routing")


@contextmanager
def session_at(session: Session, revision: str) -> Iterator[Session]:
    """The project as git knows it at `revision`, in a folder that is removed afterwards.

    Raises UsageError where git does not know it, ConfigError for what was wrong with it then.
    """
    if revision.startswith("-"):
        raise UsageError(f"`{revision}` is no revision", "name a branch, a tag or a commit")
    known = [name for name in _FOLDERS if _git(session.root, "ls-tree", "--name-only", revision, "--", f"./{name}")]
    if PROJECT_FILE not in known:
        raise UsageError(f"{revision} has no {PROJECT_FILE} here", "name a revision in which the project existed")
    archive = _git(session.root, "archive", "--format=tar", revision, "--", *known)
    with tempfile.TemporaryDirectory(prefix="watchkeeper-base-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        try:
            project = load_project(Path(folder))
        except ConfigError as err:
            err.root = Path(folder)
            raise
        name = session.environment.name
        if name not in project.environments:
            raise UsageError(f"{revision} has no environment `{name}`", "compare another environment: --env NAME")
        yield replace(session, project=project, environment=project.environment(name))


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - git, with arguments that are no options
            ["git", *arguments],  # noqa: S607 - the git that the user has
            cwd=root,
            capture_output=True,
            check=False,
        )
    except OSError as err:
        raise UsageError(f"git cannot be run: {err.strerror}", "--base needs git") from err
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"git: {reason[0] if reason else 'failed'}", "name a branch, a tag or a commit after --base")
    return done.stdout
