"""The declarations of another revision of the project, beside those of the working copy."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from watchkeeper.adapters.git import Git
from watchkeeper.commands.session import Session
from watchkeeper.errors import ConfigError, UsageError
from watchkeeper.project.load import PROJECT_FILE, load_project

_FOLDERS = (PROJECT_FILE, "monitors", "platform/routing")


@contextmanager
def session_at(session: Session, revision: str) -> Iterator[Session]:
    """The project as git knows it at `revision`, in a folder that is removed afterwards.

    Raises UsageError where git does not know it, ConfigError for what was wrong with it then.
    """
    with tempfile.TemporaryDirectory(prefix="watchkeeper-base-") as folder:
        Git(session.root).unpack(revision, Path(folder), _FOLDERS)
        if not (Path(folder) / PROJECT_FILE).is_file():
            raise UsageError(f"{revision} has no {PROJECT_FILE} here", "name a revision in which the project existed")
        try:
            project = load_project(Path(folder))
        except ConfigError as err:
            err.root = Path(folder)
            raise
        name = session.environment.name
        if name not in project.environments:
            raise UsageError(f"{revision} has no environment `{name}`", "compare another environment: --env NAME")
        yield replace(session, project=project, environment=project.environment(name))
