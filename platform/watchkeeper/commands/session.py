"""What a command knows before it starts: the project, the environment, and how to reach it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.endpoints import Target
from watchkeeper.errors import UsageError, did_you_mean
from watchkeeper.project.identity import Identity
from watchkeeper.project.load import load_project
from watchkeeper.project.model import Environment, Project


@dataclass(frozen=True, slots=True)
class Session:
    """A project, one of its environments, and the process's variables."""

    project: Project
    environment: Environment
    environ: Mapping[str, str]
    allow_loopback: bool = False

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.project.root

    @property
    def target(self) -> Target:
        """Whom adapters speak to."""
        return Target(self.project, self.environment, self.environ, self.allow_loopback)

    def owns(self, identity: Identity) -> bool:
        """Whether an object is of this project and environment."""
        return (identity.project, identity.env) == (self.project.name, self.environment.name)


def open_session(
    root: Path, env: str, *, environ: Mapping[str, str] | None = None, allow_loopback: bool = False
) -> Session:
    """Load the project and find the environment. Raises ConfigError, or UsageError for an unknown name."""
    project = load_project(root)
    if env not in project.environments:
        known = ", ".join(project.environments)
        raise UsageError(
            f"there is no environment `{env}`", did_you_mean(env, project.environments) or f"known: {known}"
        )
    return Session(project, project.environment(env), os.environ if environ is None else environ, allow_loopback)
