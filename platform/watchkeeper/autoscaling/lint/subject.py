"""What a lint rule of scaling files looks at."""

from dataclasses import dataclass

from watchkeeper.autoscaling.load import Declared
from watchkeeper.autoscaling.model import ScalingConfig
from watchkeeper.errors import Location
from watchkeeper.project.model import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The scaling of one service in one environment.

    connections_elsewhere: to the database that the other services of the environment may open at their largest.
    year: the first one that schedules are tried on.
    """

    declared: Declared
    environment: Environment
    connections_elsewhere: int = 0
    year: int = 2026

    @property
    def config(self) -> ScalingConfig:
        """As it would be deployed."""
        return self.declared.config

    def where(self, *path: str) -> Location:
        """The place of a value, in the environment's override where it has one."""
        return self.declared.where(*path)

    def written(self, policy: str) -> str:
        """The predefined metric of a policy as the file has it, before the resolution is applied; empty for others."""
        return self.declared.written_metrics().get(policy, "")
